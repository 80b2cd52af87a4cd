"""Fixtures for all: applications on fresh databases, and the cast signed in."""

import itertools
import os
import shutil
from collections.abc import Callable, Iterator
from contextvars import Context
from copy import deepcopy
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal import create_app
from portal.config import Settings
from portal.extensions import db
from tests import quick, world as cast
from tests.databases import (
    TEMPLATE,
    Kept,
    database_url,
    postgresql_migrated,
    postgresql_server,
    postgresql_template,
    postgresql_url,
    sqlite_template,
    sqlite_url,
)
from tests.faces import lend
from tests.servers import Postgres
from tests.world import World

__all__ = [
    "database_url",
    "postgresql_migrated",
    "postgresql_server",
    "postgresql_template",
    "postgresql_url",
    "sqlite_template",
    "sqlite_url",
]

pytest_plugins = ["tests.promises"]
quick.hash_cheaply()
quick.know_rules()
quick.know_templates()
quick.write_without_pause()
quick.tell_without_breath()

CAST = "template_cast"
LONG = (
    "journeys faults live secrecy doors hostile cli tests mailer record queries access".split()
)  # rooms with files that take long
_numbers = itertools.count(1)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Long files first (stable otherwise), so that no worker sits alone with one at the end."""
    order = {room: place for place, room in enumerate(LONG)}
    items.sort(key=lambda item: order.get(item.path.parent.name, len(LONG)))


@dataclass(frozen=True)
class Stage:
    """A database file with the cast in it, and a signed-in device of everybody, to be copied for each test."""

    file: Path
    world: World
    secrets: dict[str, str]


class Browser(FlaskClient):
    """A browser whose requests share nothing with the test's own application context.

    Inside one, Flask would lend it to the request, and with it the last request's signed-in person.
    """

    def open(self, *args: Any, **more: Any) -> TestResponse:
        """Ask as from another place."""
        return Context().run(partial(super().open, *args, **more))


def make_app(url: str, var: Path, **settings: str) -> Flask:
    """An application on `url`, with CSRF off: the doors' tests switch it on where it is their subject."""
    environment = {f"COMPTOIR_{name}": value for name, value in settings.items()}
    environment |= {"COMPTOIR_DATABASE_URL": url, "COMPTOIR_VAR": str(var)}
    app = create_app(Settings.load({"COMPTOIR_SECRET_KEY": "k" * 64} | environment))
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False, WTF_CSRF_ENABLED=False)
    app.test_client_class = Browser
    quick.know_statements(app)
    return app


@pytest.fixture
def app(database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a fresh database, on SQLite and on PostgreSQL, inside its context."""
    yield from _running(make_app(database_url, tmp_path))


@pytest.fixture
def world(app: Flask, request: pytest.FixtureRequest) -> World:
    """The cast, on both databases; `database_url` brought them."""
    world = deepcopy(request.getfixturevalue(f"{db.engine.dialect.name}_cast"))
    lend(world.files, app.config["COMPTOIR"].var)
    return world


@pytest.fixture
def sqlite_cast_url(sqlite_cast: World, sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file with the cast in it."""
    return f"sqlite:///{shutil.copyfile(sqlite_template.with_name('cast.db'), tmp_path / 'comptoir.db')}"


@pytest.fixture
def postgresql_cast_url(postgresql_cast: World, postgresql_filled: Kept) -> str:
    """A PostgreSQL database with the cast in it, whatever the last test did."""
    return postgresql_filled.fresh()


@pytest.fixture(scope="session")
def postgresql_filled(postgresql_cast: World, postgresql_template: Postgres) -> Kept:
    """A copy of the cast's database to use again and again."""
    return Kept(postgresql_template, CAST)


@pytest.fixture(scope="session")
def sqlite_cast(sqlite_template: Path) -> World:
    """The cast in a file to copy: building it takes half a second."""
    file = Path(shutil.copyfile(sqlite_template, sqlite_template.with_name("cast.db")))
    return filled(f"sqlite:///{file}", file.parent)


@pytest.fixture(scope="session")
def postgresql_cast(postgresql_template: Postgres, tmp_path_factory: pytest.TempPathFactory) -> World:
    """The cast in a database to copy."""
    postgresql_template.execute(f"CREATE DATABASE {CAST} TEMPLATE {TEMPLATE}")
    return filled(postgresql_template.url(CAST), tmp_path_factory.mktemp("cast"))


def filled(url: str, var: Path) -> World:
    """Build the cast at `url`, and leave no connection to it, nor anything in a write-ahead log."""
    app = make_app(url, var)
    with app.app_context():
        world = cast.build()
        db.session.remove()
        if db.engine.dialect.name == "sqlite":
            with db.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    return world


@pytest.fixture(scope="session")
def stage(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Stage:
    """The cast in a file of its own."""
    folder = tmp_path_factory.mktemp("stage")
    file = Path(shutil.copyfile(sqlite_template, folder / "stage.db"))
    app = make_app(f"sqlite:///{file}", folder)
    with app.app_context():
        world = cast.build()
        secrets = {name: world.cookie_secret(name) for name in world.keys}
        db.session.remove()
        with db.engine.connect() as connection:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        db.engine.dispose()
    os.environ["TESTS_STAGE"] = str(file)  # for tests/warmed.py, which another process imports
    return Stage(file, world, secrets)


@pytest.fixture
def theatre(stage: Stage, tmp_path: Path) -> Callable[..., Flask]:
    """Makes applications, each on a copy of the stage."""

    def make(**settings: str) -> Flask:
        copy = shutil.copyfile(stage.file, tmp_path / f"play{next(_numbers)}.db")
        lend(stage.world.files, tmp_path)
        return make_app(f"sqlite:///{copy}", tmp_path, **settings)

    return make


@pytest.fixture
def play(theatre: Callable[..., Flask]) -> Iterator[Flask]:
    """One application on a copy of the stage (SQLite), inside its context."""
    yield from _running(theatre())


@pytest.fixture
def browser_of(play: Flask, stage: Stage) -> Callable[[str | None], FlaskClient]:
    """`browser_of("marie")` is a browser in which Marie is signed in; of None, nobody is."""
    return lambda name: signed_in(play, stage, name)


def signed_in(app: Flask, stage: Stage, name: str | None) -> FlaskClient:
    """A browser of somebody of the cast, as their cookie makes it."""
    client = app.test_client()
    if name is not None:
        with client.session_transaction() as session:
            session["_user_id"] = stage.secrets[name]
    return client


def _running(app: Flask) -> Iterator[Flask]:
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()
