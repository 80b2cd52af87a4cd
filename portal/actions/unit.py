"""The transaction. Only this file commits."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError, OperationalError

from portal import access
from portal.access import Viewer
from portal.extensions import IMMEDIATE, db
from portal.kernel import hooks
from portal.kernel.errors import Unavailable


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
    except OperationalError as error:
        session.rollback()
        raise Unavailable(_reason(error)) from error
    except BaseException:
        session.rollback()
        raise
    hooks.committed()


def _reason(error: DBAPIError) -> str:
    words = str(error.orig).lower()
    if "full" in words or "no space" in words:
        return "storage_full"
    return "database_busy"
