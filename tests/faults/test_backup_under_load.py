"""RELIABILITY R12: a backup taken while thirty people write is whole, and an empty machine goes on from it."""

import hashlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from portal.access import as_person
from portal.actions import pictures
from portal.extensions import db
from portal.storage import FOLDER
from portal.storage.disk import Disk
from tests import faces
from tests.conftest import Stage
from tests.faults import ledger
from tests.faults.scene import Scene, scene
from tests.faults.writers import Crowd, Pace
from tests.promises import Figure, rounds
from tests.serving import ROOT, Server

WRITERS = rounds(12, 30)


@pytest.mark.promise("R12")
@pytest.mark.timeout(1800)
def test_backups_under_load_are_complete(stage: Stage, tmp_path: Path, figure: Figure) -> None:
    """All that was acknowledged before one began is in it; what is in it is as it is in the original, files too."""
    homes: list[Server] = []
    with scene(stage, tmp_path / "office", rooms=2) as play:
        with play.crowd(WRITERS, Pace((0.3, 0.9))) as crowd, _changing_faces(play, stage):
            while len(crowd.sent) < 2 * WRITERS:
                time.sleep(0.05)
            for number in range(rounds(1, 20)):
                homes.append(_moved(play, crowd, tmp_path / f"home{number}"))
        play.check(crowd)
        there = set(ledger.rows(play.server.database))
        kept = [ledger.rows(home.database) for home in homes]
        assert all(set(rows) <= there for rows in kept), "nothing in it is other than it was written"
        files = sum(_check_files(home) for home in homes)
        _check_it_serves(homes[-1], play, kept[-1])
    figure(
        f"{len(homes)} backups under {WRITERS} writers, each restored in an empty place: {len(kept[0])} to "
        f"{len(kept[-1])} messages, none missing, integrity ok; {files} files match their hashes"
    )


def _moved(play: Scene, crowd: Crowd, var: Path) -> Server:
    """Back up, restore elsewhere, and look whether all is there that was acknowledged before."""
    acknowledged, home, kept = {sent.id for sent in crowd.sent}, Server(var), var.with_suffix(".tar.gz")
    _comptoir(play.server, "backup", str(kept))
    _comptoir(home, "restore", str(kept))
    kept.unlink()
    ledger.whole(home.database)
    assert acknowledged <= {row.id for row in ledger.rows(home.database)}
    return home


def _comptoir(server: Server, *words: str) -> None:
    command = [sys.executable, "-m", "portal.cli", *words]
    done = subprocess.run(command, cwd=ROOT, env=server.environment, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout + done.stderr


def _check_files(home: Server) -> int:
    """Every file that the database names is there, with the bytes that it had; gives how many."""
    disk, named = Disk(home.var / FOLDER), ledger.ask(home.database, "SELECT file, sha256 FROM picture")
    for name, sha256 in named:
        with disk.open(name) as file:
            assert hashlib.file_digest(file, "sha256").hexdigest() == sha256
    assert named
    return len(named)


def _check_it_serves(home: Server, play: Scene, kept: list[ledger.Row]) -> None:
    """People go on where they were: signed in, with all that they had said."""
    home.start()
    try:
        way = play.http("marie", home.port)
        last = [row for row in kept if row.key == play.keys[0] and row.kind == "text"][-1]
        assert last.body in way.get(f"/discussions/{play.keys[0]}").text
        way.close()
    finally:
        home.stop()


@contextmanager
def _changing_faces(play: Scene, stage: Stage) -> Iterator[None]:
    """Meanwhile somebody cannot decide on a picture: files come, and those that they replace go."""
    over = threading.Event()

    def change() -> None:
        with play.server.beside():
            while not over.wait(0.1):
                for colour in ("teal", "plum"):
                    pictures.set_picture(as_person(stage.world.keys["ines"]), faces.image(colour=colour))
                    db.session.remove()

    thread = threading.Thread(target=change)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
