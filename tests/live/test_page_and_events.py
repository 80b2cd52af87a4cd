"""RELIABILITY R5: applying what is sent to an open page gives what loading it again gives, whatever the line does."""

from collections import Counter
from collections.abc import Sequence
from copy import deepcopy
from functools import partial
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.read_models import MessagesPage
from portal.actions import agreements, discussions, erasing, messages, participants, reminders
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Reminder
from portal.queries import discussions as lists, facts, messages as stretches
from tests.actions.rows import decide
from tests.conftest import Stage
from tests.drama import Play
from tests.live.around import Around
from tests.live.ears import listening, tell
from tests.live.page import Page, draw
from tests.promises import Figure, rounds
from tests.record import desk
from tests.world import World, token

WATCHERS = ("ines", "hugo", "marie", "luc", "zoe")
ACTS = 15
LOST, TWICE, HURRY = 0.2, 0.2, 0.5  # how often a frame is lost, comes twice, and what is missing is asked for at once
# What the sequences do more of, in turn: the rest of a play is too wide to come to it.
FAVOURS = (
    (),
    ("ask_agreement", "agree", "ask_no_more", "edit"),
    ("send_later", "be_reminded", "ring", "draft", "read"),
    (),
)
HELD = {"answered", "withdrawn", "changed", "waiting", "reminded", "drafts", "seen"}
Pages = dict[tuple[str, str], Page]


@pytest.mark.timeout(5400)
@pytest.mark.promise("R5")
def test_page_and_events_give_what_a_reload_gives(play: Flask, stage: Stage, figure: Figure) -> None:
    """One page hears all in order; another loses frames, hears some twice and too early, and catches up.

    What a page asks for besides is asked for at the moment when it is told to, by the one that hears all: the other's
    asks for all of it when its line comes back.
    """
    times, done, compared = rounds(25, 5000), 0, 0
    held: Counter[str] = Counter()
    for seed in range(times):
        drama = Play(_rooms(stage.world, seed), Random(seed), erases=True, favours=FAVOURS[seed % 4])
        keys = drama.discussions[:2]
        steady, shaky = (_open(play, drama.world, keys) for _ in range(2))
        around = _around(drama.world, steady)
        with listening(drama.world, *WATCHERS) as ears:
            cursor = facts.newest()
            for _ in range(ACTS):
                done += drama.act() == "done"
                cursor = tell(cursor)
                for (name, _key), one in around.items():
                    one.listen(ears[name].frames)
        for (name, key), page in steady.items():
            for words in ears[name].heard():
                page.apply(words)
            _stumble(play, drama, name, shaky[name, key], ears[name].heard())
        again = _open(play, drama.world, keys)
        for (name, key), fresh in _around(drama.world, again).items():
            for page in (steady[name, key], shaky[name, key]):
                # Who was removed and added again opens a new page; the old one stays closed.
                assert page.gone or page.shown() == again[name, key].shown(), (seed, name, drama.done)
                assert page.gone or not again[name, key].gone
                compared += not page.gone
            if not steady[name, key].gone:
                assert around[name, key].differs(fresh) == [], (seed, name, drama.done)
                held.update(fresh.holds())
    assert done > times * ACTS / 5
    assert compared > times
    assert held.keys() == HELD
    figure(f"{times} random sequences, {done} actions: {compared} pages, steady and shaky, equal to their reload")
    figure("and what they ask for: " + ", ".join(f"{count} {what}" for what, count in sorted(held.items())))


def test_a_page_hears_of_nothing_else(play: Flask, stage: Stage) -> None:
    """A frame for somebody names no discussion but those that they were in when it was sent."""
    world = stage.world
    theirs: set[str] = set()
    drama = Play(world, Random(7))
    with listening(world, "luc") as ears:
        participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
        cursor = facts.newest()
        for _ in range(60):
            drama.act()
            theirs |= {key for key in drama.discussions if _may_see(world, "luc", key)}
            cursor = tell(cursor)
    heard = ears["luc"].heard()
    assert {key for words in heard for key in drama.discussions if key in words} <= theirs
    assert heard, "a page that hears nothing proves nothing"


def test_a_reminder_says_what_its_message_says_now(play: Flask, stage: Stage) -> None:
    """Words that were edited or deleted stand in no strip of an open page any more; only who has one is told."""
    world = stage.world
    ines = world.viewer("ines")
    about = messages.post(world.viewer("hugo"), world.permit, body="Fifty", token=token())
    reminders.remind(ines, world.permit, due="reply", message_key=about)
    reminders.ring(db.session.scalars(select(Reminder.id)).one())
    page = Around(world, "ines", world.permit).load([])
    with listening(world, "ines", "hugo") as ears:
        cursor = facts.newest()
        for change in (partial(messages.edit, body="Sixty"), messages.delete):
            change(world.viewer("hugo"), world.permit, about)
            cursor = tell(cursor)
            page.listen(ears["ines"].frames)
            assert page.differs(Around(world, "ines", world.permit).load([])) == []
    assert not any("due" in words for words in ears["hugo"].heard() if words.startswith("{"))


def test_what_an_erased_client_said_stands_in_no_reminder(play: Flask, stage: Stage) -> None:
    world = stage.world
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)  # else it would go whole
    about = messages.post(world.viewer("marie"), world.permit, body="Fifty", token=token())
    reminders.remind(world.viewer("hugo"), world.permit, due="reply", message_key=about)
    reminders.ring(db.session.scalars(select(Reminder.id)).one())
    page = Around(world, "hugo", world.permit).load([])
    assert "reminded" in page.holds()
    with listening(world, "hugo") as ears:
        cursor = facts.newest()
        erasing.ask_client(world.viewer("olga"), world.keys["marie"], typed="Marie Delcourt")
        desk.erase()
        tell(cursor)
        page.listen(ears["hugo"].frames)
    assert "reminded" not in page.holds()


def _rooms(world: World, seed: int) -> World:
    """The cast in new discussions: each sequence begins with few messages, and is not heard by the one before."""
    world = deepcopy(world)
    decide(world)  # the sequence before may have left Ines without a client to add
    ines = world.viewer("ines")
    open_kind = "announcement" if seed % 4 == 3 else "discussion"
    for name, audience, kind in (("permit", "shared", open_kind), ("inside", "internal", "discussion")):
        key = discussions.create(ines, title=f"{seed}", audience=audience, brand_key=world.brands["North"], kind=kind)
        participants.add(ines, key, world.keys["hugo"])
        setattr(world, name, key)
    for number, name in enumerate(("marie", "luc", "zoe")[: 1 + seed % 3]):
        history = ("all", "now")[number % 2]
        participants.add(ines, world.permit, world.keys[name], history=history, confirmed=True)
    if seed % 4 == 1:
        about = messages.post(ines, world.permit, body="The offer.", token=token())
        agreements.ask(ines, world.permit, about, body="Do you agree?", token=token())
    return world


def _open(app: Flask, world: World, keys: Sequence[str]) -> Pages:
    return {(name, key): _load(app, world, name, key) for name in WATCHERS for key in keys}


def _around(world: World, pages: Pages) -> dict[tuple[str, str], Around]:
    return {(name, key): Around(world, name, key).load(page.shown() or []) for (name, key), page in pages.items()}


def _stumble(app: Flask, drama: Play, name: str, page: Page, frames: list[str]) -> None:
    """What a bad line makes of the frames. In the end it comes back, and the page catches up."""
    chance = drama.chance
    for words in _shuffled(frames, chance):
        if chance.random() < LOST:
            continue
        for _ in range(1 + (chance.random() < TWICE)):
            if page.apply(words) and chance.random() < HURRY:
                _catch_up(app, drama.world, name, page)
    if not page.gone:
        _catch_up(app, drama.world, name, page)


def _shuffled(frames: list[str], chance: Random) -> list[str]:
    """Answers overtake frames: neighbours change places, but never what is for one person, which comes one way only."""
    shuffled = list(frames)
    for place in range(len(shuffled) - 1):
        pair = shuffled[place : place + 2]
        if chance.random() < 0.3 and not any(words.startswith("{") for words in pair):
            shuffled[place : place + 2] = pair[::-1]
    return shuffled


def _catch_up(app: Flask, world: World, name: str, page: Page) -> None:
    viewer = world.viewer(name)
    try:
        found = stretches.changes(viewer, page.key, page.rev)
    except NotFound:
        page.catch_up(None)
        return
    assert found is not None
    page.catch_up(_drawn(app, found, viewer.face), found.rev)


def _load(app: Flask, world: World, name: str, key: str) -> Page:
    viewer = world.viewer(name)
    try:
        found = stretches.page(viewer, key)
    except NotFound:
        return Page(key, gone=True)
    return Page(key, _drawn(app, found, viewer.face), rev=found.rev)


def _drawn(app: Flask, found: MessagesPage, face: str) -> dict[str, tuple[int, int, str]]:
    return {view.id: (view.rev, view.position, draw(app, view, face)) for view in found.messages}


def _may_see(world: World, name: str, key: str) -> bool:
    try:
        return bool(lists.row(world.viewer(name), key))
    except NotFound:
        return False
