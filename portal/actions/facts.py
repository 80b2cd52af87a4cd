"""Writing down that something happened: one `Event`, and the line that staff read in the conversation."""

from sqlalchemy import insert

from portal.access import Viewer
from portal.extensions import db, rows
from portal.models import (
    Conversation,
    Event,
    Fact,
    Message,
    MessageKind,
    Origin,
    Person,
)

_RECORD = insert(Event).returning(Event.id)


def record(
    viewer: Viewer | None,
    fact: Fact,
    conversation: Conversation | None = None,
    *,
    message_id: int | None = None,
    person: Person | None = None,
    device_id: int | None = None,
) -> int:
    """Add the `Event` of a fact to the unit, now; gives its id. Ids only."""
    values = {
        "name": fact,
        "conversation_id": conversation.id if conversation else None,
        "message_id": message_id,
        "person_id": person.id if person else None,
        "device_id": device_id,
        "actor_id": viewer.person_id if viewer else None,
    }
    return int(rows(_RECORD, values).scalar_one())


def record_line(
    viewer: Viewer,
    fact: Fact,
    conversation: Conversation,
    *,
    person: Person | None = None,
    title: str = "",
) -> None:
    """Record a fact, and show it to staff as a line among the messages (never to clients: SPEC D5).

    The line takes a position but no number, so that it counts as unread for nobody.
    """
    conversation.rev += 1
    line = Message(
        conversation_id=conversation.id,
        author_id=viewer.person_id,
        kind=MessageKind.EVENT,
        position=conversation.rev,
        seq=conversation.seq,
        rev=conversation.rev,
        body=title,
        origin=Origin.CONSOLE if viewer.is_staff else Origin.PORTAL,
    )
    db.session.add(line)
    db.session.flush()
    line.event_id = record(viewer, fact, conversation, message_id=line.id, person=person)
