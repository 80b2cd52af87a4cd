"""Fixtures of the attacker’s tests: the site in earnest, with its tokens asked for, and the real server."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import update

from portal.extensions import db
from portal.kernel import passwords
from portal.models import Account
from tests.conftest import Stage
from tests.serving import Server, install
from tests.world import PASSWORD

Quick = Callable[[Flask], None]


@pytest.fixture
def guarded(theatre: Callable[..., Flask]) -> Callable[..., Flask]:
    """Makes applications with the cast, in which forms need their token."""

    def make(**settings: str) -> Flask:
        app = theatre(**settings)
        app.config["WTF_CSRF_ENABLED"] = True
        return app

    return make


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


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> Iterator[Quick]:
    """Makes passwords cheap to check, those of the cast too, for tests that try hundreds of them."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),)))
    passwords._nobodys.cache_clear()

    def make(app: Flask) -> None:
        with app.app_context(), db.engine.begin() as connection:
            cheap = update(Account).where(Account.password_hash.is_not(None))
            connection.execute(cheap.values(password_hash=passwords.hashed(PASSWORD)))

    yield make
    passwords._nobodys.cache_clear()
