"""Fixtures that give each test a fresh, migrated database: `sqlite_url`, `postgresql_url`, `database_url` (both).

The migrations run once for each database and test process; a test gets a copy of what they left.
"""

import itertools
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests import servers

TEMPLATE = "template_comptoir"
_numbers = itertools.count(1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest) -> str:
    """A fresh database, on SQLite and then on PostgreSQL; with the cast in it where a test asks for `world`."""
    cast = "_cast" if "world" in request.fixturenames else ""
    return str(request.getfixturevalue(f"{request.param}{cast}_url"))


@pytest.fixture
def sqlite_url(sqlite_template: Path, tmp_path: Path) -> str:
    """A fresh SQLite file."""
    return f"sqlite:///{shutil.copyfile(sqlite_template, tmp_path / 'comptoir.db')}"


@pytest.fixture
def postgresql_url(postgresql_template: servers.Postgres) -> Iterator[str]:
    """A fresh PostgreSQL database, dropped after the test whoever is still connected."""
    with copied(postgresql_template, TEMPLATE) as url:
        yield url


@contextmanager
def copied(server: servers.Postgres, template: str) -> Iterator[str]:
    """A copy of a database that nobody is connected to, until the end."""
    name = f"comptoir_{next(_numbers)}"
    server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield server.url(name)
    server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy; one file, nothing beside it in a write-ahead log."""
    folder = tmp_path_factory.mktemp("sqlite")
    path = folder / "template.db"
    migrate(f"sqlite:///{path}", folder)
    link = sqlite3.connect(path)
    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    link.close()
    return path


@pytest.fixture(scope="session")
def postgresql_template(
    postgresql_server: servers.Postgres, tmp_path_factory: pytest.TempPathFactory
) -> servers.Postgres:
    """The server, with a migrated database to copy."""
    postgresql_server.execute(f"CREATE DATABASE {TEMPLATE}")
    migrate(postgresql_server.url(TEMPLATE), tmp_path_factory.mktemp("postgresql"))
    return postgresql_server


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[servers.Postgres]:
    """One server for each test process: it starts in a second, and shares nothing with another."""
    try:
        servers.find_postgres()
    except servers.Missing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))
    with servers.postgres() as server:
        yield server


def migrate(url: str, var: Path) -> None:
    """Bring the database at `url` up to date as an installation would, and leave no connection to it."""
    import flask_migrate

    from portal import create_app
    from portal.config import Settings

    app = create_app(Settings.load({"COMPTOIR_DATABASE_URL": url, "COMPTOIR_VAR": str(var)}))
    with app.app_context():
        flask_migrate.upgrade()
        app.extensions["sqlalchemy"].engine.dispose()
