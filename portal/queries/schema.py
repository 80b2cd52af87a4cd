"""The database itself: which schema it has, and whether it waits for the disk."""

from functools import cache

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import current_app
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from portal.extensions import db

FULL = 2  # SQLite's number for it


def revision() -> str | None:
    """The schema's revision in the database, or None where there is none. Raises what DATABASE_AWAY names."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def head() -> str | None:
    """The revision that this version's schema has."""
    return _scripts(_folder()).get_current_head()


def is_newer() -> bool:
    """Whether the database's schema is one that this version does not know."""
    found = revision()
    return found is not None and found not in {script.revision for script in _scripts(_folder()).walk_revisions()}


def is_current() -> bool | None:
    """Whether the database has this version's schema; None where it cannot be asked."""
    try:
        return revision() == head()
    except SQLAlchemyError:
        return None


def waits_for_disk() -> bool | None:
    """Whether what is acknowledged is on the disk (RELIABILITY R2); None where the database cannot be asked."""
    try:
        with db.engine.connect() as connection:
            if db.engine.dialect.name == "sqlite":
                return int(connection.execute(text("PRAGMA synchronous")).scalar() or 0) >= FULL
            asked = ("SHOW synchronous_commit", "SHOW fsync")
            return "off" not in {str(connection.execute(text(one)).scalar()) for one in asked}
    except SQLAlchemyError:
        return None


def _folder() -> str:
    return str(current_app.extensions["migrate"].directory)


@cache
def _scripts(folder: str) -> ScriptDirectory:
    config = Config()
    config.set_main_option("script_location", folder)
    return ScriptDirectory.from_config(config)
