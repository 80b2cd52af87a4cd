"""The transaction. Only this file commits."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import IntegrityError

from portal import access
from portal.access import Viewer
from portal.extensions import DATABASE_AWAY, IMMEDIATE, db
from portal.kernel import hooks
from portal.kernel.errors import Conflict, Unavailable

log = logging.getLogger(__name__)


@contextmanager
def unit(viewer: Viewer) -> Iterator[Viewer]:
    """One transaction of a writer; yields `viewer` as the database knows it now.

    A sign-out, disabling or removal that committed first wins, because all is asked again inside.
    """
    with transaction():
        yield access.confirm(viewer)


@contextmanager
def transaction() -> Iterator[None]:
    """What `unit` stands on; used alone only where nobody is signed in: first run, sign-in, command line.

    It begins fresh (`BEGIN IMMEDIATE` on SQLite), so that nothing read before can be stale inside.
    Everything in it is committed, or nothing is. Raises `Unavailable` when the database is locked,
    full or away.
    """
    session = db.session()
    session.rollback()
    try:
        session.connection(execution_options=IMMEDIATE)
        yield
        session.commit()
    except DATABASE_AWAY as error:
        session.rollback()
        log.warning("nothing was written: %s", getattr(error, "orig", error))
        raise Unavailable(_reason(error)) from error
    except BaseException:
        session.rollback()
        raise
    hooks.committed()


@contextmanager
def unless_taken(code: str) -> Iterator[None]:
    """Around a unit: `Conflict` with `code` when somebody else put the same there first, at this very moment.

    On PostgreSQL two units may both look and find nothing; the constraint then lets one of them through.
    """
    try:
        yield
    except IntegrityError as error:
        raise Conflict(code) from error


def _reason(error: Exception) -> str:
    words = str(getattr(error, "orig", error)).lower()
    if "full" in words or "no space" in words:
        return "storage_full"
    return "database_busy"
