"""What the tests of actions look at afterwards: rows as they stand in the database, and what a person reads."""

from collections.abc import Callable, Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.access import SWITCHABLE, Viewer
from portal.access.read_models import MessageView
from portal.actions import firm, messages, participants, people
from portal.extensions import db
from portal.kernel.errors import NotFound, Refusal, Unavailable
from portal.models import (
    Account,
    Address,
    Brand,
    Conversation,
    Device,
    Event,
    Invitation,
    Message,
    Participation,
    Person,
)
from portal.queries import messages as stretches
from tests.world import World, token

TABLES = (Conversation, Event, Message, Participation, Person, Account, Address, Brand, Device, Invitation)
COUNTS = select(*(select(func.count()).select_from(table).scalar_subquery() for table in TABLES))


@contextmanager
def refused(error: type[Refusal], code: str = "forbidden") -> Iterator[pytest.ExceptionInfo[Refusal]]:
    """What is inside is refused in this way, for this reason, and writes nothing."""
    before = counted()
    with pytest.raises(error) as caught:
        yield caught
    assert caught.value.code == ("not_found" if error is NotFound else code)
    assert counted() == before


def counted() -> tuple[int, ...]:
    """How much there is, as another connection would see it now."""
    db.session.rollback()
    return tuple(db.session.execute(COUNTS).one())


def conversation(key: str) -> Conversation:
    """A conversation's row, read anew."""
    db.session.rollback()
    return db.session.scalars(select(Conversation).where(Conversation.public_id == key)).one()


def message(key: str) -> Message:
    """A message's row, read anew."""
    db.session.rollback()
    return db.session.scalars(select(Message).where(Message.public_id == key)).one()


def stays(world: World, key: str, name: str) -> list[Participation]:
    """Somebody's stays in a conversation, first to last."""
    query = select(Participation).where(
        Participation.conversation_id == conversation(key).id, Participation.person_id == world.person_id(name)
    )
    return list(db.session.scalars(query.order_by(Participation.id)))


def facts(key: str) -> list[str]:
    """What happened in a conversation, first to last."""
    query = select(Event.name).where(Event.conversation_id == conversation(key).id).order_by(Event.id)
    return list(db.session.scalars(query))


def last_fact(key: str) -> Event:
    """The newest event of a conversation."""
    query = select(Event).where(Event.conversation_id == conversation(key).id).order_by(Event.id.desc())
    found = db.session.scalars(query).first()
    assert found is not None
    return found


def public_side(key: str) -> tuple[int, int, datetime, int | None]:
    """All that a client's numbers, order and times come from."""
    row = conversation(key)
    return row.public_seq, row.public_rev, row.public_active_at, row.last_public_message_id


def reads(viewer: Viewer, key: str) -> list[MessageView]:
    """The messages that somebody can read, without the lines about what happened."""
    return [shown for shown in stretches.page(viewer, key).messages if shown.kind != "event"]


def bodies(viewer: Viewer, key: str) -> list[str]:
    """Their words."""
    return [shown.body for shown in reads(viewer, key)]


def say(world: World, name: str, key: str, body: str, kind: str = "text") -> str:
    """Somebody says something."""
    return messages.post(world.viewer(name), key, body=body, kind=kind, token=token())


def add(world: World, by: str, key: str, name: str, **how: Any) -> None:
    """Somebody adds somebody; a second client is confirmed."""
    participants.add(world.viewer(by), key, world.keys[name], **({"confirmed": True} | how))


def remove(world: World, by: str, key: str, name: str) -> None:
    """Somebody takes somebody out."""
    participants.remove(world.viewer(by), key, world.keys[name])


def browsing(world: World, name: str) -> Viewer:
    """Somebody as the gate lets their browser in: with a device that can be signed out."""
    viewer = access.principal(world.cookie_secret(name))
    assert viewer is not None
    return viewer


def decide(world: World, withheld: Collection[str] = (), reach: str = "all", co_owners: bool = False) -> None:
    """The firm's owner decides on its agents' rights and reach, and on co-owners."""
    allowed = [act for act in SWITCHABLE if act not in withheld]
    firm.update_rights(world.viewer("olga"), allowed=allowed, reach=reach, co_owners=co_owners)


def disable(world: World, name: str) -> None:
    """The firm's owner disables somebody."""
    people.disable(world.viewer("olga"), world.keys[name])


def at_once(app: Flask, times: int, call: Callable[[int], object]) -> list[object]:
    """`call(0)`, `call(1)` … in so many threads; gives what each returned, or the code of its refusal.

    Where the database is busy for too long, each tries again, as pages do.
    """

    def one(number: int) -> object:
        with app.app_context():
            try:
                return call(number)
            except Unavailable:
                return one(number)
            except Refusal as refusal:
                return refusal.code

    with ThreadPoolExecutor(times) as pool:
        return list(pool.map(one, range(times)))
