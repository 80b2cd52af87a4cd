"""What an administrator types: migrate, create-owner, check, run (SPEC O3)."""

import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from portal.cli import checks, serving
from portal.web import settings as web_settings
from tests.cli.terminal import KEY, New, Terminal, refused
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
    assert "WRONG" not in sound.output
    assert "SQLite waits for the disk (synchronous=FULL)" in sound.output
    office.tell("UPDATE alembic_version SET version_num = '9999'")
    (office.var / "secret_key").chmod(0o644)
    found = office.comptoir("check")
    assert found.exit_code == 1
    assert "chmod 600" in found.output
    assert "Update the program: the database is newer." in found.output
    assert "Run `comptoir migrate`" not in found.output


def test_check_without_a_database_or_with_a_broken_one(new: New, stage: Stage) -> None:
    home = new()
    refused(home.comptoir("check"), "Run `comptoir migrate`.")
    assert not home.database.exists(), "looking makes nothing"
    office = new().with_cast(stage)
    content = bytearray(office.database.read_bytes())
    content[40_960:200_000] = os.urandom(200_000 - 40_960)
    office.database.write_bytes(content)
    refused(office.comptoir("check"), "WRONG")


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
    assert "COMPTOIR_THREADS=1300" in told.output


def test_the_public_is_served_only_with_every_door_shut(
    new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """RELIABILITY: a default secret, no trusted hosts, insecure cookies, SQLite below FULL, no limit of size."""
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
    _without_a_limit_or_a_disk(good, monkeypatch)
    assert len(started) == 1


def test_run_says_where_and_hands_over_to_the_server(new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    started = _started(monkeypatch)
    office = new().with_cast(stage)
    done = office.comptoir("run", "--bind", "127.0.0.1:9999")
    assert "http://127.0.0.1:9999/console/" in done.output
    assert started == [("127.0.0.1:9999", ["-m", "gunicorn", "-c", "python:portal.gunicorn_conf", "app:app"])]


def test_a_disk_that_is_almost_full_is_said(new: New, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "LEAST_FREE", shutil.disk_usage("/").total * 2)
    refused(new().with_cast(stage).comptoir("check"), "Make room on the disk")


def _without_a_limit_or_a_disk(machine: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as context:
        context.setattr(web_settings, "BODY_LIMIT", None)
        refused(machine.comptoir("run"), "MAX_CONTENT_LENGTH")
    with monkeypatch.context() as context:
        context.setattr(checks, "FULL", 3)  # as if this connection's 2 were less
        refused(machine.comptoir("run"), "pragma")


def _started(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, list[str]]]:
    """Where and with what a server would have been started."""
    started: list[tuple[str, list[str]]] = []

    def execv(_program: str, command: list[str]) -> Any:
        started.append((os.environ["COMPTOIR_BIND"], command[1:]))

    monkeypatch.setattr(serving.os, "execv", execv)
    monkeypatch.setattr(serving.os, "chdir", lambda _path: None)
    monkeypatch.setenv("COMPTOIR_BIND", "")  # so that it is forgotten afterwards
    monkeypatch.delenv("COMPTOIR_BIND")
    return started


def test_nothing_that_is_typed_leaves_its_folder(new: New, stage: Stage, tmp_path: Path) -> None:
    office = new().with_cast(stage)
    for words in (("check",), ("migrate",), ("demo", "--if-empty")):
        office.comptoir(*words)
    assert {path.name.split(".")[0] for path in tmp_path.iterdir()} == {"machine1"}
