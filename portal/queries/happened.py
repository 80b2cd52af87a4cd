"""What an event is about, as each face may see it. For the tail, which has no viewer but recipients."""

from typing import Any

from sqlalchemy import bindparam, select

from portal import access
from portal.access.reactions import Put
from portal.access.read_models import FileView, MessageView, Row
from portal.access.said import Said
from portal.access.show import Shower
from portal.extensions import rows
from portal.models import Conversation, Event, Face, Message, Reminder
from portal.queries import files, reactions, said
from portal.queries.told import parts, told

_MESSAGE = told(
    select(Message).join(Conversation, Conversation.id == Message.conversation_id).where(Message.id == bindparam("id"))
)
_KEY = select(Conversation.public_id).where(Conversation.id == bindparam("id"))
_MESSAGE_KEY = select(Message.public_id).where(Message.id == bindparam("id"))
_REMINDED = select(Reminder.person_id).where(
    Reminder.conversation_id == bindparam("conversation"),  # which there is an index of
    Reminder.message_id == bindparam("id"),
    Reminder.rang_at.is_not(None),
)


def message(event: Event, faces: set[str]) -> dict[str, tuple[MessageView, Row | None]]:
    """{face: (the event's message, its discussion's row)} for the faces asked for.

    The row is there only where this message is the last one: whoever may read it may read that row.
    """
    message, conversation, setting = parts(rows(_MESSAGE, {"id": event.message_id}).one())
    came, put = files.of([message]).get(message.id, ()), reactions.of([message]).get(message.id, ())
    points = said.of([message]).get(message.id, access.NOTHING)
    return {face: _views(access.shower(face, setting), message, conversation, came, put, points) for face in faces}


def message_key(event: Event) -> str:
    """The public id of the event's message."""
    return str(rows(_MESSAGE_KEY, {"id": event.message_id}).scalar_one())


def reminded(event: Event) -> set[int]:
    """Those before whose eyes a reminder of the event's message stands."""
    return set(rows(_REMINDED, {"id": event.message_id, "conversation": event.conversation_id}).scalars())


def discussion_key(event: Event) -> str:
    """The public id of the event's conversation."""
    return str(rows(_KEY, {"id": event.conversation_id}).scalar_one())


def _views(
    show: Shower, message: Any, conversation: Any, came: tuple[FileView, ...], put: tuple[Put, ...], points: Said
) -> tuple[MessageView, Row | None]:
    staff = show.face == Face.STAFF
    last = conversation.last_message_id if staff else conversation.last_public_message_id
    active_at = conversation.active_at if staff else conversation.public_active_at
    row = show.row(conversation, message, active_at, points) if last == message.id else None
    return show.message(message, conversation, came, put, points), row
