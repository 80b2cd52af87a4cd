"""What an administrator types: migrate, create-owner, check, run (SPEC O3)."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from portal.cli import machine, serving
from tests.cli.terminal import KEY, New, refused
from tests.conftest import Stage

OWNER = ("create-owner", "--firm", "Delta", "--brand", "North", "--name", "Olga", "--email", "olga@example.com")
PASSWORD = ("--password", "correct horse battery")
PUBLIC = {"PUBLIC_URL": "https://portal.example.com", "SECRET_KEY": KEY}


def test_a_firm_is_set_up_from_nothing(new: New) -> None:
    home = new()
    assert home.comptoir("migrate").exit_code == 0
    assert home.comptoir("migrate").output == "The database is up to date.\n"
    assert stat.S_IMODE((home.var / "secret_key").stat().st_mode) == 0o600
    done = home.comptoir(*OWNER, *PASSWORD, "--language", "fr", "--time-zone", "Europe/Paris")
    assert done.exit_code == 0, done.output
    assert "correct horse" not in done.output
    assert home.ask("SELECT role || ' ' || state FROM account") == "owner active"
    assert "correct horse" not in home.ask("SELECT password_hash FROM account")
    assert home.comptoir("check").exit_code == 0


def test_there_is_one_firm_and_one_owner(new: New, stage: Stage) -> None:
    office = new().with_cast(stage)
    people = office.ask("SELECT count(*) FROM person")
    refused(office.comptoir(*OWNER, *PASSWORD), "There is a firm already")
    refused(office.comptoir("demo"), "the demo needs an empty one")
    assert office.comptoir("demo", "--if-empty").exit_code == 0
    assert office.ask("SELECT count(*) FROM person") == people


def test_a_bad_answer_is_told_and_writes_nothing(new: New) -> None:
    home = new()
    home.comptoir("migrate")
    refused(home.comptoir(*OWNER, "--password", "short"), "between 10 and 200 characters")
    refused(home.comptoir(*OWNER, *PASSWORD, "--email", "olga"), "not an e-mail address")
    refused(home.comptoir(*OWNER, *PASSWORD, "--language", "xx"), "'xx' is not one of 'en', 'fr'")
    assert home.ask("SELECT count(*) FROM person") == 0


@pytest.mark.parametrize("words", [OWNER + PASSWORD, ("demo",), ("run",)])
def test_without_its_schema_nothing_is_begun(new: New, words: tuple[str, ...]) -> None:
    refused(new().comptoir(*words), "Run `comptoir migrate` first.")


@pytest.mark.parametrize("words", [("migrate",), OWNER + PASSWORD, ("demo",), ("run",)])
def test_a_database_newer_than_the_program_is_left_alone(new: New, stage: Stage, words: tuple[str, ...]) -> None:
    office = new().with_cast(stage)
    office.tell("UPDATE alembic_version SET version_num = '9999'")
    refused(office.comptoir(*words), "made by a newer version of Comptoir")
    assert office.ask("SELECT version_num FROM alembic_version") == "9999"


def test_check_says_each_thing_and_what_to_do(new: New, stage: Stage) -> None:
    office = new().with_cast(stage)
    sound = office.comptoir("check")
    assert sound.exit_code == 0
    assert "✗" not in sound.output
    assert "SQLite waits for the disk (synchronous=FULL)" in sound.output
    office.tell("UPDATE alembic_version SET version_num = '9999'")
    (office.var / "secret_key").chmod(0o644)
    found = office.comptoir("check")
    assert found.exit_code == 1
    assert "chmod 600" in found.output
    assert "Update the program: the database is newer." in found.output
    assert "Run `comptoir migrate`" not in found.output


def test_check_speaks_to_machines_too(new: New, stage: Stage) -> None:
    office = new().with_cast(stage)
    sound = json.loads(office.comptoir("check", "--json").output)
    assert sound["sound"] is True
    assert {finding["state"] for finding in sound["findings"]} == {"ok", "note"}
    assert all(finding["what"] for finding in sound["findings"])
    office.var.chmod(0o755)
    found = office.comptoir("check", "--json")
    assert found.exit_code == 1
    (wrong,) = [one for one in json.loads(found.output)["findings"] if one["state"] == "wrong"]
    assert wrong["remedy"] == f"chmod 700 {office.var}"


def test_check_knows_what_production_needs_beside(new: New, stage: Stage) -> None:
    """A proxy that nobody named makes one network address of all people; what one machine lacks, it says."""
    office = new(**PUBLIC).with_cast(stage)
    refused(office.comptoir("check"), "COMPTOIR_TRUSTED_PROXIES=1")
    office = new(**PUBLIC, TRUSTED_PROXIES="1").with_cast(stage)
    assert office.comptoir("check").exit_code == 0
    (office.var / "backups").mkdir(mode=0o700)
    kept = office.var / "backups" / "old.tar.gz"
    kept.write_bytes(b"")
    assert "the newest backup is 0 days old" in office.comptoir("check").output
    os.utime(kept, (0, 0))
    refused(office.comptoir("check"), "Run `comptoir backup` every night")


def test_check_counts_what_open_pages_take(new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    office = new(SOCKETS="1000").with_cast(stage)
    assert office.comptoir("check").exit_code == 0
    monkeypatch.setattr(machine.resource, "getrlimit", lambda _which: (2000, 2000))
    refused(office.comptoir("check"), "2,000 files", "2,280 are needed", "COMPTOIR_SOCKETS")


def test_check_sees_a_clock_that_was_set_back(new: New, stage: Stage) -> None:
    office = new().with_cast(stage)
    office.tell("UPDATE event SET at = '2199-01-01 00:00:00' WHERE id = (SELECT max(id) FROM event)")
    refused(office.comptoir("check"), "Set the machine's clock")


def test_check_without_a_database_or_with_a_broken_one(new: New, stage: Stage) -> None:
    home = new()
    refused(home.comptoir("check"), "Run `comptoir migrate`.")
    assert not home.database.exists(), "looking makes nothing"
    office = new().with_cast(stage)
    content = bytearray(office.database.read_bytes())
    content[40_960:200_000] = os.urandom(200_000 - 40_960)
    office.database.write_bytes(content)
    refused(office.comptoir("check"), "✗")


def test_check_without_a_server_of_postgresql(new: New) -> None:
    home = new(DATABASE_URL="postgresql://comptoir:SECRET@127.0.0.1:1/x")
    found = home.comptoir("check")
    refused(found, "Check COMPTOIR_DATABASE_URL")
    assert "SECRET" not in found.output


@pytest.mark.parametrize(
    ("settings", "word"),
    [
        ({"THREADS": "many"}, "COMPTOIR_THREADS must be a whole number"),
        ({"DATABASE_URL": "mysql://h/x"}, "COMPTOIR_DATABASE_URL must begin with"),
        ({"BIND": "everywhere"}, "COMPTOIR_BIND must look like"),
    ],
)
def test_a_bad_setting_is_named_whatever_one_types(new: New, settings: dict[str, str], word: str) -> None:
    home = new(**settings)
    for command in ("run", "check", "migrate"):
        refused(home.comptoir(command), word)
    for help_me in (("--help",), ("run", "--help")):
        told = home.comptoir(*help_me)
        assert told.exit_code == 0
        assert "Traceback" not in told.output
    assert "COMPTOIR_THREADS=64" in told.output


def test_the_public_is_served_only_with_every_door_shut(
    new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Said by both commands; tests/cli/test_start.py tries every way of starting a server."""
    started = _started(monkeypatch)
    for change, word in (
        ({"SECRET_KEY": "changeme"}, "COMPTOIR_SECRET_KEY"),
        ({"PUBLIC_URL": "http://portal.example.com"}, "https://"),
        ({"TRUSTED_HOSTS": ","}, "COMPTOIR_TRUSTED_HOSTS"),
    ):
        bad = new(**(PUBLIC | change)).with_cast(stage)
        refused(bad.comptoir("run"), "does not serve the public like this", word)
        refused(bad.comptoir("check"), word)
    assert started == []
    good = new(**PUBLIC).with_cast(stage)
    assert good.comptoir("run").exit_code == 0
    assert len(started) == 1


def test_run_says_where_and_hands_over_to_the_server(new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    started = _started(monkeypatch)
    office = new().with_cast(stage)
    done = office.comptoir("run", "--bind", "127.0.0.1:9999")
    assert "http://127.0.0.1:9999/console/" in done.output
    assert started == ["127.0.0.1:9999"]


def test_a_disk_that_is_almost_full_is_said(new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "LEAST_FREE", shutil.disk_usage("/").total * 2)
    refused(new().with_cast(stage).comptoir("check"), "Make room on the disk")


def _started(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Where a server would have been started."""
    started: list[str] = []
    monkeypatch.setattr(serving, "_serve", started.append)
    return started


def test_nothing_that_is_typed_leaves_its_folder(new: New, stage: Stage, tmp_path: Path) -> None:
    office = new().with_cast(stage)
    for words in (("check",), ("migrate",), ("demo", "--if-empty")):
        office.comptoir(*words)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {"machine1"}
