"""RELIABILITY R9: restarts and upgrades under load. Everybody is told to come back, and nothing is lost."""

import signal
import time
from collections import Counter
from pathlib import Path
from statistics import mean

import pytest

from tests.conftest import Stage
from tests.faults.scene import PEOPLE, Scene, scene
from tests.faults.writers import Crowd, Pace
from tests.promises import Figure, rounds

RATE = 50  # messages a second
WRITERS = 25
COME_BACK = 1012


@pytest.mark.promise("R9")
@pytest.mark.timeout(1800)
def test_restarts_under_load_lose_nothing(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """HUP and TERM in turn, while people write; each page that was open then is told 1012."""
    pause = WRITERS / RATE
    with scene(stage, tmp_path / "restarts") as play:
        pages = [play.page(name) for name in PEOPLE]
        with play.crowd(WRITERS, Pace((pause * 0.6, pause))) as crowd:
            rates = []
            for number in range(rounds(2, 20)):
                _until_open(play)
                rates.append(_load(crowd))
                (_reload if number % 2 else _restart)(play)
            _until_open(play)
        codes = sum((page.codes for page in pages), Counter())
        found = play.check(crowd)
    figure(
        f"{rounds(2, 20)} restarts (TERM and start, HUP) at {mean(rates):.0f} messages/s: "
        f"{found.acknowledged} acknowledged, 0 lost, 0 doubled; {codes[COME_BACK]} sockets told {COME_BACK}, "
        f"{codes.total() - codes[COME_BACK]} not"
    )
    assert codes == {COME_BACK: rounds(2, 20) * len(pages)}


def _load(crowd: Crowd) -> float:
    """Let them write for a moment; the messages per second."""
    before, began = len(crowd.sent), time.monotonic()
    time.sleep(1)
    return (len(crowd.sent) - before) / (time.monotonic() - began)


def _restart(play: Scene) -> None:
    play.server.stop(signal.SIGTERM)
    play.server.start()


def _reload(play: Scene) -> None:
    old = play.server.worker
    play.server.reload()
    until = time.monotonic() + 20
    while Path(f"/proc/{old}").exists():
        assert time.monotonic() < until, "the old worker does not end"
        time.sleep(0.05)


def _until_open(play: Scene) -> None:
    until = time.monotonic() + 20
    while not all(page.caught_up for page in play.pages):
        assert time.monotonic() < until, [(page.name, page.open) for page in play.pages]
        time.sleep(0.05)
