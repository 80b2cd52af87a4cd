"""RELIABILITY R10: many write at once, and during a big import; nobody is told that the database is locked."""

import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.scene import Scene, scene
from tests.faults.writers import Pace
from tests.promises import Figure, rounds, whole
from tests.serving import ROOT

WRITERS = 16
SOON = 0.5  # seconds


@pytest.mark.flaky(reruns=2)  # a time is looked at, and the machine may have been busy
@pytest.mark.promise("R10")
@pytest.mark.timeout(600)
def test_sixteen_write_during_an_import(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """Each of them a message every half second or so, which is more than people type."""
    seconds, imported = rounds(4, 60), []
    with scene(stage, tmp_path / "many", rooms=2) as play:
        with play.crowd(WRITERS, Pace((0.2, 0.6))) as crowd, _import(play, imported):
            time.sleep(seconds)
        found = play.check(crowd)
    took = [sent.done - sent.began for sent in crowd.sent]
    late = statistics.quantiles(took, n=100)[-1]
    figure(
        f"{WRITERS} writers for {seconds} s, {imported[0]} rows imported meanwhile: {found.acknowledged} sent, "
        f"{crowd.answers[503]} refused, p50 {statistics.median(took) * 1000:.0f} ms, p99 {late * 1000:.0f} ms"
    )
    assert set(crowd.answers) == {201}
    assert imported[0] >= rounds(1_000, 100_000)
    # In every run other tests take the processor too, and a hundredth of few messages is those of a cold server.
    assert (late if whole() else statistics.median(took)) < SOON


@contextmanager
def _import(play: Scene, imported: list[int]) -> Iterator[None]:
    """An import that lasts as long as what is inside; adds how many rows it wrote."""
    command = [sys.executable, "-m", "tests.faults.importing", str(play.server.database)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline() == "begun\n"
        yield
        said, _ = process.communicate()
        imported.append(int(said))
