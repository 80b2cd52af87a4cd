"""The checker: what was acknowledged, what the database holds, and what each page shows must be one story."""

import sqlite3
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.faults.pages import Page
from tests.faults.writers import Crowd, Sent

WRITTEN = """
SELECT message.public_id, conversation.public_id, message.token, message.kind, message.body, message.position,
       coalesce(told.times, 0)
FROM message JOIN conversation ON conversation.id = message.conversation_id
LEFT JOIN (SELECT message_id, count(*) AS times FROM event WHERE name = 'message.posted' GROUP BY message_id) AS told
ON told.message_id = message.id
ORDER BY message.conversation_id, message.position
"""
NUMBERS = """
SELECT (SELECT count(*) FROM message) - (SELECT count(DISTINCT conversation_id || '.' || position) FROM message),
       (SELECT count(*) FROM message WHERE kind = 'text')
       - (SELECT count(DISTINCT conversation_id || '.' || public_seq) FROM message WHERE kind = 'text')
"""


@dataclass(frozen=True)
class Row:
    """A message as the database has it, and how many events tell of it."""

    id: str
    key: str
    token: str | None
    kind: str
    body: str
    position: int
    events: int


@dataclass(frozen=True)
class Found:
    """What the checker counted."""

    acknowledged: int
    lost: list[str]
    doubled: list[str]
    out_of_order: list[str]
    differing: list[str]

    def check(self) -> None:
        """Nothing lost, nothing doubled, one order for all."""
        assert not self.lost, f"lost: {self.lost[:5]}"
        assert not self.doubled, f"doubled: {self.doubled[:5]}"
        assert not self.out_of_order, f"in another order than written: {self.out_of_order[:5]}"
        assert not self.differing, f"pages that differ: {self.differing[:5]}"
        assert self.acknowledged > 0


def ask(database: Path, query: str, *values: object) -> list[Any]:
    """Rows, read without the product."""
    with closing(sqlite3.connect(database)) as link:
        return link.execute(query, values).fetchall()


def whole(database: Path) -> None:
    """The file is sound, down to the numbers that order messages."""
    assert ask(database, "PRAGMA integrity_check") == [("ok",)]
    assert ask(database, "PRAGMA foreign_key_check") == []
    assert ask(database, NUMBERS) == [(0, 0)]


def rows(database: Path) -> list[Row]:
    """All messages, in the order of each discussion."""
    return [Row(*row) for row in ask(database, WRITTEN)]


def compare(database: Path, crowd: Crowd, pages: Iterable[Page] = ()) -> Found:
    """Acknowledgements against the database, and the database against every page."""
    kept = rows(database)
    by_id = {row.id: row for row in kept}
    lost = [sent.body for sent in crowd.sent if not _is_kept(sent, by_id.get(sent.id))]
    bodies, tokens = Counter(row.body for row in kept if row.token), Counter(row.token for row in kept if row.token)
    doubled = [what for what, times in (bodies + tokens).items() if times > 1]
    doubled += [row.body for row in kept if row.token and row.events != 1]
    order = [name for writer in crowd.writers for name in _disordered(writer.sent, by_id, writer.name)]
    return Found(len(crowd.sent), lost, doubled, order, [page.name for page in pages if not agrees(page, kept)])


def _is_kept(sent: Sent, row: Row | None) -> bool:
    return row is not None and (row.key, row.token, row.kind, row.body) == (sent.key, sent.token, sent.kind, sent.body)


def _disordered(sent: list[Sent], by_id: dict[str, Row], name: str) -> list[str]:
    """Who wrote one message after the other finds them in that order."""
    for key in {one.key for one in sent}:
        places = [by_id[one.id].position for one in sent if one.key == key and one.id in by_id]
        if places != sorted(places):
            return [name]
    return []


def agrees(page: Page, kept: list[Row]) -> bool:
    """What is shown is what is there for that side; a page that had to load itself anew shows the newest of it."""
    theirs = [row.id for row in kept if row.key == page.stream.key and (page.http.door or row.kind == "text")]
    shown = page.stream.shown()
    return bool(shown) and shown == (theirs if page.loads == 1 else theirs[-len(shown) :])
