"""RELIABILITY R13: it does not grow. Memory, threads, descriptors and the write-ahead log stay what they were."""

import os
import random
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.lines import Closed, Socket
from tests.faults.scene import PEOPLE, Scene, scene
from tests.faults.writers import Pace
from tests.promises import Figure, rounds

RATE = 24  # messages a second; a firm of 250 with its clients writes one, if each of them sends seven an hour
WRITERS = 24
GUESTS = 20  # whose pages come and go: of one person there are thirty at most
SPARE = 60  # threads: of the rush at the beginning, and of the server itself
LIFE = 20.0  # seconds that a page stays open, on average
WAL = 64 * 1024 * 1024  # bytes


@dataclass(frozen=True)
class Size:
    """What the worker takes: memory (kB, its share of what is shared), threads, descriptors."""

    memory: int
    threads: int
    descriptors: int

    @staticmethod
    def of(pid: int) -> "Size":
        """As the kernel counts it now."""
        rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
        memory = next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:"))
        return Size(memory, len(os.listdir(f"/proc/{pid}/task")), len(os.listdir(f"/proc/{pid}/fd")))


class Comings:
    """Pages that come and go: some say goodbye, some close, some never answer a ping and are sent off."""

    def __init__(self, play: Scene, most: int) -> None:
        self.play, self.most, self.came = play, most, 0
        self._open: list[Socket] = []
        self._names = cycle(f"guest{number}" for number in range(GUESTS))

    def fill(self) -> None:
        """Bring as many as there may be."""
        while len(self._open) < self.most:
            name = next(self._names)
            self._open.append(Socket(self.play.server.port, self.play.cookies[name]).open())
            self.came += 1

    def turn(self, seconds: float) -> None:
        """Let some leave and others come, so that each stays for LIFE on average."""
        for _ in range(max(1, round(self.most * seconds / LIFE))):
            self._go(self._open.pop(random.randrange(len(self._open))))
        for page in list(self._open):
            try:
                page.drop()
            except Closed:
                page.close()
                self._open.remove(page)
        self.fill()

    def leave(self) -> None:
        """All go."""
        while self._open:
            self._go(self._open.pop())

    def _go(self, page: Socket) -> None:
        if random.random() < 0.5:
            page.leave()
        page.close()


@pytest.mark.promise("R13")
@pytest.mark.timeout(3600)
def test_it_does_not_grow(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """Twenty minutes (a few seconds in the short form) of more than ever comes, with pages that come and go."""
    seconds, pause = rounds(3, 1200), WRITERS / RATE
    with scene(stage, tmp_path / "growth", rooms=4, guests=GUESTS, history=rounds(0, 10_000)) as play:
        comings = Comings(play, rounds(50, 500))
        with play.crowd(WRITERS, Pace((pause * 0.4, pause * 1.3))) as crowd:
            _rush(play)
            _work(comings, rounds(2, 120), play)
            before, warm = _quiet(play, comings), len(crowd.sent)
            wal = _work(comings, seconds, play)
            after = _quiet(play, comings)
        found = play.check(crowd)
    grown, rate = after.memory / before.memory - 1, (found.acknowledged - warm) / seconds
    figure(
        f"{seconds} s at {rate:.0f} messages/s, {comings.came} sockets came and went: "
        f"memory {before.memory // 1024} to {after.memory // 1024} MB ({grown:+.1%}), "
        f"threads {before.threads} to {after.threads}, descriptors {before.descriptors} to {after.descriptors}, "
        f"WAL {wal / 2**20:.1f} MB at most"
    )
    assert grown < rounds(25, 10) / 100, "in a few seconds, half of what grows is only warming up"
    assert after.threads <= comings.most + WRITERS + SPARE, "the pool keeps what it once needed, and no more"
    assert after.descriptors <= before.descriptors + 5
    assert wal < WAL


def _rush(play: Scene) -> None:
    """Everybody loads pages at once, so that every connection to the database is there, and has filled its cache."""

    def load(number: int) -> None:
        way = play.http(PEOPLE[number % len(PEOPLE)])
        for _ in range(rounds(2, 20)):
            way.get(f"{way.door}/discussions/{play.keys[number % len(play.keys)]}")
        way.close()

    with ThreadPoolExecutor(32) as pool:
        list(pool.map(load, range(64)))


def _work(comings: Comings, seconds: float, play: Scene) -> int:
    """Pages come and go for so long; gives the largest size of the write-ahead log (bytes)."""
    until, largest = time.monotonic() + seconds, 0
    log = play.server.database.with_name("comptoir.db-wal")
    comings.fill()
    while time.monotonic() < until:
        time.sleep(0.5)
        comings.turn(0.5)
        largest = max(largest, log.stat().st_size)
    return largest


def _quiet(play: Scene, comings: Comings) -> Size:
    """The size once all pages have gone and the server has noticed; writers go on."""
    comings.leave()
    time.sleep(rounds(1, 10))
    return Size.of(play.server.worker)
