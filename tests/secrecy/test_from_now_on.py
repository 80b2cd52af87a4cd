"""What was said while one was not there, or before one came: neither words nor when, nor how much (SPEC D7)."""

import re
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.actions import discussions, messages, participants
from portal.extensions import db
from portal.kernel import clock
from portal.models import Brand
from portal.queries import discussions as lists, facts, messages as stretches, weekly
from tests.conftest import Stage, signed_in
from tests.live.ears import listening, tell
from tests.secrecy.writes import HTMX
from tests.world import World, token

NUMBERS = re.compile(r'data-(number|position|rev|last|read|order)="(\d+)"')


@pytest.mark.parametrize("who", ["luc", "nina"])
def test_what_was_said_while_somebody_was_away_stays_hidden_also_when_it_changes(
    play: Flask, stage: Stage, who: str
) -> None:
    """Neither its words nor its place come: not on the page, not live, not by catching up, not in the list."""
    world = stage.world
    ines = world.viewer("ines")
    participants.add(ines, world.permit, world.keys[who], confirmed=True)
    messages.post(ines, world.permit, body="before", token=token())
    participants.remove(ines, world.permit, world.keys[who])
    missed = [messages.post(ines, world.permit, body="pelican", token=token()) for _ in range(3)]
    participants.add(ines, world.permit, world.keys[who], confirmed=True)
    browser, door = signed_in(play, stage, who), "/console" if who == "nina" else ""
    with listening(world, who) as ears:
        cursor = facts.newest()
        messages.edit(ines, world.permit, missed[0], body="pelican again")
        messages.delete(ines, world.permit, missed[1])
        messages.edit(ines, world.permit, missed[2], body="pelican, the last")
        tell(cursor)
        assert ears[who].heard() == []
    given = everything(browser, door, world.permit)
    assert "before" in given
    assert "pelican" not in given
    assert not any(key in given for key in missed)
    for key in missed:
        assert browser.get(f"{door}/discussions/{world.permit}/messages/{key}/text").status_code == 404
    messages.post(ines, world.permit, body="after", token=token())
    assert "after" in everything(browser, door, world.permit)


def test_from_now_on_is_from_now_on_also_for_what_is_edited_later(play: Flask, stage: Stage) -> None:
    world = stage.world
    ines = world.viewer("ines")
    participants.add(ines, world.permit, world.keys["luc"], history="now", confirmed=True)
    luc = signed_in(play, stage, "luc")
    with listening(world, "luc") as ears:
        cursor = facts.newest()
        messages.edit(ines, world.permit, world.text, body="pelican")
        messages.edit(world.viewer("marie"), world.permit, world.answer, body="pelican too")
        tell(cursor)
        assert ears["luc"].heard() == []
    given = everything(luc, "", world.permit)
    assert not any(words in given for words in ("pelican", "Marie", "Ines", world.text, world.answer))
    assert luc.delete(f"/discussions/{world.permit}/messages/{world.answer}").status_code == 404


def test_from_now_on_tells_nothing_of_when_others_talked(play: Flask, stage: Stage) -> None:
    """Neither the list's time and order nor an answer to "what changed?" shows that something is hidden."""
    world = stage.world
    ines, long_ago = world.viewer("ines"), clock.now() - timedelta(days=400)
    with clock.at(long_ago):
        hidden = messages.post(ines, world.permit, body="pelican", token=token())
    participants.add(ines, world.permit, world.keys["luc"], history="now", confirmed=True)
    luc, marie = (signed_in(play, stage, name) for name in ("luc", "marie"))
    year = str(long_ago.year)
    assert f'datetime="{year}-' in marie.get("/").text
    assert f'datetime="{year}-' not in everything(luc, "", world.permit)
    assert (clock.now() - lists.row(world.viewer("luc"), world.permit)[0].active_at) < timedelta(minutes=1)
    messages.edit(ines, world.permit, hidden, body="pelican again")
    changes = f"/discussions/{world.permit}/messages?after_rev=1"
    assert (luc.get(changes).status_code, marie.get(changes).status_code) == (204, 200)


def test_from_now_on_tells_nothing_of_since_when_we_wait_for_others(play: Flask, stage: Stage) -> None:
    """Neither on the page, nor live, nor in the list of what we need from them, nor in the weekly mail."""
    world = stage.world
    ines, long_ago = world.viewer("ines"), clock.now() - timedelta(days=400)
    key = discussions.create(ines, title="Plan", audience="shared", brand_key=world.brands["North"])
    participants.add(ines, key, world.keys["marie"])
    with clock.at(long_ago):
        messages.post(ines, key, body="pelican?", token=token())
    participants.add(ines, key, world.keys["luc"], history="now", confirmed=True)
    luc, year = signed_in(play, stage, "luc"), str(long_ago.year)
    with listening(world, "luc") as ears:
        cursor = facts.newest()
        messages.post(ines, key, body="heron?", token=token())
        tell(cursor)
        given = "".join(ears["luc"].heard())
    given += everything(luc, "", key) + luc.get("/needs").text
    assert given.count('data-turn="client"') > 5
    assert f'datetime="{year}-' not in given
    told = weekly.found(world.person_id("luc"), _brand(world))
    assert told is not None
    (line,) = told.lines
    assert (line.said, str(line.waits_since.year)) == ("heron?", str(clock.now().year))


def test_from_now_on_tells_nothing_of_how_much_was_said_and_changed_before(play: Flask, stage: Stage) -> None:
    """Numbers in a page's source begin anywhere, for each discussion elsewhere, and go on one by one."""
    world, seen = stage.world, list[int]()
    ines, luc = world.viewer("ines"), signed_in(play, stage, "luc")
    for said in (0, 3, 3):
        key = discussions.create(ines, title="Plan", audience="shared", brand_key=world.brands["North"])
        for number in range(said):
            message = messages.post(ines, key, body=f"pelican {number}", token=token())
            messages.edit(ines, key, message, body="pelican again")
        participants.add(ines, key, world.keys["luc"], history="now")
        before = everything(luc, "", key)
        messages.post(ines, key, body="heron", token=token())
        given = everything(luc, "", key)
        row, read = lists.row(world.viewer("luc"), key)
        assert row.last_number - read == 1
        assert f'data-last="{read}" data-read="{read}"' in before, "what was said before counts as read"
        assert stretches.page(world.viewer("luc"), key).first_unread is None, "where nothing was ever read, all is new"
        found = {int(number) for name, number in NUMBERS.findall(given) if name != "order"}
        assert min(found) > 1000, "a number as small as this would be a count, but for once in a million"
        seen += [row.last_number, row.rev]
    assert len(set(seen)) == 6


def _brand(world: World) -> int:
    return db.session.scalars(select(Brand.id).where(Brand.public_id == world.brands["North"])).one()


def everything(browser: FlaskClient, door: str, key: str) -> str:
    """Every page and fragment of one discussion, and its place in the list."""
    own = f"{door}/discussions/{key}"
    front = f"{door}/discussions" if door else "/"
    paths = (front, own, f"{own}/row", f"{own}/messages?after_rev=0", f"{own}/messages?before=2147483647", "/me.css")
    given = [browser.get(path, headers=headers) for path in paths for headers in ({}, HTMX)]
    assert {answer.status_code for answer in given} <= {200, 204}
    return "".join(answer.text for answer in given)
