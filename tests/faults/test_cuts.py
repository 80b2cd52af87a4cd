"""RELIABILITY R4: whatever happens to a line, the page comes back by itself and misses nothing."""

import random
import statistics
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.cutter import Cutter, Link
from tests.faults.lines import STAFF
from tests.faults.pages import Page
from tests.faults.scene import PEOPLE, Scene, scene
from tests.faults.writers import Crowd, Pace
from tests.promises import Figure, rounds

SOON = 2.0  # seconds until a page knows all again
WAYS = ("drop", "stall", "slow", "half open", "asleep")
CUTS = {"drop": Link.reset, "half open": Link.forget}  # the others stall


@dataclass
class Traveller:
    """Somebody on a train: a page, and what their line goes through."""

    page: Page
    cutter: Cutter
    took: list[float] = field(default_factory=list)
    ways: Counter[str] = field(default_factory=Counter)

    def suffer(self, way: str, crowd: Crowd) -> None:
        """Break the line in one way for a moment, and measure how long the page needs from when that is over."""
        links, before, began = self.cutter.links(), self.page.recoveries, time.monotonic()
        self.cutter.down = way in {"half open", "asleep"}
        for link in links:
            CUTS.get(way, Link.stall)(link)
        if way != "drop":
            time.sleep(random.uniform(0.1, 0.6))
            self.cutter.down, began = False, time.monotonic()
        if way in {"stall", "half open", "asleep"}:
            # Sixty seconds of silence, a machine that wakes up, a new network: the page knows that the line is dead.
            self.page.give_up()
        for link in links if way == "slow" else ():
            link.resume()
        self._wait(_known(crowd, self.page), before + (way != "slow"), way)
        self.took.append(time.monotonic() - began)
        self.ways[way] += 1
        for link in links if way != "slow" else ():
            link.end()

    def _wait(self, known: set[str], recoveries: int, way: str) -> None:
        """Until the page has caught up on a new line, if it needs one, and knows all that it must."""
        late, page = time.monotonic() + 20, self.page
        while page.recoveries < recoveries or not known <= set(page.stream.messages):
            assert time.monotonic() < late, (way, page.http.name, page.stream.rev, page.open, page.caught_up)
            time.sleep(0.01)


@pytest.mark.promise("R4")
@pytest.mark.timeout(1800)
def test_pages_come_back_from_every_cut(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """People write; seven others read through lines that are reset, stalled, slow, half open and asleep."""
    each = rounds(3, 144)
    with scene(stage, tmp_path / "cuts") as play:
        travellers = [_traveller(play, name) for name in PEOPLE]
        with play.crowd(6, Pace((0.05, 0.2))) as crowd:
            ways = [[WAYS[(place + n) % len(WAYS)] for n in range(each)] for place in range(len(travellers))]
            trips = [threading.Thread(target=_travel, args=(*one, crowd)) for one in zip(travellers, ways, strict=True)]
            for trip in trips:
                trip.start()
            for trip in trips:
                trip.join()
        found = play.check(crowd)
        for one in travellers:
            one.cutter.close()
    took = [seconds for one in travellers for seconds in one.took]
    assert len(took) == each * len(travellers), "every page recovered every time"
    late = statistics.quantiles(took, n=20)[-1]
    ways = sum((one.ways for one in travellers), Counter())
    figure(
        f"{len(took)} recoveries ({', '.join(f'{way} {ways[way]}' for way in WAYS)}) while {found.acknowledged} "
        f"messages came: 0 missed, 0 doubled; p50 {statistics.median(took):.2f} s, p95 {late:.2f} s"
    )
    assert late < SOON, sorted(took)[-10:]


def _traveller(play: Scene, name: str) -> Traveller:
    cutter = Cutter(play.server.port)
    return Traveller(play.page(name, port=cutter.port), cutter)


def _travel(one: Traveller, ways: list[str], crowd: Crowd) -> None:
    for way in ways:
        one.suffer(way, crowd)
        time.sleep(random.uniform(0.1, 0.4))


def _known(crowd: Crowd, page: Page) -> set[str]:
    """What this page must know: all that was acknowledged before, of its side."""
    staff = page.http.name in STAFF
    return {sent.id for sent in crowd.sent if staff or sent.kind == "text"}
