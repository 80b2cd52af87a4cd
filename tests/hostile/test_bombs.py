"""H2: decompression bombs of every kind that is opened for a small picture, and of those that never are."""

import resource
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask

from portal.kernel import decoder, pictures
from portal.queries import messages as stretches
from tests.conftest import Stage
from tests.doors.steps import Visit
from tests.hostile import bombs
from tests.promises import Figure, whole
from tests.sent import look_at_all, photo, post
from tests.world import World, token

HTMX = {"HX-Request": "true"}
# Their first moment, or page, takes little: it is shown. All others end as a plain card.
SHOWN = {
    "more.png", "large.png", "frames.gif", "large.gif", "frames.webp", "cut.jpg", "pages.pdf", "image.pdf", "wide.pdf",
}  # fmt: skip
UNOPENED = {"bomb.zip", "bomb.docx", "bomb.xlsx", "bomb.odt", "bomb.png", "bomb.pdf"}


@pytest.fixture
def world(play: Flask, stage: Stage) -> World:
    """The cast, in the play's context."""
    return stage.world


@pytest.mark.promise("H2")
@pytest.mark.timeout(600)
def test_a_bomb_ends_as_a_card_and_the_worker_lives(
    world: World, browser_of: Visit, monkeypatch: pytest.MonkeyPatch, figure: Figure
) -> None:
    """While each is being unpacked, others read and write: nothing is held for it."""
    sent = bombs.all_of_them() | (bombs.slow_ones() if whole() else {})
    spent, opened = _watched(monkeypatch, world, browser_of)
    before = stretches.page(world.viewer("hugo"), world.permit).rev
    for place in range(0, len(sent), 10):
        post(world, "marie", *list(sent.items())[place : place + 10])
    post(world, "marie", ("honest.jpg", photo()))
    look_at_all()
    files = {file.name: file for file in _files(world, before)}
    assert files.keys() == {*sent, "honest.jpg"}
    assert not any(file.coming for file in files.values())
    assert {name for name, file in files.items() if file.width} - {"honest.jpg"} == SHOWN
    assert files["honest.jpg"].width, "the worker is at work after all of them"
    assert len(opened) == len(spent) == len(files) - len(UNOPENED)
    assert not [content[:4] for content in opened if content[:2] == b"PK"]
    assert max(spent) <= decoder.SECONDS + 1
    figure(f"{len(sent)} bombs, {len(UNOPENED)} never opened: at most {max(spent):.1f} s of a processor, others served")


def _files(world: World, since: int) -> Iterator[Any]:
    found = stretches.changes(world.viewer("hugo"), world.permit, since)
    assert found is not None
    for message in found.messages:
        yield from message.files


def _watched(monkeypatch: pytest.MonkeyPatch, world: World, browser_of: Visit) -> tuple[list[float], list[bytes]]:
    """Of each that is opened, the processor's seconds, and what it was; meanwhile somebody reads, and writes."""
    hugo, here = browser_of("hugo"), f"/console/discussions/{world.inside}"
    spent: list[float] = []
    opened: list[bytes] = []
    run = pictures._run

    def watched(what: str, content: bytes, made: int) -> int:
        before = _used()
        assert hugo.get(here, headers=HTMX).status_code == 200
        said = {"body": "Meanwhile", "kind": "text", "token": token()}
        assert hugo.post(f"{here}/messages", data=said, headers=HTMX).status_code == 201
        begun = time.monotonic()
        code = run(what, content, made)
        assert time.monotonic() - begun < pictures.PATIENCE + 2
        spent.append(_used() - before)
        opened.append(content)
        return code

    monkeypatch.setattr(pictures, "_run", watched)
    return spent, opened


def _used() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime
