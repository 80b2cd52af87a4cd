"""Fixtures of the attacker’s tests: the site in earnest, with its tokens asked for, and the real server."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask

from tests.conftest import Stage
from tests.doors.cells import Booth, booth
from tests.serving import Server, install


@pytest.fixture
def guarded(theatre: Callable[..., Flask]) -> Callable[..., Flask]:
    """Makes applications with the cast, in which forms need their token."""

    def make(**settings: str) -> Flask:
        app = theatre(**settings)
        app.config["WTF_CSRF_ENABLED"] = True
        return app

    return make


@pytest.fixture(scope="module")
def open_booth(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    """One application for many requests, in which no token is asked for."""
    with booth(stage, tmp_path_factory.mktemp("booth")) as standing:
        yield standing


@pytest.fixture(scope="module")
def guarded_booth(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    """One in which forms need their token."""
    with booth(stage, tmp_path_factory.mktemp("guarded")) as standing:
        standing.app.config["WTF_CSRF_ENABLED"] = True
        yield standing


@pytest.fixture(scope="session")
def server(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """gunicorn on a copy of the stage."""
    server = install(stage, tmp_path_factory.mktemp("attacked")).start()
    yield server
    server.stop()


@pytest.fixture
def beside(server: Server) -> Iterator[Flask]:
    """An application on the server's database: a second process, in effect."""
    with server.beside() as app:
        yield app
