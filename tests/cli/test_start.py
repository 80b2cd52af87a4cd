"""However a server is started, it refuses to serve the public with a door open (RELIABILITY, last paragraph)."""

import http.client
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.terminal import KEY
from tests.conftest import Stage
from tests.promises import rounds, whole
from tests.serving import PATIENCE, ROOT, free_port

COMPTOIR = (sys.executable, "-m", "portal.cli", "run", "--bind", "127.0.0.1:{port}")
GUNICORN = (sys.executable, "-m", "gunicorn")
WAYS = {
    "comptoir run": COMPTOIR,
    "gunicorn with our settings": (*GUNICORN, "-c", "python:portal.gunicorn_conf", "app:app"),
    "gunicorn alone": (*GUNICORN, "-b", "127.0.0.1:{port}", "app:app"),
    "gunicorn alone, by the factory": (*GUNICORN, "-b", "127.0.0.1:{port}", "portal:create_app()"),
    "flask run": (sys.executable, "-m", "flask", "--app", "app", "run", "--port", "{port}"),
    "flask run, by the factory": (sys.executable, "-m", "flask", "--app", "portal", "run", "--port", "{port}"),
}
DEMO = {"comptoir run --demo": (*COMPTOIR, "--demo")}
PUBLIC = {"PUBLIC_URL": "https://portal.example.com", "SECRET_KEY": KEY}
# What leaves a door open, and the word that says how to shut it. `hand` changes the program, as an edit would.
OPEN = {
    "a secret that could be guessed": ({"SECRET_KEY": "changeme" * 8}, "", "COMPTOIR_SECRET_KEY"),
    "a short secret": ({"SECRET_KEY": KEY[:31]}, "", "COMPTOIR_SECRET_KEY"),
    "cookies over http": ({"PUBLIC_URL": "http://portal.example.com"}, "", "https://"),
    "any host name": ({"TRUSTED_HOSTS": ","}, "", "COMPTOIR_TRUSTED_HOSTS"),
    "no limit of size": ({}, "portal.web.settings.BODY_LIMIT = None", "MAX_CONTENT_LENGTH"),
    "a disk that is not waited for": ({}, "portal.queries.schema.FULL = 3", "synchronous"),
}
ALONE = [("comptoir run", "a disk that is not waited for"), ("gunicorn alone", "no limit of size")]
if whole():
    ALONE = [(way, door) for way in WAYS for door in OPEN]
SITE = """
import sys
class _Late:
    def find_spec(self, name, path=None, target=None):
        if name == "portal.wiring":
            import portal.queries.schema, portal.web.settings
            {hand}
sys.meta_path.insert(0, _Late())
"""


class Start:
    """One way of starting an installation with the cast in it."""

    def __init__(self, var: Path, stage: Stage, hand: str = "", **settings: str) -> None:
        self.var, self.port = var, free_port()
        var.mkdir(mode=0o700)
        shutil.copyfile(stage.file, var / "comptoir.db")
        (var / "sitecustomize.py").write_text(SITE.format(hand=hand or "pass"))
        given = {f"COMPTOIR_{name}": value for name, value in settings.items()}
        given |= {"COMPTOIR_VAR": str(var), "COMPTOIR_BIND": f"127.0.0.1:{self.port}"}
        self.environment = os.environ | given | {"PYTHONPATH": f"{var}:{ROOT}"}

    def by(self, way: str) -> subprocess.Popen[str]:
        """The process."""
        command = [word.format(port=self.port) for word in (WAYS | DEMO)[way]]
        log = (self.var / "log").open("w")
        return subprocess.Popen(command, cwd=ROOT, env=self.environment, stdout=log, stderr=log, text=True)

    def refusal(self, way: str) -> str:
        """What is said before it ends; it must end by itself, with a failure, and never have answered."""
        process = self.by(way)
        try:
            while process.poll() is None:
                assert self.status() is None, "it serves"
                time.sleep(0.05)
        finally:
            process.kill()
        assert process.returncode not in {0, -signal.SIGKILL}
        return self.log()

    def served(self, process: subprocess.Popen[str]) -> int | None:
        """What it answers once it does."""
        until = time.monotonic() + 4 * PATIENCE
        while (status := self.status()) is None and time.monotonic() < until and process.poll() is None:
            time.sleep(0.05)
        return status

    def log(self) -> str:
        """What was said."""
        return (self.var / "log").read_text()

    def status(self) -> int | None:
        """What the sign-in page answers by our name, if anything does."""
        try:
            link = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
            link.request("GET", "/login", headers={"Host": "portal.example.com"})
            return link.getresponse().status
        except OSError:
            return None


@pytest.mark.promise("O3")
@pytest.mark.parametrize("way", WAYS if whole() else ("comptoir run", "gunicorn alone"))
def test_a_safe_installation_is_served(way: str, stage: Stage, tmp_path: Path) -> None:
    """Each way works; else that it refuses would prove nothing."""
    start = Start(tmp_path / "var", stage, **PUBLIC)
    process = start.by(way)
    try:
        assert start.served(process) == 200, start.log()
    finally:
        process.terminate()
        process.wait(PATIENCE)


@pytest.mark.promise("O3")
@pytest.mark.parametrize("way", WAYS)
def test_with_every_door_open_nothing_is_served(way: str, stage: Stage, tmp_path: Path) -> None:
    """And it is said how to shut each; gunicorn's settings know only of those that are settings."""
    settings: dict[str, str] = {}
    for given, _, _ in OPEN.values():
        settings |= given
    hand = "; ".join(changed for _, changed, _ in OPEN.values() if changed)
    said = Start(tmp_path / "var", stage, hand, **(PUBLIC | settings)).refusal(way)
    assert "does not serve the public like this" in said
    for _, changed, word in OPEN.values():
        assert word in said or (changed and way == "gunicorn with our settings")


@pytest.mark.promise("O3")
@pytest.mark.parametrize(("way", "door"), ALONE)
def test_one_open_door_is_enough(way: str, door: str, stage: Stage, tmp_path: Path) -> None:
    """In the whole, every way with every door. (tests/test_config.py has the settings one by one in every run.)"""
    settings, hand, word = OPEN[door]
    said = Start(tmp_path / "var", stage, hand, **(PUBLIC | settings)).refusal(way)
    assert "does not serve the public like this" in said
    assert word in said


def test_an_address_that_others_reach_makes_it_public(stage: Stage, tmp_path: Path) -> None:
    """Without PUBLIC_URL too; by our setting, or by gunicorn's own option."""
    start = Start(tmp_path / "var", stage)
    start.environment["COMPTOIR_BIND"] = f"0.0.0.0:{start.port}"
    assert "COMPTOIR_PUBLIC_URL" in start.refusal("gunicorn with our settings")
    other = Start(tmp_path / "other", stage)
    other.environment["GUNICORN_CMD_ARGS"] = f"-b [::]:{other.port}"
    assert "COMPTOIR_PUBLIC_URL" in other.refusal("gunicorn with our settings")


def test_the_demo_is_not_for_the_public(stage: Stage, tmp_path: Path) -> None:
    """Everybody knows its people's password, the owner's too (SPEC P1)."""
    start = Start(tmp_path / "var", stage, **PUBLIC)
    (start.var / "comptoir.db").unlink()
    assert "a password that everybody knows" in start.refusal("comptoir run --demo")
    assert not (start.var / "comptoir.db").exists(), "nothing was made"


def test_one_command_sets_up_and_serves(stage: Stage, tmp_path: Path) -> None:
    """`comptoir run --demo`, as bin/run starts it: in the whole on nothing; where a firm is, it stays as it is."""
    start = Start(tmp_path / "var", stage)
    if whole():
        (start.var / "comptoir.db").unlink()
    people = []
    for _ in range(rounds(1, 2)):
        process = start.by("comptoir run --demo")
        try:
            assert start.served(process) == 200, start.log()
        finally:
            process.terminate()
            assert process.wait(PATIENCE) == 0
        with closing(sqlite3.connect(start.var / "comptoir.db")) as link:
            people.append(link.execute("SELECT count(*) FROM person").fetchone()[0])
    assert people[0] == people[-1] > 10
    assert ("comptoir-demo" if whole() else "There is a firm already.") in start.log()
