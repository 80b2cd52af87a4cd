"""Who may know of a fact. The tail asks this after the commit, once for each event."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Result, Select, and_, bindparam, or_, select

from portal.access import scopes
from portal.extensions import rows
from portal.models import (
    Account,
    Audience,
    Conversation,
    Event,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
    State,
)


class Recipient(NamedTuple):
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
    asked = {"conversation": event.conversation_id, "message": event.message_id}
    return _people(rows(_readers(), asked))


def participants(event: Event) -> tuple[Recipient, ...]:
    """Who may know that the event's conversation changed (its name, its place in the list)."""
    return those_in(event.conversation_id or 0)


def those_in(conversation_id: int) -> tuple[Recipient, ...]:
    """Who is in a conversation now, by its internal id."""
    return _people(rows(_in_conversation(), {"conversation": conversation_id}))


@cache
def _readers() -> Select[int, str, str]:
    """Participants of `conversation` who may read `message`."""
    return _in_conversation().where(*_may_read(bindparam("message")))


@cache
def _in_conversation() -> Select[int, str, str]:
    """Participants of `conversation` now."""
    return (
        select(Person.id, Person.face, Person.language)
        .join(Participation, Participation.person_id == Person.id)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Account, Account.person_id == Person.id)
        .where(Conversation.id == bindparam("conversation"), Participation.left_at.is_(None))
        .where(Account.state == State.ACTIVE)
        .where(or_(Person.face == Face.STAFF, Conversation.audience == Audience.SHARED))
    )


def _may_read(message_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The same conditions as `scopes.messages`, for all participants at once."""
    return (
        Message.id == message_id,
        Message.conversation_id == Conversation.id,
        or_(Person.face == Face.STAFF, Message.kind == MessageKind.TEXT),
        or_(_covered(Face.STAFF), _covered(Face.CLIENT)),
    )


def _covered(face: str) -> ColumnElement[bool]:
    """As `scopes.covered`; the present stay, which covers all that is new, is looked at first."""
    present = and_(Participation.face == face, scopes.covers(Participation, scopes.place(face)))
    return and_(Person.face == face, or_(present, scopes.covered(face, Person.id)))


def _people(found: Result[int, str, str]) -> tuple[Recipient, ...]:
    return tuple(map(Recipient._make, found.all()))
