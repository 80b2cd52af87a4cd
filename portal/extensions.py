"""Unbound extensions, and what each database needs to be told at connection and BEGIN."""

from typing import Any

from flask_babel import Babel
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from flask_login import LoginManager
from flask_migrate import Migrate
from flask_sock import Sock
from flask_sqlalchemy import SQLAlchemy
from flask_wtf import CSRFProtect
from sqlalchemy import Connection, Engine, ExceptionContext, event
from sqlalchemy.exc import DataError, OperationalError, TimeoutError as PoolTimeout

from portal.models.base import Base

db = SQLAlchemy(model_class=Base)
migrate = Migrate()
login = LoginManager()
csrf = CSRFProtect()
sock = Sock()
babel = Babel()
limiter = Limiter(get_remote_address, storage_uri="memory://", headers_enabled=False)

DATABASE_AWAY = (OperationalError, PoolTimeout)  # what is raised when it is locked, full, stopped or overrun
UNREADABLE = DataError  # what no database can hold: PostgreSQL refuses NUL in any text, ids in addresses too
IMMEDIATE = {"immediate": True}  # execution options of a connection that is going to write


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
        writing = connection.get_execution_options().get("immediate")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def prepare_postgresql(engine: Engine) -> None:
    """Keep what PostgreSQL quotes of a row out of its errors, and so out of the log (SPEC O4)."""

    @event.listens_for(engine, "handle_error")
    def _without_detail(context: ExceptionContext) -> None:
        for error in (context.original_exception, context.sqlalchemy_exception):
            if error is not None and error.args:
                error.args = (str(error.args[0]).partition("\nDETAIL:")[0], *error.args[1:])
