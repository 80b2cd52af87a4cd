"""RELIABILITY R2: what was acknowledged is on the disk, not in its cache only, so that the power may go."""

import os
import re
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import Stage
from tests.faults.scene import scene
from tests.faults.writers import Pace
from tests.promises import Figure, rounds

TRACED = "recvfrom,sendto,fsync,fdatasync"
CALL = re.compile(
    r"(?P<began>[\d.]+) (?P<name>\w+)\(\d+<(?P<file>[^>]*)>(?P<rest>.*) = (?P<result>-?\d+).* <(?P<took>[\d.]+)>$"
)
Times = tuple[float, float]  # when a call began and when it ended


@dataclass
class Witness:
    """What the kernel saw: when each request came in, when each thread synced, and what was answered then."""

    asked: dict[str, float] = field(default_factory=dict)  # socket: when its last message had come
    synced: dict[str, Times] = field(default_factory=dict)  # thread: its last sync of the write-ahead log
    kept: int = 0
    early: list[str] = field(default_factory=list)

    def see(self, thread: str, call: re.Match[str]) -> None:
        """Take note of one call; they come in the order in which they ended or, for answers, began."""
        if call["name"] in {"fsync", "fdatasync"}:
            if call["file"].endswith("comptoir.db-wal") and call["result"] == "0":
                self.synced[thread] = (_begin(call), _end(call))
        elif call["name"] == "recvfrom" and '"POST ' in call["rest"]:
            self.asked[call["file"]] = _end(call)
        elif '"HTTP/1.1 201 ' in call["rest"]:
            began, ended = self.synced.get(thread, (0.0, 0.0))
            if self.asked.pop(call["file"]) < began and ended < _begin(call):
                self.kept += 1
            else:
                self.early.append(call.group(0))


@pytest.mark.promise("R2")
@pytest.mark.timeout(600)
def test_every_acknowledgement_follows_a_disk_sync(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """The kernel is asked: between a message's arrival and its 201 the log was synced, by the thread that answers."""
    traces = tmp_path / "traces"
    traces.mkdir()
    options = (
        "-D",
        "-ff",
        "-y",
        "-ttt",
        "-T",
        "-s",
        "40",
        "--seccomp-bpf",
        "-e",
        f"trace={TRACED}",
        "-e",
        "signal=none",
    )
    under = (_strace(), *options, "-o", str(traces / "call"))
    with scene(stage, tmp_path / "sync", under=under) as play:
        with play.crowd(8, Pace((0.0, 0.02))) as crowd:
            time.sleep(rounds(2, 30))
        play.check(crowd)
        play.server.stop()
    witness = _witness(traces)
    total = witness.kept + len(witness.early)
    figure(f"{witness.kept} of {total} acknowledgements came after the log was synced to the disk")
    assert witness.early == []
    assert total == len(crowd.sent), "each acknowledgement was seen"


def _witness(traces: Path) -> Witness:
    """All threads' calls, put in one order."""
    calls = [(path.name, call) for path in traces.iterdir() for call in _calls(path)]
    witness = Witness()
    for thread, call in sorted(calls, key=lambda one: _end(one[1]) if one[1]["name"] != "sendto" else _begin(one[1])):
        witness.see(thread, call)
    return witness


def _calls(path: Path) -> Iterator[re.Match[str]]:
    with path.open(errors="replace") as file:
        yield from filter(None, map(CALL.match, file))


def _begin(call: re.Match[str]) -> float:
    return float(call["began"])


def _end(call: re.Match[str]) -> float:
    return float(call["began"]) + float(call["took"])


def _strace() -> str:
    found = shutil.which("strace")
    if found is None:
        missing = "no strace: bin/test installs it, or: sudo apt-get install strace"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    return found
