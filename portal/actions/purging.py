"""Erasing rows and whatever hangs on them, by the plan; each batch with its proof, in one transaction (SPEC Z9)."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import ColumnElement, Table, delete, insert, select, update

from portal.actions.erasure_plan import ITEMS, Deed, pointing
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.chains import leaf, link
from portal.kernel.clock import now
from portal.models import Base, Erased, Erasure
from portal.storage import storage
from portal.storage.disk import PART

CLAIM = timedelta(seconds=60)
BATCH = 100
SIZED = ("file", "incoming")  # whose bytes are counted


class Purge:
    """What one transaction of an erasure takes away; `proven` writes it down with it."""

    def __init__(self, erasure_id: int) -> None:
        self.erasure_id = erasure_id
        self.leaves: list[str] = []
        self.counts: Counter[str] = Counter()

    def item(self, kind: str, key: str) -> None:
        """One thing more that is erased."""
        self.leaves.append(leaf(kind, key))
        self.counts[kind] += 1

    def rows(self, table: Table, ids: list[int]) -> None:
        """Delete these rows, by their ids, after whatever points at them."""
        self.around(table, ids)
        if table.name in ITEMS:
            self._note(table, ids)
        db.session.execute(delete(table).where(table.c.id.in_(ids)))

    def around(self, table: Table, ids: list[int]) -> None:
        """Delete, or cut off, what points at these rows."""
        for other, column, deed in pointing(table.name):
            if deed == Deed.NULL:
                db.session.execute(update(other).where(column.in_(ids)).values({column.name: None}))
            elif deed == Deed.DELETE:
                self._those(other, column.in_(ids))

    def _those(self, table: Table, which: ColumnElement[bool]) -> None:
        if "id" not in table.c:
            db.session.execute(delete(table).where(which))
            return
        ids = list(db.session.scalars(select(table.c.id).where(which)))
        if ids:
            self.rows(table, ids)

    def _note(self, table: Table, ids: list[int]) -> None:
        size = [table.c.size] if table.name in SIZED else []
        query = select(table.c.public_id, *size).where(table.c.id.in_(ids)).order_by(table.c.id)
        for key, *sizes in db.session.execute(query):
            self.item(table.name, key)
            self.counts["bytes"] += sum(sizes)


@contextmanager
def proven(erasure_id: int) -> Iterator[Purge]:
    """A transaction that erases: what it takes away is counted and chained in it, and its worker keeps the erasure."""
    with transaction():
        purge = Purge(erasure_id)
        yield purge
        write_down(purge)


def write_down(purge: Purge) -> None:
    """Inside a unit: put what was taken away into the proof."""
    query = select(Erasure).where(Erasure.id == purge.erasure_id).with_for_update()
    erasure = db.session.scalars(query.execution_options(populate_existing=True)).one()
    if purge.leaves:
        values = [
            {"erasure_id": erasure.id, "place": erasure.leaves + number, "leaf": one}
            for number, one in enumerate(purge.leaves, 1)
        ]
        db.session.execute(insert(Erased), values)
    erasure.chain = link(erasure.chain, purge.leaves)
    erasure.leaves += len(purge.leaves)
    erasure.counts = dict(Counter(erasure.counts) + purge.counts)
    erasure.due_at = now() + CLAIM


def batch(erasure_id: int, table: Table, which: ColumnElement[bool]) -> bool:
    """Erase some of those rows, their bytes first: a crash between leaves rows without bytes, to be erased next time.

    Whether there may be more.
    """
    if "id" not in table.c:
        with proven(erasure_id):
            db.session.execute(delete(table).where(which))
        return False
    ids = list(db.session.scalars(select(table.c.id).where(which).order_by(table.c.id).limit(BATCH)))
    if not ids:
        return False
    forget_bytes(table, ids)
    with proven(erasure_id) as purge:
        purge.rows(table, ids)
    return len(ids) == BATCH


def forget_bytes(table: Table, ids: list[int], *, around: bool = False) -> None:
    """Delete from storage what belongs to these rows and to what hangs on them; or `around`, to that alone."""
    names = list(_stored(table, ids, around))
    db.session.rollback()
    for name in names:
        storage().delete(name)


def _stored(table: Table, ids: list[int], around: bool = False) -> Iterator[str]:
    if not ids:
        return
    if not around:
        if "file" in table.c and "sha256" in table.c:
            yield from db.session.scalars(select(table.c.file).where(table.c.id.in_(ids)))
        if "part" in table.c:
            parts = db.session.scalars(select(table.c.part).where(table.c.id.in_(ids)))
            yield from (f"{part}{PART}" for part in parts)
    for other, column, deed in pointing(table.name):
        if deed == Deed.DELETE and "id" in other.c:
            yield from _stored(other, list(db.session.scalars(select(other.c.id).where(column.in_(ids)))))


def table_of(name: str) -> Table:
    """The table of that name."""
    found: Any = Base.metadata.tables[name]
    return found
