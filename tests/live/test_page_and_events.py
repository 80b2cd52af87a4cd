"""RELIABILITY R5: applying what is sent to an open page gives what loading it again gives."""

from random import Random

import pytest
from flask import Flask

from portal.kernel.errors import NotFound
from portal.queries import discussions as lists, facts, messages as stretches
from tests.conftest import Stage
from tests.drama import Play
from tests.live.ears import listening, tell
from tests.live.page import Page, draw
from tests.world import World

WATCHERS = ("ines", "hugo", "marie", "luc", "paul", "zoe", "nina")


@pytest.mark.parametrize("seed", range(12))
def test_page_and_events_give_what_a_reload_gives(play: Flask, stage: Stage, seed: int) -> None:
    world = stage.world
    drama = Play(world, Random(seed))
    pages = {name: {key: _load(play, world, name, key) for key in drama.discussions} for name in WATCHERS}
    with listening(world, *WATCHERS) as ears:
        cursor = facts.newest()
        for _ in range(40):
            drama.act()
            cursor = tell(cursor)
    for name in WATCHERS:
        for key, page in pages[name].items():
            for words in ears[name].heard():
                page.apply(words)
            again = _load(play, world, name, key)
            # Who was removed and added again opens a new page; the old one stays closed.
            assert page.gone or page.shown() == again.shown(), (name, drama.done)
            assert page.gone or not again.gone


def test_a_page_hears_of_nothing_else(play: Flask, stage: Stage) -> None:
    """A frame for somebody names no discussion but those that they were in when it was sent."""
    world = stage.world
    theirs: set[str] = set()
    drama = Play(world, Random(7))
    with listening(world, "luc") as ears:
        cursor = facts.newest()
        for _ in range(60):
            drama.act()
            theirs |= {key for key in drama.discussions if _may_see(world, "luc", key)}
            cursor = tell(cursor)
    heard = ears["luc"].heard()
    assert {key for words in heard for key in drama.discussions if key in words} <= theirs
    assert heard, "a page that hears nothing proves nothing"


def _load(app: Flask, world: World, name: str, key: str) -> Page:
    viewer = world.viewer(name)
    try:
        found = stretches.page(viewer, key)
    except NotFound:
        return Page(key, gone=True)
    drawn = {view.id: (view.rev, view.position, draw(app, view, viewer.face)) for view in found.messages}
    return Page(key, messages=drawn)


def _may_see(world: World, name: str, key: str) -> bool:
    try:
        return bool(lists.row(world.viewer(name), key))
    except NotFound:
        return False
