"""Unbound extensions, and what each database needs to be told at connection and BEGIN."""

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from typing import Any
from weakref import WeakKeyDictionary

from flask import Flask, current_app
from flask_babel import Babel
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, CursorResult, Engine, ExceptionContext, Executable, event
from sqlalchemy.exc import DataError, OperationalError, TimeoutError as PoolTimeout

from portal.models.base import Base

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
sock = Sock()
babel = Babel()

DATABASE_AWAY = (OperationalError, PoolTimeout)  # what is raised when it is locked, full, stopped or overrun
UNREADABLE = DataError  # what no database can hold: PostgreSQL refuses NUL in any text, ids in addresses too
IMMEDIATE = {"immediate": True}  # execution options of a connection that is going to write
LOOK = 0.002  # seconds between two looks whether the writer of another process has ended
LOG_LIMIT = 16 * 1024 * 1024  # bytes; a write-ahead log this long is to begin anew
LOG_PAUSE = 5.0  # seconds between two tries of that
LOG_PATIENCE = 250  # milliseconds that a try may take
_shortened: WeakKeyDictionary[Engine, float] = WeakKeyDictionary()  # when it was last tried


def application() -> Flask:
    """The application itself, for what outlives the request or hands it on."""
    return current_app._get_current_object()  # type: ignore[attr-defined]


def secret_key() -> str:
    """What this installation signs with."""
    key: str = current_app.config["SECRET_KEY"]
    return key


def rows(statement: Executable, values: Mapping[str, Any]) -> CursorResult[*tuple[Any, ...]]:
    """The rows of a statement about columns, in the session's transaction, without making objects of them."""
    return db.session.connection().execute(statement, values)


def prepare_sqlite(engine: Engine) -> None:
    """WAL and durability on every connection, and BEGIN IMMEDIATE for writers only.

    A transaction that reads first and writes later fails at once when another writer was faster,
    whatever the timeout; one that begins as a writer waits its turn.
    """

    @event.listens_for(engine, "connect")
    def _pragmas(connection: Any, _record: Any) -> None:
        connection.isolation_level = None  # BEGIN is ours to say
        cursor = connection.cursor()
        for pragma in (
            "journal_mode=WAL",
            "synchronous=FULL",
            "foreign_keys=ON",
            "busy_timeout=10000",
        ):
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        if connection.get_execution_options().get("immediate"):
            _begin_writing(connection)
        else:
            _link(connection).execute("BEGIN")  # it touches no file, so that nothing can go wrong


def _link(connection: Connection) -> Any:
    """SQLite's own connection behind ours."""
    return connection.connection.driver_connection


def _begin_writing(connection: Connection) -> None:
    """Begin, once no writer of another process is at it. Raises `OperationalError` after `busy_timeout`.

    SQLite itself would look ten times a second. Beside an import, which lets go for moments only, that is in
    vain for seconds.
    """
    link = _link(connection)
    with _waiting(link, 0) as patience:
        late = time.monotonic() + patience / 1000
        while time.monotonic() < late:
            try:
                link.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
                    break
            time.sleep(LOOK)
        connection.exec_driver_sql("BEGIN IMMEDIATE")  # what fails now fails as everything does here


def shorten_log(engine: Engine) -> None:
    """After a commit: have SQLite begin its write-ahead log anew, when that has become long.

    By itself it does so only at a moment when nobody reads; under load there may be none for hours. Who reads
    is waited for, but not for long: another time it will succeed.
    """
    now = time.monotonic()
    if engine.dialect.name != "sqlite" or now < _shortened.get(engine, 0) + LOG_PAUSE:
        return
    with suppress(OSError, sqlite3.Error, *DATABASE_AWAY):  # all is committed, and nobody must be told otherwise
        if os.stat(f"{engine.url.database}-wal").st_size > LOG_LIMIT:
            _shortened[engine] = now
            with closing(engine.raw_connection()) as pooled:
                link: Any = pooled.driver_connection
                with _waiting(link, LOG_PATIENCE):
                    link.execute("PRAGMA wal_checkpoint(TRUNCATE)")


@contextmanager
def _waiting(link: Any, patience: int) -> Iterator[int]:
    """Have a connection wait so long for others (milliseconds); gives how long it does so otherwise."""
    usual = link.execute("PRAGMA busy_timeout").fetchone()[0]
    link.execute(f"PRAGMA busy_timeout={patience}")
    try:
        yield usual
    finally:
        link.execute(f"PRAGMA busy_timeout={usual}")


def prepare_postgresql(engine: Engine) -> None:
    """Keep what PostgreSQL quotes of a row out of its errors, and so out of the log (SPEC O4)."""

    @event.listens_for(engine, "handle_error")
    def _without_detail(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])
