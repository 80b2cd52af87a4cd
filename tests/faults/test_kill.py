"""RELIABILITY R1: what was acknowledged is kept, once and in one order for all, however the server dies."""

import random
import statistics
import time
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.scene import PEOPLE, Scene, scene
from tests.promises import Figure, rounds

WRITERS = 30
BACK = 3.0  # seconds until it serves again


@pytest.mark.promise("R1")
@pytest.mark.timeout(1800)
def test_acknowledged_is_kept_when_the_server_is_killed(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """Thirty people write, some read, and master and worker are killed at random moments."""
    with scene(stage, tmp_path / "kill", rooms=2) as play:
        for number, name in enumerate(PEOPLE):
            play.page(name, play.keys[number % 2])
        with play.crowd(WRITERS) as crowd:
            away = [_kill(play, rounds(0.6, 2)) for _ in range(rounds(10, 100))]
            time.sleep(1)
        found = play.check(crowd)
        recoveries = sum(page.recoveries for page in play.pages)
    assert crowd.answers[0] > len(away), "kills met requests on their way"
    figure(
        f"{len(away)} kills under {WRITERS} writers: {found.acknowledged} acknowledged, 0 lost, 0 doubled, one order "
        f"on {len(play.pages)} pages ({recoveries} times caught up); "
        f"serving again after {statistics.median(away):.1f} s (worst {max(away):.1f} s)"
    )
    assert statistics.median(away) < BACK, away


def _kill(play: Scene, longest: float) -> float:
    """Let them write for a moment, kill, start again; the seconds until it served."""
    time.sleep(random.uniform(0.1, longest))
    play.server.kill()
    began = time.monotonic()
    play.server.start()
    return time.monotonic() - began
