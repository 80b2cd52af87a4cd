"""One thing by its public id, or the same `NotFound` for missing and forbidden."""

from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import Select, func
from sqlalchemy.orm import joinedload

from portal.access import scopes
from portal.access.principal import confirm
from portal.access.viewer import Viewer
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import (
    Account,
    Brand,
    Conversation,
    Event,
    Message,
    Participation,
    Person,
    Space,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """A conversation and the viewer's current stay in it."""

    conversation: Conversation
    stay: Participation

    def owned_by(self, viewer: Viewer) -> bool:
        """Whether the conversation belongs to `viewer`."""
        return self.conversation.owner_id == viewer.person_id


def conversation(viewer: Viewer, key: str, *, lock: bool = False) -> Standing:
    """The conversation `key` with the viewer's stay. With `lock`, nobody else changes it meanwhile.

    On PostgreSQL the rows are locked until the unit ends; on SQLite the unit is the only writer.
    """
    query = scopes.conversations(viewer).where(Conversation.public_id == key)
    if lock:
        take_turn(viewer, query)
        query = query.with_for_update(of=(Conversation, Participation)).execution_options(populate_existing=True)
    query = query.options(joinedload(Conversation.brand), joinedload(Conversation.creator))
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return Standing(row.Conversation, row.Participation)


def take_turn(viewer: Viewer, query: Select[*tuple[Any, ...]]) -> None:
    """On PostgreSQL, wait until nobody else writes in the conversation that `query` finds; to the end of the unit.

    Who was signed out or disabled while they waited does not write any more: `SignedOut`.

    A unit has to do this before it touches a row. Events are told in the order of their transactions' numbers, and
    one that waits for a row has its number already: its event would be told before that of whom it waited for.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(query.with_only_columns(func.pg_advisory_xact_lock(Conversation.id)))
        confirm(viewer, hold=True)


def message(viewer: Viewer, standing: Standing, key: str) -> Message:
    """The message `key` of that conversation, with its author."""
    query = scopes.messages(viewer).where(Message.conversation_id == standing.conversation.id, Message.public_id == key)
    query = query.options(joinedload(Message.author), joinedload(Message.event).joinedload(Event.subject))
    return one(query)


def person(viewer: Viewer, key: str) -> tuple[Person, Account]:
    """Somebody whom the viewer may know, with their account."""
    row = db.session.execute(scopes.people(viewer).where(Person.public_id == key)).first()
    if row is None:
        raise NotFound
    return row.Person, row.Account


def brand(viewer: Viewer, key: str) -> Brand:
    """A brand that the viewer works for."""
    return one(scopes.brands(viewer).where(Brand.public_id == key))


def space(viewer: Viewer, key: str) -> Space:
    """A space of the viewer's brands, or a client's own."""
    return one(scopes.spaces(viewer).where(Space.public_id == key))


def one(query: Select[T]) -> T:
    """The one row of `query`, or `NotFound`."""
    found = db.session.scalars(query).first()
    if found is None:
        raise NotFound
    return found
