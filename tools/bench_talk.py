"""The messages of the benchmark: in the order of their time, with what search finds them by."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Connection, insert

from portal.kernel.tokens import new_id
from portal.models import Message
from portal.models.search import ADD_ENTRY, ADD_TERMS, Entry
from tools.bench_words import Speaker, known

BATCH = 20_000
START, BETWEEN = datetime(2023, 1, 2, 8, tzinfo=UTC), timedelta(seconds=90)
RARE, MIDDLING, UNHEARD, PHRASE = "tachéomètre", "théodolite", "escarboucle", ["comptes", "annuels"]
Row = dict[str, Any]


@dataclass
class Talk:
    """Who talks where: `long` messages in discussion 1, the rest by chance in those up to `discussions`.

    `heard` says whether the word `UNHEARD`, which others use all the time, is never said in a discussion.
    """

    messages: int
    long: int
    discussions: int
    authors: tuple[int, int]
    quiet: frozenset[int]
    counts: dict[int, int] = field(default_factory=dict)
    last: dict[int, tuple[int, datetime]] = field(default_factory=dict)

    def write(self, connection: Connection) -> None:
        """All of it, in batches."""
        dialect = connection.dialect.name
        terms: dict[int, set[str]] = {}
        for batch in _in_batches(self._said()):
            _insert(connection, batch)
            entries = [_entry(row, said) for row, said in batch]
            _add(connection, "search_entry", [entry.values(dialect) for entry in entries], ADD_ENTRY[dialect])
            for entry in entries:
                terms.setdefault(entry.conversation_id, set()).update(entry.terms())
        for conversation_id, spoken in terms.items():
            values = {"conversation_id": conversation_id, "terms": json.dumps(sorted(spoken))}
            connection.execute(ADD_TERMS[dialect], values)

    def _said(self) -> Iterator[tuple[Row, tuple[Any, ...]]]:
        chance = Random(5)
        speakers = [Speaker(language, chance) for language in ("fr", "en")]
        every = max(1, self.messages // min(self.long, self.messages))
        for identity in range(1, self.messages + 1):
            place = 1 if identity % every == 0 else chance.randrange(2, self.discussions + 1)
            said = self._planted(identity, place, speakers[place % 2].message(), chance)
            number = self.counts[place] = self.counts.get(place, 0) + 1
            row = _row(identity, place, number, self.authors[number % 2], " ".join(said).capitalize() + ".")
            self.last[place] = identity, row["created_at"]
            yield row, tuple(word for one in said for word in known(one))

    def _planted(self, identity: int, place: int, said: list[str], chance: Random) -> list[str]:
        """The words that are looked for, as often as their names say."""
        if identity % 80_000 == 0:
            said = [*said, RARE]
        if chance.random() < 0.001:
            said = [*said, MIDDLING]
        if chance.random() < 0.002:
            said = [*said, *PHRASE]
        if place not in self.quiet and chance.random() < 0.3:
            said = [UNHEARD, *said]
        return said


def _row(identity: int, place: int, number: int, author: int, body: str) -> Row:
    return {
        "id": identity,
        "public_id": new_id(),
        "conversation_id": place,
        "author_id": author,
        "kind": "text",
        "position": number,
        "seq": number,
        "public_seq": number,
        "rev": number,
        "public_rev": number,
        "body": body,
        "html": f"<p>{body}</p>",
        "origin": "console",
        "created_at": START + identity * BETWEEN,
    }


def _entry(row: Row, said: tuple[Any, ...]) -> Entry:
    return Entry(row["id"], row["conversation_id"], row["author_id"], row["created_at"], (said,), False)


def _insert(connection: Connection, batch: list[tuple[Row, tuple[Any, ...]]]) -> None:
    first = batch[0][0]
    given = {
        column.name: column.default.arg
        for column in Message.__table__.columns
        if column.name not in first and column.default is not None and column.default.is_scalar
    }
    _add(connection, "message", [row | given for row, _ in batch], insert(Message))


def _add(connection: Connection, table: str, rows: list[Row], statement: Any) -> None:
    """As fast as each database can: PostgreSQL takes them as one stream."""
    if connection.dialect.name == "sqlite":
        connection.execute(statement, rows)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {table} ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _in_batches(rows: Iterable[Any]) -> Iterator[list[Any]]:
    batch: list[Any] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
