"""Fixtures that give each test a fresh, migrated database: `sqlite_url`, `postgresql_url`, `database_url` (both).

The migrations run once for each database and test process; a test gets a copy of what they left. A copied
file costs nothing; a copied PostgreSQL database costs more than most tests, so one is filled again instead.
"""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests import servers

if TYPE_CHECKING:
    from tests.servers import Link

TEMPLATE = "template_comptoir"
# Statements by the database itself, for every table there is; the schema `before` keeps what a test finds.
KEEP = "SELECT format('CREATE TABLE before.%1$I AS TABLE %1$I', tablename) FROM pg_tables WHERE schemaname = 'public'"
REFILL = """
    SELECT format('DELETE FROM %1$I; INSERT INTO %1$I SELECT * FROM before.%1$I', tablename)
    FROM pg_tables WHERE schemaname = 'public'
    UNION ALL
    SELECT format('SELECT setval(%L, %s, %L)', sequencename, coalesce(last_value, 1), last_value IS NOT NULL)
    FROM pg_sequences WHERE schemaname = 'public'
"""
SHAPE = """
    SELECT md5(string_agg(concat(relation.relname, ' ', attname, ' ', atttypid), ',' ORDER BY relation.oid, attnum))
    FROM pg_class AS relation JOIN pg_attribute ON attrelid = relation.oid
    WHERE relnamespace = 'public'::regnamespace
"""
OTHERS_OUT = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""


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
def postgresql_url(postgresql_migrated: "Kept") -> str:
    """A PostgreSQL database as the migrations leave it, whatever the last test did."""
    return postgresql_migrated.fresh()


class Kept:
    """A copy of a database, which is put back as it was instead of being copied again: 10 ms, not 100."""

    def __init__(self, server: servers.Postgres, template: str) -> None:
        """`template` is never connected to."""
        self._server, self._template, self._name = server, template, f"kept_{template}"
        self._shape, self._refill = "", ""

    def fresh(self) -> str:
        """Its address. Whoever is still connected is sent away."""
        if not self._filled_again():
            self._copy()
        return self._server.url(self._name)

    def _filled_again(self) -> bool:
        """Not before it is there, nor once a test has changed a table."""
        if not self._refill:
            return False
        with self._server.connect(self._name) as link:
            link.execute(OTHERS_OUT)
            if _one(link, SHAPE) != self._shape:
                return False
            link.execute(self._refill)
        return True

    def _copy(self) -> None:
        self._server.execute(
            f"DROP DATABASE IF EXISTS {self._name} WITH (FORCE)",
            f"CREATE DATABASE {self._name} TEMPLATE {self._template}",
        )
        with self._server.connect(self._name) as link:
            self._shape = _one(link, SHAPE)
            refill = _column(link, REFILL)
            for statement in ["CREATE SCHEMA before", *_column(link, KEEP)]:
                link.execute(statement)
        # As a replica does: references are looked at when all is there.
        self._refill = ";".join(["BEGIN", "SET LOCAL session_replication_role = replica", *refill, "COMMIT"])


def _column(link: "Link", query: str) -> list[str]:
    return [str(value) for (value,) in link.execute(query.encode())]


def _one(link: "Link", query: str) -> str:
    return _column(link, query)[0]


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
def postgresql_migrated(postgresql_template: servers.Postgres) -> Kept:
    """A copy of the migrated database to use again and again."""
    return Kept(postgresql_template, TEMPLATE)


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
