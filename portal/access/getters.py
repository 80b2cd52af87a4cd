"""One thing by its public id, or the same `NotFound` for missing and forbidden."""

from dataclasses import dataclass, replace
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import joinedload

from portal.access import scopes
from portal.access.principal import confirm
from portal.access.viewer import Viewer, anybody
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import (
    Account,
    Brand,
    Conversation,
    Event,
    Firm,
    Message,
    Participation,
    Person,
    Space,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Standing:
    """A conversation and the viewer's current stay in it; `co_owners` tells whether the firm has any."""

    conversation: Conversation
    stay: Participation
    co_owners: bool = False

    def owned_by(self, viewer: Viewer) -> bool:
        """Whether the conversation belongs to `viewer`."""
        return self.conversation.owner_id == viewer.person_id

    @property
    def co_owned(self) -> bool:
        """Whether the stay is a co-owner's, and that counts today."""
        return self.co_owners and self.stay.co_owner


def conversation(viewer: Viewer, key: str, *, lock: bool = False) -> Standing:
    """The conversation `key` with the viewer's stay. With `lock`, nobody else changes it meanwhile.

    On PostgreSQL the rows are locked until the unit ends; on SQLite the unit is the only writer.
    """
    face, role, asked = viewer.face, viewer.role, viewer.asked | {"key": key}
    if lock:
        take_turn(viewer, _mine(face, role), asked)
    query = _locked_conversation(face, role) if lock else _conversation(face, role)
    row = db.session.execute(query, asked).first()
    if row is None:
        raise NotFound
    standing = Standing(row.Conversation, row.Participation, row.co_owners)
    # Of two at once, a co-owner's deed and the firm's end of all co-ownership, the first holds the other up.
    return replace(standing, co_owners=_held_co_owners()) if lock and standing.stay.co_owner else standing


@cache
def _mine(face: str, role: str) -> Select[Conversation, Participation]:
    return scopes.conversations(anybody(face, role)).where(Conversation.public_id == bindparam("key"))


@cache
def _conversation(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The conversation `key` of the person `me`, to be shown, and whether the firm has co-owners."""
    query = _mine(face, role).add_columns(scopes.co_owners().label("co_owners"))
    return query.options(joinedload(Conversation.brand))


@cache
def _locked_conversation(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The same to be written in: nothing around it is loaded."""
    query = _mine(face, role).add_columns(scopes.co_owners().label("co_owners"))
    query = query.with_for_update(of=(Conversation, Participation))
    return query.execution_options(populate_existing=True)


def _held_co_owners() -> bool:
    """Whether the firm has co-owners, to the end of the unit."""
    return db.session.scalar(select(Firm.co_owners).with_for_update(read=True)) or False


def take_turn(viewer: Viewer, query: Select[*tuple[Any, ...]], asked: dict[str, Any] | None = None) -> None:
    """On PostgreSQL, wait until nobody else writes in the conversation that `query` finds; to the end of the unit.

    Who was signed out or disabled while they waited does not write any more: `SignedOut`.

    A unit has to do this before it touches a row. Events are told in the order of their transactions' numbers, and
    one that waits for a row has its number already: its event would be told before that of whom it waited for.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(query.with_only_columns(func.pg_advisory_xact_lock(Conversation.id)), asked)
        confirm(viewer, hold=True)


def message(viewer: Viewer, standing: Standing, key: str) -> Message:
    """The message `key` of that conversation, with its author."""
    asked = viewer.asked | {"conversation": standing.conversation.id, "key": key}
    found = db.session.scalars(_message(viewer.face, viewer.role), asked).first()
    if found is None:
        raise NotFound
    return found


@cache
def _message(face: str, role: str) -> Select[Message]:
    """The message `key` of the conversation (by its internal id), to the person `me`."""
    query = scopes.messages(anybody(face, role))
    query = query.where(Message.conversation_id == bindparam("conversation"), Message.public_id == bindparam("key"))
    return query.options(joinedload(Message.author), joinedload(Message.event).joinedload(Event.subject))


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
