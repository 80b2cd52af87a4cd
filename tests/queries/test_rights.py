"""The screen of rights: what the firm decided, and the record of the exceptions to "participants only" (SPEC P12)."""

import pytest
from flask import Flask
from sqlalchemy import text

from portal.actions import discussions, participants, people
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.queries import rights
from tests.actions.rows import add, decide, refused, remove, say
from tests.queries.statements import listening, statements
from tests.world import World, token


def take_over(world: World, title: str = "Left", by: str = "adam") -> str:
    """Ines leaves a discussion of hers without an owner, and an admin takes it over; gives its key."""
    ines = world.viewer("ines")
    key = discussions.create(ines, title=title, audience="shared", brand_key=world.brands["North"])
    add(world, "ines", key, "hugo")
    participants.leave(ines, key)
    discussions.take_over(world.viewer(by), key)
    return key


def test_the_record_names_who_and_when_and_titles_to_those_alone_who_are_in(app: Flask, world: World) -> None:
    key = take_over(world, "Fees of Marie")
    olga, adam = (rights.takeovers(world.viewer(name)).found for name in ("olga", "adam"))
    assert [(one.by, one.brand, one.discussion_id, one.title) for one in olga] == [("Adam Admin", "North", None, None)]
    assert [(one.by, one.discussion_id, one.title) for one in adam] == [("Adam Admin", key, "Fees of Marie")]
    assert "Fees" not in repr(olga)
    assert key not in repr(olga)
    add(world, "adam", key, "olga")
    assert rights.takeovers(world.viewer("olga")).found[0].title == "Fees of Marie"
    remove(world, "adam", key, "olga")
    assert rights.takeovers(world.viewer("olga")).found[0].title is None


def test_nothing_else_is_an_exception(app: Flask, world: World) -> None:
    """Neither the first answer to a client, by somebody who is in it, nor handing over, nor losing an owner."""
    delcourt = world.spaces["Delcourt"]
    key = discussions.start(world.viewer("marie"), title="Q", body="Hello", space_key=delcourt, token=token())
    say(world, "olga", key, "Good morning")
    participants.leave(world.viewer("ines"), world.permit, successor_key=world.keys["hugo"])
    people.disable(world.viewer("olga"), world.keys["hugo"])
    assert rights.takeovers(world.viewer("adam")).found == ()
    discussions.take_over(world.viewer("adam"), world.permit)
    assert [one.title for one in rights.takeovers(world.viewer("adam")).found] == ["Permit"]


def test_it_is_for_admins_alone(app: Flask, world: World) -> None:
    for name in ("ines", "sam", "marie"):
        for look in (rights.settings, rights.takeovers):
            with refused(NotFound):
                look(world.viewer(name))
    assert rights.settings(world.viewer("adam")).reach == "all"


def test_the_newest_come_first_and_older_ones_follow(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rights, "TAKEOVERS", 2)
    for number in range(5):
        take_over(world, f"Number {number}")
    adam = world.viewer("adam")
    pages, number = [], 1
    while number:
        page = rights.takeovers(adam, number)
        pages.append([one.title for one in page.found])
        number = page.older or 0
    assert pages == [["Number 4", "Number 3"], ["Number 2", "Number 1"], ["Number 0"]]
    assert rights.takeovers(adam, 99) == rights.Takeovers((), None)


def test_settings_and_record_cost_the_same_however_much_there_is(app: Flask, world: World) -> None:
    adam = world.viewer("adam")
    few = (statements(lambda: rights.settings(adam)), statements(lambda: rights.takeovers(adam)))
    assert few == (2, 1)
    for number in range(30):
        take_over(world, f"Number {number}", by=("adam", "olga")[number % 2])
    for name in ("ines", "hugo", "nina", "sam"):
        people.limit(adam, world.keys[name], reach="own")
    assert few == (statements(lambda: rights.settings(adam)), statements(lambda: rights.takeovers(adam)))
    assert [person.name for person, reach in rights.settings(adam).exceptions if reach == "own"] == [
        "Hugo Agent", "Ines Agent", "Nina Agent", "Sam South",
    ]  # fmt: skip


def test_the_record_is_not_looked_for_among_all_that_ever_happened(app: Flask, world: World) -> None:
    """Takeovers are few among a million facts: they have an index of their own, by exactly this name."""
    adam = world.viewer("adam")
    with listening() as sent:
        rights.takeovers(adam)
    if db.engine.dialect.name == "sqlite":
        asked = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {sent[0]}", (1, 21, 0))
        assert any("ix_event_taken_over" in row[3] for row in asked)
    else:
        assert "'ownership.taken'" in sent[0]
        found = db.session.scalar(text("SELECT indexdef FROM pg_indexes WHERE indexname = 'ix_event_taken_over'"))
        assert "'ownership.taken'" in str(found)


def test_an_exception_is_shown_to_who_manages_the_account(app: Flask, world: World) -> None:
    decide(world, reach="own")
    adam, nina = world.viewer("adam"), world.keys["nina"]
    assert rights.exception(adam, nina) == ("", "own")
    people.limit(adam, nina, reach="all")
    assert rights.exception(adam, nina) == ("all", "own")
    for name, other in (("ines", "nina"), ("nina", "nina"), ("adam", "olga"), ("adam", "adam"), ("adam", "marie")):
        assert rights.exception(world.viewer(name), world.keys[other]) is None, (name, other)
