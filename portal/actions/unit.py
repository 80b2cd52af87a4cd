"""The transaction. Only this file commits."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from weakref import WeakKeyDictionary

from sqlalchemy import Engine
from sqlalchemy.exc import IntegrityError

from portal import access
from portal.access import Viewer
from portal.access.viewer import SEEN_AS
from portal.extensions import DATABASE_AWAY, IMMEDIATE, db, shorten_log
from portal.kernel import hooks
from portal.kernel.errors import Conflict, Forbidden, Unavailable

log = logging.getLogger(__name__)

LONG, MOST = 0.02, 0.2  # seconds; a message takes a tenth of the first
PATIENCE = 10.0  # seconds; as long as SQLite is told to wait for a writer of another process
_locks: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_mine = threading.local()  # how long this thread's last transaction took (seconds), and when it ended


@contextmanager
def unit(viewer: Viewer, *, by_mail: bool = False) -> Iterator[Viewer]:
    """One transaction of a writer; yields `viewer` as the database knows it now.

    A sign-out, disabling or removal that committed first wins, because all is asked again inside.
    Who came by a mail, with its link or by answering it, does only what says that it may be done so: `by_mail`.
    Whom staff see a discussion as does nothing, whatever is asked: what is done is always somebody's own.
    """
    if viewer.via == SEEN_AS or (viewer.limit is not None and not by_mail):
        raise Forbidden("forbidden")
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
    with _turn():
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
        shorten_log(db.engine)
    hooks.committed()


@contextmanager
def _turn() -> Iterator[None]:
    """On SQLite, one writer of this process after the other. Raises `Unavailable` after `PATIENCE`.

    SQLite itself would have them sleep and look again: with thirty writers, some for seconds.
    """
    if db.engine.dialect.name != "sqlite":
        yield
        return
    _let_others_write()
    lock = _locks.setdefault(db.engine, threading.Lock())
    if not lock.acquire(timeout=PATIENCE):
        raise Unavailable("database_busy")
    began = time.monotonic()
    try:
        yield
    finally:
        lock.release()
        _mine.held, _mine.ended = time.monotonic() - began, time.monotonic()


def _let_others_write() -> None:
    """Who wrote for long and comes again at once, as an import does, leaves as much time to other processes."""
    held = min(getattr(_mine, "held", 0.0), MOST)
    if held > LONG and (left := _mine.ended + held - time.monotonic()) > 0:
        time.sleep(left)


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
