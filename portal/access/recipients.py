"""Who may know of a fact. The tail asks this after the commit, once for each event."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Select, and_, or_, select

from portal.access import scopes
from portal.extensions import db
from portal.models import (
    Audience,
    Conversation,
    Event,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
)


@dataclass(frozen=True)
class Recipient:
    """A person who may be told, with the face and language to tell it in."""

    person_id: int
    face: str
    language: str


def recipients(event: Event) -> tuple[Recipient, ...]:
    """Who may know of the message that `event` is about: current participants whose stays cover it.

    Nobody for events without a message: of an account's own affairs nothing is told to others.
    """
    if event.message_id is None:
        return ()
    return _people(_of_conversation(event.conversation_id).where(*_may_read(event.message_id)))


def participants(event: Event) -> tuple[Recipient, ...]:
    """Who may know that the event's conversation changed (its name, its place in the list)."""
    return _people(_of_conversation(event.conversation_id))


def _of_conversation(conversation_id: int | None) -> Select[int, str, str]:
    return (
        select(Person.id, Person.face, Person.language)
        .join(Participation, Participation.person_id == Person.id)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .where(Conversation.id == conversation_id, Participation.left_at.is_(None))
        .where(scopes.active_account(Person.id))
        .where(or_(Person.face == Face.STAFF, Conversation.audience == Audience.SHARED))
    )


def _may_read(message_id: int) -> tuple[ColumnElement[bool], ...]:
    """The same conditions as `scopes.messages`, for all participants at once."""
    return (
        Message.id == message_id,
        Message.conversation_id == Conversation.id,
        or_(Person.face == Face.STAFF, Message.kind == MessageKind.TEXT),
        or_(
            and_(Person.face == Face.STAFF, scopes.covered(Face.STAFF, Person.id)),
            and_(Person.face == Face.CLIENT, scopes.covered(Face.CLIENT, Person.id)),
        ),
    )


def _people(query: Select[int, str, str]) -> tuple[Recipient, ...]:
    return tuple(Recipient(*row) for row in db.session.execute(query))
