"""RELIABILITY S2, at large: random plays full of canaries, every write, every action, and clients who look at all."""

import inspect
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from copy import deepcopy
from dataclasses import replace
from random import Random
from types import ModuleType
from typing import Any
from unittest.mock import patch

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access import Viewer
from portal.actions import (
    agreements,
    automatic,
    awaiting,
    challenges,
    co_owners,
    devices,
    discussions,
    drafts,
    erasing,
    exports,
    files,
    firm,
    held,
    invitations,
    later,
    links,
    messages,
    participants,
    people,
    pictures,
    pins,
    reactions,
    read_marks,
    readers,
    reminders,
    sightings,
    spaces,
    turns,
    weekly,
)
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Audience, Conversation, Message, MessageKind, Participation, Person
from portal.queries import facts, messages as stretches
from tests.conftest import Stage
from tests.doors.cells import HTMX, Booth
from tests.drama import Play
from tests.live.ears import Ear, listening, tell
from tests.promises import Figure, rounds, whole
from tests.secrecy.test_canary import WATCHED, Crawl
from tests.secrecy.writes import Write, given, known
from tests.world import World, token

CANARY = "canary"
ACTIONS = (
    agreements, automatic, awaiting, challenges, co_owners, devices, discussions, drafts, erasing, exports, files, firm,
    held, invitations, later, links, messages, participants, people, pictures, pins, reactions, read_marks, readers,
    reminders, sightings, spaces, turns, weekly,
)  # fmt: skip
# Steps of others; and what is done for those alone who switched undoing on (test_canary does).
INSIDE = {
    participants.disown, links.end_all, challenges.is_asked, turns.expect, turns.begin_anew, turns.after_deletion,
    drafts.sent, read_marks.read, later.hold, erasing.close, files.attaching, files.keep_until, files.take_in,
    drafts.answered,
}  # fmt: skip
# A table of their door holds these from the start, so that calling them goes unnoticed; their writes are among `known`.
HELD = {erasing.ask_client, erasing.ask_discussion, exports.ask_client, exports.ask_discussion}
SECRET_FORMS = {"console.invite_client", "console.invite_staff", "console.create_brand"}
LOOKS = (
    "/",
    "/discussions/{permit}",
    "/profile",
    "/discussions/{inside}",
    "/discussions/{permit}/messages?after_rev=0",
)


class Secretive(Play):
    """A play in which everything that no client may read holds the canary."""

    def _rename(self, viewer: Viewer, key: str) -> None:
        discussions.rename(viewer, key, title=self._words(key, "text"))

    def _words(self, key: str, kind: str) -> str:
        audience = db.session.scalar(select(Conversation.audience).where(Conversation.public_id == key))
        hidden = kind == MessageKind.NOTE or audience == Audience.INTERNAL
        return f"{CANARY if hidden else 'open'} {self.chance.random()}"

    def _file_name(self, key: str, kind: str) -> str:
        return f"{self._words(key, kind)}.png"


@pytest.mark.timeout(3600)
@pytest.mark.promise("S2")
def test_whatever_is_played_no_client_meets_a_canary(play: Flask, stage: Stage, figure: Figure) -> None:
    """Nor who is on staff or a client beside them, unless they wrote to them."""
    world, acts = deepcopy(stage.world), 0
    with listening(world, *WATCHED) as ears:
        crawl = Crawl(play, replace(stage, world=world), ears, whole=False)
        for seed in range(rounds(1, 90)):
            _open_rooms(world)
            drama = Secretive(world, Random(seed))
            for _ in range(rounds(2, 4)):
                acts += sum(drama.act() == "done" for _ in range(30))
                crawl.look()
    answers, heard = sum(map(len, crawl.answers.values())), sum(len(ear.frames) for ear in ears.values())
    for name in WATCHED:
        given_out = crawl.given(name)
        assert CANARY not in given_out, name
        _knows_only_who_wrote(world, name, given_out)
    assert CANARY in _what_staff_see(world), "a canary that nobody meets proves nothing"
    assert answers >= rounds(200, 5000)
    assert heard >= rounds(20, 5000)
    figure(f"{acts} random actions: 0 canaries in {answers} answers and {heard} frames of {len(WATCHED)} clients")


@pytest.mark.timeout(600)
@pytest.mark.promise("S2")
def test_every_write_and_every_action_is_driven(open_booth: Booth, figure: Figure) -> None:
    """Each with the canary where no client may read it; then clients look, and hear."""
    driven: set[str] = set()
    answers = heard = 0
    for endpoint, method in known():
        with (
            given(open_booth, endpoint, method) as write,
            open_booth.app.app_context(),
            listening(open_booth.world, *WATCHED) as ears,
            _noting(driven),
        ):
            cursor = facts.newest()
            answer = _told_secretly(write, endpoint).send(open_booth.browser(write.who))
            assert answer.status_code == write.ok, (endpoint, answer.text)
            db.session.rollback()
            tell(cursor)
            heard += _silent_of_canaries(ears)
            answers += _look(open_booth, endpoint)
    assert driven == _all_actions()
    figure(f"{len(known())} writes, {len(driven)} actions, one by one: 0 canaries in {answers} answers, {heard} frames")


def _open_rooms(world: World) -> None:
    """New discussions of Ines's, so that a play which has fallen silent is no end: one for clients, one without."""
    ines, north = world.viewer("ines"), world.brands["North"]
    world.permit = discussions.create(ines, title="Room", audience="shared", brand_key=north)
    world.inside = discussions.create(ines, title=f"{CANARY} room", audience="internal", brand_key=north)
    for name in ("hugo", "marie", "luc", "paul", "zoe"):
        participants.add(ines, world.permit, world.keys[name], confirmed=True)
    participants.add(ines, world.inside, world.keys["hugo"])
    messages.post(ines, world.inside, body=CANARY, token=token())


def _knows_only_who_wrote(world: World, name: str, given_out: str) -> None:
    """The keys of people in what a client was given are of those who wrote a text in a discussion of theirs."""
    mine = select(Participation.conversation_id).where(Participation.person_id == world.person_id(name))
    wrote = select(Person.public_id).join(Message, Message.author_id == Person.id)
    wrote = wrote.where(Message.kind == MessageKind.TEXT, Message.conversation_id.in_(mine))
    allowed = set(db.session.scalars(wrote)) | {world.keys[name]}
    assert {other for other, key in world.keys.items() if key in given_out and key not in allowed} == set(), name
    assert not [other for other in world.keys if other != name and f"{other}@example.com" in given_out], name


def _what_staff_see(world: World) -> str:
    """In the internal discussion, as far as each of them is still in it."""
    seen = []
    for name in ("hugo", "ines", "adam", "olga"):
        with suppress(NotFound):
            seen += [message.body for message in stretches.page(world.viewer(name), world.inside).messages]
    return " ".join(seen)


def _told_secretly(write: Write, endpoint: str) -> Write:
    """The same with the canary where no client may read it."""
    form = dict(write.form)
    if endpoint == "console.create_message":
        form |= {"kind": "note", "body": CANARY}
    if endpoint in SECRET_FORMS:
        form["name"] = CANARY
    return replace(write, form=form)


def _silent_of_canaries(ears: dict[str, Ear]) -> int:
    frames = [frame for ear in ears.values() for frame in ear.heard()]
    assert not [frame for frame in frames if CANARY in frame]
    return len(frames)


def _look(booth: Booth, endpoint: str) -> int:
    """Clients look; gives how many answers they got."""
    world, seen = booth.world, 0
    for name in WATCHED if whole() else WATCHED[:1]:
        browser = booth.browser(name)
        for path in LOOKS if whole() else LOOKS[:3]:
            answer = browser.get(path.format(permit=world.permit, inside=world.inside), headers=HTMX)
            assert not re.search(rf"{CANARY}", answer.text + str(answer.headers)), (endpoint, name, path)
            seen += 1
    return seen


@contextmanager
def _noting(driven: set[str]) -> Iterator[None]:
    """Note which actions are called meanwhile."""
    patches = [patch.object(module, name, _noted(module, name, driven)) for module in ACTIONS for name in _own(module)]
    for one in patches:
        one.start()
    try:
        yield
    finally:
        for one in patches:
            one.stop()


def _noted(module: ModuleType, name: str, driven: set[str]) -> Any:
    real = getattr(module, name)

    def call(*given_in: object, **more: object) -> object:
        driven.add(f"{module.__name__}.{name}")
        return real(*given_in, **more)

    return call


def _all_actions() -> set[str]:
    return {f"{module.__name__}.{name}" for module in ACTIONS for name in _own(module)}


def _own(module: ModuleType) -> list[str]:
    """The actions of a module: what is done by a viewer, or by who becomes one."""
    found = inspect.getmembers(module, inspect.isfunction)
    own = [(name, act) for name, act in found if act.__module__ == module.__name__ and not name.startswith("_")]
    return [name for name, act in own if "viewer" in inspect.signature(act).parameters and act not in INSIDE | HELD]
