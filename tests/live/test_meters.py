"""What goes out to open pages is counted, and costs next to nothing (SPEC O4)."""

import socket
import time
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.kernel.meters import meters
from portal.live.hub import Connection, hub
from portal.live.tail import Tail
from portal.models import Event, Fact
from tests.conftest import Stage
from tests.promises import Figure

NOBODY = 999_999  # a person's number that nobody has


@pytest.fixture
def line() -> Iterator[socket.socket]:
    """Our end of a page's socket, whose reader reads nothing."""
    ours, theirs = socket.socketpair()
    connection = Connection(NOBODY, None, ours)
    connection.begun = True
    hub.add(connection)
    yield ours
    hub.remove(connection)
    ours.close()
    theirs.close()


def test_frames_and_cut_readers_are_counted(line: socket.socket) -> None:
    before = meters.counts()
    hub.send([NOBODY, NOBODY + 1], b"a frame")
    assert _since(before) == {("frames_sent", ""): 1}
    for _ in range(1000):
        hub.send([NOBODY], b"x" * 65_536)
        if ("readers_cut", "") in _since(before):
            break
    assert _since(before)["readers_cut", ""] == 1


def test_events_are_counted_with_how_late_they_were_told(play: Flask, stage: Stage) -> None:
    tail, told = Tail(), []
    tail.prepare(play, {Fact.MESSAGE_POSTED: (told.append,), Fact.MESSAGE_EDITED: (_break,)})
    event = db.session.scalars(select(Event).where(Event.name == Fact.MESSAGE_POSTED)).first()
    assert event is not None
    before, counts = meters.lags(), meters.counts()
    tail._react(event)
    after = meters.lags()
    assert told == [event]
    assert sum(after.counts) == sum(before.counts) + 1
    assert after.total > before.total
    assert _since(counts) == {}
    event.name = Fact.MESSAGE_EDITED
    tail._react(event)
    assert _since(counts) == {("events_untold", ""): 1}


@pytest.mark.promise("O4")
def test_counting_costs_next_to_nothing(figure: Figure) -> None:
    """One addition for each event and face, however many pages there are."""
    rounds = 20_000
    best = min(_seconds(lambda: meters.add("frames_sent", amount=0), rounds) for _ in range(5)) / rounds
    figure(f"{best * 1e6:.2f} µs to count the frames of one event")
    assert best < 50e-6


def _seconds(act: Callable[[], object], times: int) -> float:
    began = time.perf_counter()
    for _ in range(times):
        act()
    return time.perf_counter() - began


def _since(before: dict[tuple[str, str], int]) -> dict[tuple[str, str], int]:
    now = meters.counts()
    return {key: number - before.get(key, 0) for key, number in now.items() if number != before.get(key, 0)}


def _break(_event: Event) -> None:
    raise ValueError("this cannot be told")
