"""New events, in the order in which they were committed."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, func, literal_column, select, tuple_

from portal.extensions import db
from portal.models import Event

BATCH = 200

_XMIN = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)


@dataclass(frozen=True, order=True)
class Cursor:
    """A place in the order of commits: (xid, id) on PostgreSQL, (0, id) on SQLite."""

    xid: int = 0
    id: int = 0


def newest() -> Cursor:
    """The place after everything committed so far."""
    if not _on_postgres():
        return Cursor(0, db.session.scalar(select(func.max(Event.id))) or 0)
    # Transactions that are still open have ids from xmin on; theirs are yet to come.
    return Cursor(db.session.scalar(select(_XMIN - 1)) or 0, 2**62)


def after(cursor: Cursor) -> list[Event]:
    """At most `BATCH` events after `cursor`, in commit order.

    PostgreSQL gives out ids before the commit, so that a lower id may become visible later. Below
    the oldest running transaction (xmin of the snapshot) nothing can appear any more.
    """
    if not _on_postgres():
        query = select(Event).where(Event.id > cursor.id).order_by(Event.id)
    else:
        place = tuple_(Event.xid, Event.id)
        query = select(Event).where(place > tuple_(cursor.xid, cursor.id), Event.xid < _XMIN)
        query = query.order_by(Event.xid, Event.id)
    return list(db.session.scalars(query.limit(BATCH)))


def place(event: Event) -> Cursor:
    """Where `event` stands."""
    return Cursor(event.xid or 0, event.id)


def _on_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"
