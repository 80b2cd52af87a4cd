"""What becomes of requests for agreement when a message changes: the frozen words count, and the change is said."""

from sqlalchemy import select

from portal.access import Viewer
from portal.actions.facts import record
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Agreement, Conversation, Fact, Message


def changed(viewer: Viewer, conversation: Conversation, message: Message) -> None:
    """Inside a unit: the message was edited or deleted. What it asked is asked no more once it is gone."""
    if not conversation.is_shared:
        return
    about = select(Agreement).where(Agreement.message_id == message.id)
    for row in db.session.scalars(about):
        row.changed_at = now()
        record(viewer, Fact.AGREEMENT_CHANGED, conversation, message_id=row.request_id)
    if message.asks and message.deleted_at is not None:
        asked = db.session.scalars(select(Agreement).where(Agreement.request_id == message.id)).one()
        asked.withdrawn_at = asked.withdrawn_at or now()
