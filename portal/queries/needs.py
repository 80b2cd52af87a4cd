"""What a client is asked: discussions in which the last text is ours, theirs to read, and not answered (SPEC Z4)."""

from datetime import datetime

from sqlalchemy import ColumnElement, Select, case, func
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_models import Row
from portal.extensions import db
from portal.models import Conversation, Face, Message, Participation, Turn
from portal.queries import discussions, filters

MOST = 100  # that one page or mail shows


def rows(viewer: Viewer) -> tuple[tuple[Row, int], ...]:
    """Those of a client, as in their list; who has waited longest comes first."""
    query = asked(viewer).options(joinedload(Conversation.brand), joinedload(Conversation.space))
    found = db.session.execute(query.order_by(since(), Conversation.id).limit(MOST)).all()
    return discussions.as_rows(viewer, [(row.Conversation, row.Participation) for row in found])


def count(viewer: Viewer) -> int:
    """How many."""
    return db.session.scalar(asked(viewer).with_only_columns(func.count(Conversation.id))) or 0


def since() -> ColumnElement[datetime]:
    """Since when, as a client may know it: not before the last text, as in `access.show`."""
    return case((Conversation.turn_since > Message.created_at, Conversation.turn_since), else_=Message.created_at)


def asked(viewer: Viewer) -> Select[Conversation, Participation]:
    """A client's discussions that wait for a client. None for staff."""
    return (
        access.scopes.conversations(viewer)
        .join(Message, Message.id == Conversation.last_public_message_id)
        .where(Participation.face == Face.CLIENT, filters.waits(Turn.CLIENT))
        .where(access.scopes.covered(Face.CLIENT, viewer.person_id))
    )
