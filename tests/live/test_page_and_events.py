"""RELIABILITY R5: applying what is sent to an open page gives what loading it again gives."""

import socket
from random import Random
from typing import Any

import pytest
from flask import Flask

from portal.kernel.errors import NotFound
from portal.live.hub import Connection, hub
from portal.queries import discussions as lists, facts, messages as stretches
from portal.wiring import REACTIONS
from tests.drama import Play
from tests.live.page import Page, decode, draw
from tests.world import World

WATCHERS = ("ines", "hugo", "marie", "luc", "paul", "zoe", "nina")


class Ear(Connection):
    """A socket that keeps what it is sent."""

    def __init__(self, person_id: int) -> None:
        super().__init__(person_id, None, socket.socket())
        self.heard: list[bytes] = []

    def send(self, frame: bytes) -> None:
        self.heard.append(frame)


@pytest.mark.parametrize("seed", range(12))
def test_page_and_events_give_what_a_reload_gives(play: Flask, stage: Any, seed: int) -> None:
    world: World = stage.world
    drama = Play(world, Random(seed))
    ears = {name: Ear(world.person_id(name)) for name in WATCHERS}
    pages = {name: {key: _load(play, world, name, key) for key in drama.discussions} for name in WATCHERS}
    for ear in ears.values():
        hub.add(ear)
    try:
        cursor = facts.newest()
        for _ in range(40):
            drama.act()
            cursor = _tell(cursor)
    finally:
        for ear in ears.values():
            hub.remove(ear)
    for name in WATCHERS:
        for frame in ears[name].heard:
            for page in pages[name].values():
                page.apply(decode(frame))
        for key, page in pages[name].items():
            again = _load(play, world, name, key)
            # Who was removed and added again opens a new page; the old one stays closed.
            assert page.gone or page.shown() == again.shown(), (name, drama.done)
            assert page.gone or not again.gone


def test_a_page_hears_of_nothing_else(play: Flask, stage: Any) -> None:
    """A frame for somebody names no discussion but those that they were in when it was sent."""
    world: World = stage.world
    ear = Ear(world.person_id("luc"))
    hub.add(ear)
    try:
        cursor = facts.newest()
        drama = Play(world, Random(7))
        theirs: set[str] = set()
        for _ in range(60):
            drama.act()
            theirs |= {key for key in drama.discussions if _may_see(world, "luc", key)}
            cursor = _tell(cursor)
    finally:
        hub.remove(ear)
    named = {key for frame in ear.heard for key in drama.discussions if key in decode(frame)}
    assert named <= theirs


def _load(app: Flask, world: World, name: str, key: str) -> Page:
    viewer = world.viewer(name)
    try:
        found = stretches.page(viewer, key)
    except NotFound:
        return Page(key, gone=True)
    return Page(
        key, messages={view.id: (view.rev, view.position, draw(app, view, viewer.face)) for view in found.messages}
    )


def _may_see(world: World, name: str, key: str) -> bool:
    try:
        return bool(lists.row(world.viewer(name), key))
    except NotFound:
        return False


def _tell(cursor: facts.Cursor) -> facts.Cursor:
    """What the tail does, now."""
    for event in facts.after(cursor):
        for reaction in REACTIONS[event.name]:
            reaction(event)
        cursor = facts.place(event)
    return cursor
