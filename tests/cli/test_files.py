"""RELIABILITY R12: the files of a backup are there, and match their hashes; what is lost is said, never hidden."""

import hashlib
import json
import sqlite3
import tarfile
from contextlib import closing
from pathlib import Path

import pytest

from portal.actions import pictures
from portal.cli import files
from tests import faces
from tests.cli.terminal import New, Terminal, refused
from tests.conftest import Stage, make_app


def test_r12_every_file_comes_back_as_it_was(new: New, stage: Stage, tmp_path: Path) -> None:
    office, home, kept = new().with_cast(stage), new(), tmp_path / "kept.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    assert home.comptoir("restore", kept).exit_code == 0
    wanted = _named(home)
    assert len(wanted) == 2 * len(stage.world.faces)
    assert {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in _there(home)} == wanted
    assert all(path.stat().st_mode & 0o777 == 0o600 for path in _there(home))
    assert "every file is there" in home.comptoir("check").output


def test_what_was_replaced_while_the_backup_ran_is_in_it_as_it_is_now(
    new: New, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the copy of the database and that of its files, a file goes that the copy names: both are taken anew."""
    office, home, kept = new().with_cast(stage), new(), tmp_path / "kept.tar.gz"
    app, copy, times = make_app(f"sqlite:///{office.database}", office.var), files.copy, []

    def late(wanted: dict[str, str], room: Path) -> set[str]:
        if not times:
            with app.app_context():
                pictures.set_picture(stage.world.viewer("marie"), faces.image())
        times.append(len(wanted))
        return copy(wanted, room)

    monkeypatch.setattr(files, "copy", late)
    done = office.comptoir("backup", kept)
    assert (done.exit_code, len(times)) == (0, 2)
    assert "missing" not in done.output
    assert home.comptoir("restore", kept).exit_code == 0
    assert set(_named(home)) == {path.name for path in _there(home)} == set(_named(office))


def test_a_file_that_is_lost_or_changed_stops_no_backup_and_is_said(new: New, stage: Stage, tmp_path: Path) -> None:
    office, home, kept = new().with_cast(stage), new(), tmp_path / "kept.tar.gz"
    lost, changed, *others = _there(office)
    lost.unlink()
    changed.unlink()
    changed.write_bytes(b"something else")
    assert "2 are not" in office.comptoir("check").output
    done = office.comptoir("backup", kept)
    assert done.exit_code == 0
    assert "2 files are missing or damaged" in done.output
    assert home.comptoir("restore", kept).exit_code == 0
    assert {path.name for path in _there(home)} == {path.name for path in others}


def test_a_backup_with_a_changed_file_is_no_whole_one(new: New, stage: Stage, tmp_path: Path) -> None:
    office, home, kept, evil = new().with_cast(stage), new(), tmp_path / "kept.tar.gz", tmp_path / "evil.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    with tarfile.open(kept) as archive:
        archive.extractall(tmp_path / "room", filter="data")
    next(iter(sorted((tmp_path / "room" / files.FOLDER).iterdir()))).write_bytes(b"something else")
    with tarfile.open(evil, "w:gz") as archive:
        for path in sorted((tmp_path / "room").iterdir()):
            archive.add(path, arcname=path.name)
    refused(home.comptoir("restore", evil), "not a whole backup")
    assert not home.database.exists()


def test_a_name_in_a_backup_leads_nowhere(new: New, stage: Stage, tmp_path: Path) -> None:
    office, home, evil = new().with_cast(stage), new(), tmp_path / "evil.tar.gz"
    (tmp_path / "room").mkdir()
    (tmp_path / "room" / "comptoir.db").write_bytes(office.database.read_bytes())
    (tmp_path / "room" / files.SUMS).write_text(json.dumps({"../comptoir.db": _sum(office.database)}))
    (tmp_path / "room" / files.FOLDER).mkdir()
    with tarfile.open(evil, "w:gz") as archive:
        for path in sorted((tmp_path / "room").iterdir()):
            archive.add(path, arcname=path.name)
    refused(home.comptoir("restore", evil), "not a whole backup")


def test_files_that_are_there_are_kept_beside_the_new_ones(new: New, stage: Stage, tmp_path: Path) -> None:
    office, kept = new().with_cast(stage), tmp_path / "kept.tar.gz"
    assert office.comptoir("backup", kept).exit_code == 0
    before = {path.name for path in _there(office)}
    assert office.comptoir("restore", "--yes", kept).exit_code == 0
    (aside,) = office.var.glob("files.before-restore-*")
    assert {path.name for path in aside.rglob("*") if path.is_file()} == before == {p.name for p in _there(office)}


def _named(machine: Terminal) -> dict[str, str]:
    with closing(sqlite3.connect(machine.database)) as link:
        return dict(link.execute("SELECT file, sha256 FROM picture"))


def _there(machine: Terminal) -> list[Path]:
    return sorted(path for path in (machine.var / files.FOLDER).rglob("*") if path.is_file())


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
