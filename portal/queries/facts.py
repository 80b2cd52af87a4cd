"""New events, in the order in which they were committed."""

from dataclasses import dataclass

from sqlalchemy import BigInteger, Select, bindparam, func, literal_column, select, tuple_

from portal.extensions import db, rows
from portal.models import Cursor as Mark, Event, Fact

BATCH = 200

_XMIN = literal_column("pg_snapshot_xmin(pg_current_snapshot())::text::bigint", BigInteger)
_PLACE = tuple_(Event.xid, Event.id) > tuple_(bindparam("xid", type_=BigInteger), bindparam("id", type_=BigInteger))
_EVENT = tuple(Event.__table__.c)
_AFTER_XID = select(*_EVENT).where(_PLACE, Event.xid < _XMIN).order_by(Event.xid, Event.id).limit(bindparam("most"))
_AFTER_ID = select(*_EVENT).where(Event.id > bindparam("id")).order_by(Event.id).limit(bindparam("most"))
_MESSAGES = (
    *(Fact.MESSAGE_POSTED, Fact.MESSAGE_EDITED, Fact.MESSAGE_DELETED),
    *(Fact.MESSAGE_REDRAWN, Fact.MESSAGE_REDRAWN_INSIDE),
    *(Fact.MESSAGE_REACTED, Fact.MESSAGE_REACTED_INSIDE, Fact.FILE_PREVIEWED),
)
_OTHERS = Event.name.not_in(_MESSAGES)
_OTHERS_AFTER_XID = select(Event.id).where(_PLACE, _OTHERS).limit(1)
_OTHERS_AFTER_ID = select(Event.id).where(Event.id > bindparam("id"), _OTHERS).limit(1)


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
    the oldest running transaction (xmin of the snapshot) nothing can appear any more. They are in no session.
    """
    query = _AFTER_XID if _on_postgres() else _AFTER_ID
    found = rows(query, {"xid": cursor.xid, "id": cursor.id, "most": BATCH})
    return [Event(**row._mapping) for row in found]


def unread(reader: str) -> Select[int]:
    """Events that the reader of that name has not come to (see `after`), one by one from where its cursor stands."""
    xid, at = (select(column).where(Mark.name == reader).scalar_subquery() for column in (Mark.xid, Mark.event_id))
    if not _on_postgres():
        return select(Event.id).where(Event.id > at).order_by(Event.id).limit(1)
    new = tuple_(Event.xid, Event.id) > tuple_(xid, at), Event.xid < _XMIN
    return select(Event.id).where(*new).order_by(Event.xid, Event.id).limit(1)


def only_messages_since(event: Event) -> bool:
    """Whether no fact was committed after `event` that could change who may know of it.

    Who that is was asked after the commit of `event`; whatever changed since then is a fact with a later place.
    """
    query = _OTHERS_AFTER_XID if _on_postgres() else _OTHERS_AFTER_ID
    return rows(query, {"xid": event.xid, "id": event.id}).first() is None


def place(event: Event) -> Cursor:
    """Where `event` stands."""
    return Cursor(event.xid or 0, event.id)


def _on_postgres() -> bool:
    return db.engine.dialect.name == "postgresql"
