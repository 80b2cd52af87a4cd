"""The messages of the benchmark: in the order of their time, with what search finds them by.

What is said comes out of a store of some ten thousand different messages, and the database itself copies it: of a
million, each would take longer to make up than to write.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from sqlalchemy import Column, Connection, Integer, MetaData, String, Table, Text, insert, literal, select, text

from portal.kernel.tokens import new_id
from portal.models import Message, UtcDateTime
from portal.models.search import ADD_TERMS, Entry
from tools.bench_words import Speaker, known

BATCH, STORE, FEW = 20_000, 10_000, 500  # different messages in each language; and with each word that is planted
START, BETWEEN = datetime(2023, 1, 2, 8, tzinfo=UTC), timedelta(seconds=90)
RARE, MIDDLING, UNHEARD, PHRASE = "tachéomètre", "théodolite", "escarboucle", ["comptes", "annuels"]
OWN = MetaData()
STORED = Table(
    "bench_stored", OWN, Column("key", Integer, primary_key=True), Column("body", Text), Column("words", Text),
    Column("forms", Text), prefixes=["TEMPORARY"],
)  # fmt: skip
SAID = Table(
    "bench_said", OWN, Column("id", Integer, primary_key=True), Column("public_id", String), Column("place", Integer),
    Column("number", Integer), Column("author_id", Integer), Column("at", UtcDateTime), Column("about", String),
    Column("stored", Integer), prefixes=["TEMPORARY"],
)  # fmt: skip
INDEXED = {
    "sqlite": "INSERT INTO search_entry (rowid, about, words, forms) SELECT id, about, words, forms"
    " FROM bench_said JOIN bench_stored ON key = stored ORDER BY id",
    "postgresql": "INSERT INTO search_entry (message_id, words)"
    " SELECT id, array_to_tsvector(string_to_array('@' || replace(about, ' ', ' @'), ' ')) || words::tsvector"
    " FROM bench_said JOIN bench_stored ON key = stored ORDER BY id",
}
INDEX = "ix_search_entry_words"  # of PostgreSQL, where sorting all at once takes a tenth of the time
Row = dict[str, Any]


@dataclass
class Talk:
    """Who talks where: `long` messages in discussion 1, the rest by chance in those up to `discussions`.

    `quiet` are the discussions in which the word `UNHEARD`, which others use all the time, is never said.
    """

    messages: int
    long: int
    discussions: int
    authors: tuple[int, int]
    quiet: frozenset[int]
    counts: dict[int, int] = field(default_factory=dict)
    last: dict[int, tuple[int, datetime]] = field(default_factory=dict)
    stored: dict[tuple[str, int], list[int]] = field(default_factory=dict)  # by what is planted, and the language
    terms: list[set[str]] = field(default_factory=list)

    def write(self, connection: Connection) -> None:
        """All of it, in batches."""
        dialect = connection.dialect.name
        index = _without_index(connection) if dialect == "postgresql" else ""
        OWN.create_all(connection)
        _add(connection, STORED, list(self._store(dialect)))
        terms: dict[int, set[str]] = {}
        for batch in _in_batches(self._said()):
            _add(connection, SAID, batch)
            connection.execute(insert(Message).from_select(*_messages()))
            connection.execute(text(INDEXED[dialect]))
            connection.execute(SAID.delete())
            for row in batch:
                terms.setdefault(row["place"], set()).update(self.terms[row["stored"]])
        for conversation_id, spoken in terms.items():
            values = {"conversation_id": conversation_id, "terms": json.dumps(sorted(spoken))}
            connection.execute(ADD_TERMS[dialect], values)
        if index:
            connection.execute(text(index))

    def _store(self, dialect: str) -> Iterator[Row]:
        chance = Random(5)
        speakers = [Speaker(language, chance) for language in ("fr", "en")]
        planted = {"": [], "unheard": [UNHEARD], "rare": [RARE], "middling": [MIDDLING], "phrase": PHRASE}
        for name, more in planted.items():
            for language, speaker in enumerate(speakers):
                for _ in range(FEW if name not in {"", "unheard"} else STORE):
                    self.stored.setdefault((name, language), []).append(len(self.terms))
                    yield self._stored([*speaker.message(), *more], dialect)

    def _stored(self, said: list[str], dialect: str) -> Row:
        words = tuple(word for one in said for word in known(one))
        entry = Entry(0, 0, 0, START, (words,), False)
        values, key = entry.values(dialect), len(self.terms)
        self.terms.append(entry.terms())
        return {
            "key": key,
            "body": " ".join(said).capitalize() + ".",
            # What it is about is put there for each message.
            "words": " ".join(part for part in values["words"].split(" ") if not part.startswith("'@")),
            "forms": values.get("forms", ""),
        }

    def _said(self) -> Iterator[Row]:
        chance = Random(6)
        every = max(1, self.messages // min(self.long, self.messages))
        for identity in range(1, self.messages + 1):
            place = 1 if identity % every == 0 else chance.randrange(2, self.discussions + 1)
            number = self.counts[place] = self.counts.get(place, 0) + 1
            at, author = START + identity * BETWEEN, self.authors[number % 2]
            self.last[place] = identity, at
            yield {
                "id": identity,
                "public_id": new_id(),
                "place": place,
                "number": number,
                "author_id": author,
                "at": at,
                "about": " ".join(Entry(identity, place, author, at, (), False).about()),
                "stored": chance.choice(self.stored[self._planted(identity, place, chance.random()), place % 2]),
            }

    def _planted(self, identity: int, place: int, drawn: float) -> str:
        """The words that are looked for, as often as their names say."""
        if identity % 80_000 == 0:
            return "rare"
        if drawn < 0.001:
            return "middling"
        if drawn < 0.003:
            return "phrase"
        return "unheard" if place not in self.quiet and drawn < 0.3 else ""


def _messages() -> tuple[list[str], Any]:
    """Their columns, and the select that fills them."""
    said, number = SAID.c, SAID.c.number
    values = {
        "id": said.id, "public_id": said.public_id, "conversation_id": said.place, "author_id": said.author_id,
        "kind": literal("text"), "position": number, "seq": number, "public_seq": number, "rev": number,
        "public_rev": number, "body": STORED.c.body, "html": literal("<p>") + STORED.c.body + literal("</p>"),
        "origin": literal("console"), "created_at": said.at,
    }  # fmt: skip
    for column in Message.__table__.columns:
        if column.name not in values and column.default is not None and column.default.is_scalar:
            values[column.name] = literal(column.default.arg, column.type)
    chosen = [value.label(name) for name, value in values.items()]
    return list(values), select(*chosen).join_from(SAID, STORED, STORED.c.key == said.stored).order_by(said.id)


def _without_index(connection: Connection) -> str:
    """Take it away; gives the statement that makes it anew."""
    made = connection.scalar(text("SELECT indexdef FROM pg_indexes WHERE indexname = :name"), {"name": INDEX})
    connection.execute(text(f"DROP INDEX {INDEX}"))
    return str(made)


def _add(connection: Connection, table: Table, rows: list[Row]) -> None:
    """As fast as each database can: PostgreSQL takes them as one stream."""
    if connection.dialect.name == "sqlite":
        connection.execute(insert(table), rows)
        return
    driver: Any = connection.connection.driver_connection
    with driver.cursor().copy(f"COPY {table.name} ({', '.join(rows[0])}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(tuple(row.values()))


def _in_batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
