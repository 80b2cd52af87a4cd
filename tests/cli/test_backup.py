"""Backup while people write, and restore on an empty machine (RELIABILITY R12)."""

import os
import shutil
import sqlite3
import stat
import tarfile
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from portal.actions import messages
from portal.extensions import db
from portal.queries import messages as stretches
from tests.cli.terminal import New, Terminal, refused
from tests.conftest import Stage, make_app
from tests.servers import find_postgres
from tests.world import World, token


def test_r12_a_backup_taken_while_people_write_is_whole(new: New, stage: Stage, tmp_path: Path) -> None:
    """Everything acknowledged before it is in it; what comes later is in it whole or not at all."""
    office, kept = new().with_cast(stage), tmp_path / "kept.tar.gz"
    app = make_app(f"sqlite:///{office.database}", office.var)
    before, after, finished = _writing(app, stage.world, lambda: office.comptoir("backup", kept))
    assert finished.exit_code == 0, finished.output
    home = new()
    done = home.comptoir("restore", kept)
    assert done.exit_code == 0, done.output
    assert home.ask("PRAGMA integrity_check") == "ok"
    assert home.ask("PRAGMA foreign_key_check") is None
    restored = _bodies(home)
    assert set(before) <= restored <= set(after)
    assert len(before) >= 5
    assert len(after) > len(before)
    assert "Here is the plan." in _all(home)
    posted = home.ask("SELECT count(*) FROM event WHERE name = 'message.posted'")
    assert posted == home.ask("SELECT count(*) FROM message WHERE kind <> 'event'")


def test_a_restored_machine_signs_people_in_as_the_old_one_did(new: New, stage: Stage, tmp_path: Path) -> None:
    """The secret key comes along, readable by its owner alone; so do sessions."""
    office, kept = new().with_cast(stage), tmp_path / "kept.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    home = new()
    assert home.comptoir("restore", kept).exit_code == 0
    key = home.var / "secret_key"
    assert key.read_text() == (office.var / "secret_key").read_text()
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert home.comptoir("migrate").exit_code == 0
    checked = home.comptoir("check")
    assert checked.exit_code == 0, checked.output
    assert sorted(path.name for path in home.var.iterdir() if not path.name.startswith("comptoir.db-")) == [
        "comptoir.db", "files", "secret_key",
    ]  # fmt: skip


def test_a_present_database_is_not_overwritten(new: New, stage: Stage, tmp_path: Path) -> None:
    office, kept = new().with_cast(stage), tmp_path / "kept.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    office.tell("UPDATE firm SET name = 'Later'")
    refused(office.comptoir("restore", kept), "There is a database already", "--yes")
    assert office.ask("SELECT name FROM firm") == "Later"
    assert office.comptoir("restore", "--yes", kept).exit_code == 0
    assert office.ask("SELECT name FROM firm") == "Delta"
    aside = [path for path in office.var.glob("comptoir.db.before-restore-*") if path.suffix not in {"-wal", "-shm"}]
    link = sqlite3.connect(aside[0])
    assert link.execute("SELECT name FROM firm").fetchone() == ("Later",)
    link.close()


def test_the_database_may_lie_where_no_folder_is_yet(new: New, stage: Stage, tmp_path: Path) -> None:
    kept, place = tmp_path / "kept.tar.gz", tmp_path / "data" / "deep" / "comptoir.db"
    assert new().with_cast(stage).comptoir("backup", kept).exit_code == 0
    home = new(DATABASE_URL=f"sqlite:///{place}")
    done = home.comptoir("restore", kept)
    assert done.exit_code == 0, done.output
    assert place.exists()


def test_what_is_no_whole_backup_changes_nothing(new: New, stage: Stage, tmp_path: Path) -> None:
    office, kept = new().with_cast(stage), tmp_path / "kept.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    half, other, empty = (tmp_path / name for name in ("half.tar.gz", "other.tar.gz", "empty"))
    half.write_bytes(kept.read_bytes()[:2000])
    empty.write_bytes(b"")
    with tarfile.open(other, "w:gz") as archive:
        archive.add(office.var / "secret_key", arcname="comptoir.dump")
    for source, word in ((half, "not a backup"), (empty, "not a backup"), (other, "of a PostgreSQL installation")):
        refused(office.comptoir("restore", "--yes", source), word)
        assert office.ask("SELECT name FROM firm") == "Delta"
    home = new()
    refused(home.comptoir("restore", half), "not a backup")
    assert not home.database.exists()


def test_a_backup_cannot_write_outside_its_room(new: New, stage: Stage, tmp_path: Path) -> None:
    office, evil = new().with_cast(stage), tmp_path / "evil.tar.gz"
    with tarfile.open(evil, "w:gz") as archive:
        archive.add(stage.file, arcname="../../outside.db")
    refused(office.comptoir("restore", "--yes", evil))
    assert not list(tmp_path.rglob("outside.db"))


def test_a_backup_has_a_place_and_a_time_of_its_own(new: New, stage: Stage) -> None:
    office = new().with_cast(stage)
    done = office.comptoir("backup")
    assert done.exit_code == 0
    (made,) = (office.var / "backups").iterdir()
    assert made.name.endswith(".tar.gz")
    assert str(made) in done.output


def test_without_a_database_there_is_nothing_to_keep(new: New) -> None:
    home = new()
    refused(home.comptoir("backup"), "There is no database yet")
    assert not (home.var / "backups").exists()
    assert not home.database.exists()


def test_postgresql_is_kept_and_brought_back_too(
    app: Flask, world: World, tmp_path: Path, new: New, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On both databases by one pair of commands; with rights asked as ever afterwards."""
    url = app.config["SQLALCHEMY_DATABASE_URI"]
    if url.startswith("postgresql") and shutil.which("pg_dump") is None:
        monkeypatch.setenv("PATH", f"{find_postgres()}:{os.environ['PATH']}")
    office, kept = new(DATABASE_URL=url), tmp_path / "kept.tar.gz"
    done = office.comptoir("backup", kept)
    assert done.exit_code == 0, done.output
    said = messages.post(world.viewer("ines"), world.permit, body="After the backup", token=token())
    refused(office.comptoir("restore", kept), "There is a database already")
    db.session.remove()
    db.engine.dispose()
    done = office.comptoir("restore", "--yes", kept)
    assert done.exit_code == 0, done.output
    again = new(DATABASE_URL=url).comptoir("check")
    assert "this version's schema" in again.output
    with make_app(url, tmp_path).app_context():
        bodies = [one.body for one in stretches.page(world.viewer("marie"), world.permit).messages]
        assert bodies == ["Here is the plan.", "Thank you!"]
        assert said not in bodies
        messages.post(world.viewer("marie"), world.permit, body="Going on", token=token())
        db.session.remove()
        db.engine.dispose()


def _writing(app: Flask, world: World, meanwhile: Callable[[], Result]) -> tuple[list[str], list[str], Result]:
    """(what was acknowledged before `meanwhile`, what was sent at all, what `meanwhile` gave)."""
    sent: list[str] = []
    acknowledged: list[str] = []
    stop, warm = threading.Event(), threading.Event()

    def write() -> None:
        with app.app_context():
            ines = world.viewer("ines")
            while not stop.is_set():
                sent.append(f"number {len(sent)} " + "x" * 3000)
                messages.post(ines, world.permit, body=sent[-1], token=token())
                acknowledged.append(sent[-1])
                if len(acknowledged) >= 5:
                    warm.set()
            db.session.remove()
            db.engine.dispose()

    thread = threading.Thread(target=write)
    thread.start()
    assert warm.wait(20)
    before = list(acknowledged)
    given = meanwhile()
    stop.set()
    thread.join()
    return before, sent, given


def _bodies(machine: Terminal) -> set[str]:
    return {body for body in _all(machine) if body.startswith("number ")}


def _all(machine: Terminal) -> list[str]:
    link = sqlite3.connect(machine.database)
    bodies = [row[0] for row in link.execute("SELECT body FROM message")]
    link.close()
    return bodies
