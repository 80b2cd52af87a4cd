"""The console's home: what waits, the longest first, at a constant cost. On both databases."""

import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial

from flask import Flask
from sqlalchemy import insert, select, update

from portal.actions import discussions, participants, turns
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import now
from portal.kernel.tokens import new_id, new_start
from portal.models import Conversation, Participation
from portal.queries import home as homes, needs, weekly
from portal.queries.home import Section
from tests.actions.rows import add, say
from tests.queries.statements import statements
from tests.queries.test_mail_plans import _plans
from tests.world import World

GONE_THROUGH = re.compile("SCAN (conversation|participation|message|weekly|person)")


def test_ones_own_come_first_and_then_who_has_waited_longest(world: World) -> None:
    ines = world.viewer("ines")
    theirs, own = _asked(world, "hugo", hours=9), _asked(world, "ines", hours=5)
    home = homes.home(ines)
    assert _keys(home.answer) == [own, world.permit, theirs]
    assert [entry.mine for entry in home.answer.entries] == [True, True, False]
    say(world, "ines", own, "Please sign.")
    home = homes.home(ines)
    assert (_keys(home.answer), _keys(home.waiting)) == ([world.permit, theirs], [own])
    turns.set_turn(ines, own, "none")
    discussions.archive(ines, world.permit)
    home = homes.home(ines)
    assert (_keys(home.answer), _keys(home.waiting)) == ([theirs], [])


def test_who_is_in_no_discussion_has_not_answered_all(world: World) -> None:
    assert not homes.home(world.viewer("nina")).begun
    turns.set_turn(world.viewer("ines"), world.permit, "none")
    home = homes.home(world.viewer("ines"))
    assert (home.answer.entries, home.waiting.entries, home.begun) == ((), (), True)


def test_it_shows_discussions_that_one_is_in_and_no_others(world: World) -> None:
    key = _asked(world, "ines", hours=1)
    for name in ("olga", "adam", "nina", "sam"):
        assert homes.home(world.viewer(name)).answer.entries == (), name
    assert key in _keys(homes.home(world.viewer("hugo")).answer)
    participants.remove(world.viewer("ines"), key, world.keys["hugo"])
    assert key not in _keys(homes.home(world.viewer("hugo")).answer)
    assert key in _keys(homes.home(world.viewer("ines")).answer)


def test_it_says_who_was_told_by_mail_since_it_is_their_turn(world: World) -> None:
    key = _asked(world, "ines", hours=5)
    say(world, "ines", key, "Please sign.")
    stay = update(Participation).where(Participation.person_id == world.person_id("marie"))
    for ago, told in ((timedelta(hours=1), ()), (timedelta(0), ("Marie Delcourt",))):
        with transaction():
            db.session.execute(stay.values(mailed_at=now() - ago))
        (entry,) = homes.home(world.viewer("ines")).waiting.entries
        assert entry.mailed == told


def test_admins_learn_how_many_are_without_owner(world: World) -> None:
    participants.leave(world.viewer("ines"), world.permit)
    assert homes.home(world.viewer("adam")).ownerless == 1
    assert homes.home(world.viewer("hugo")).ownerless == 0


def test_it_costs_as_many_statements_for_two_thousand_as_for_two(app: Flask, world: World) -> None:
    ines, marie = world.viewer("ines"), world.viewer("marie")
    asked: dict[str, Callable[[], object]] = {
        "home": partial(homes.home, ines),
        "needs": partial(needs.rows, marie),
        "count": partial(needs.count, marie),
    }
    _many(world, 3)
    few = {name: statements(call) for name, call in asked.items()}
    assert few == {"home": 6, "needs": 3, "count": 1}
    _many(world, 2000)
    assert {name: statements(call) for name, call in asked.items()} == few
    home = homes.home(ines)
    assert (len(home.answer.entries), home.answer.more, home.waiting.more) == (homes.MOST, True, True)


def test_no_table_of_discussions_is_gone_through(app: Flask, world: World) -> None:
    if db.engine.dialect.name == "postgresql":
        homes.home(world.viewer("olga"))  # with so few rows it would go through anything
        weekly.fresh(10)
        return
    ines, marie = world.viewer("ines"), world.viewer("marie")
    looks = (
        partial(homes.home, ines),
        partial(needs.count, marie),
        partial(weekly.fresh, 10),
        partial(weekly.due, now(), 10),
    )
    for look in looks:
        assert [line for line in _plans(look) if GONE_THROUGH.match(line)] == []


def _asked(world: World, owner: str, hours: int) -> str:
    """A discussion in which Marie asked something so long ago."""
    with clock.at(now() - timedelta(hours=hours)):
        key = discussions.create(
            world.viewer(owner), title=f"Of {owner}", audience="shared", brand_key=world.brands["North"]
        )
        for name in {"ines", "hugo", "marie"} - {owner}:
            add(world, owner, key, name)
        say(world, "marie", key, "When?")
    return key


def _keys(section: Section) -> list[str]:
    return [entry.row.id for entry in section.entries]


def _many(world: World, number: int) -> None:
    """So many discussions of Ines and Marie that wait for one of both."""
    brand = db.session.scalar(select(Conversation.brand_id).where(Conversation.public_id == world.permit))
    people = [(world.person_id(name), face) for name, face in (("ines", "staff"), ("marie", "client"))]
    with transaction():
        last = db.session.scalar(
            select(Conversation.last_public_message_id).where(Conversation.public_id == world.permit)
        )
        for index in range(number):
            row = {
                "public_id": new_id(), "audience": "shared", "brand_id": brand, "title": f"{index}",
                "creator_id": people[0][0], "owner_id": people[0][0], "turn": ("us", "client")[index % 2],
                "turn_since": now(), "public_seq": new_start(), "last_public_message_id": last,
            }  # fmt: skip
            key = db.session.execute(insert(Conversation).values(row).returning(Conversation.id)).scalar_one()
            stays = [{"conversation_id": key, "person_id": person, "face": face} for person, face in people]
            db.session.execute(insert(Participation), stays)
