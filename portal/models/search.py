"""What is found by its words: an entry for each message, and which words were ever said in which conversation.

The entries have one shape on each database, by one name. SQLite: a full-text table (FTS5), whose `rowid` is the
message's id. PostgreSQL: `message_id` and `words`, a tsvector. Both hold the same words, made by `kernel.words`, so
that neither needs an extension, and both find the same.
"""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Column, Executable, Integer, MetaData, String, Table, column, table, text
from sqlalchemy.dialects.postgresql import TSVECTOR

from portal.kernel.mentions import drawn
from portal.kernel.text import MESSAGE_LIMIT, plain_line
from portal.kernel.words import BEGINNING, WORD_LIMIT, Word, words
from portal.models.base import Base

# Not among the nouns: what they are is the database's own affair.
SQLITE_ENTRY = table("search_entry", column("rowid", Integer), column("search_entry"))
POSTGRESQL_ENTRY = Table(
    "search_entry",
    MetaData(),
    Column("message_id", Integer, primary_key=True, autoincrement=False),
    Column("words", TSVECTOR, nullable=False),
)
ANY, FILE = "m", "f"  # what is said about every message, and about those that came with files
PLACES = 16_383  # the last that a tsvector knows; what stands beyond is found as if it stood there
APART = 3  # places between the words of a message and those of a file's name: no phrase goes across
# In the order of the letters' numbers, in which beginnings stand together; languages have other orders.
TERM = String(WORD_LIMIT + 1).with_variant(String(WORD_LIMIT + 1, collation="C"), "postgresql")


# A word, a stem (~) or a beginning (^) that was said in a conversation; it need not be said there any more. Who looks
# for it has few conversations left to be looked through, or learns at once that there is nothing.
SEARCH_TERM = Table(
    "search_term",
    Base.metadata,
    Column("term", TERM, primary_key=True),
    Column("conversation_id", Integer, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)


@dataclass(frozen=True)
class Entry:
    """What one message is found by: its words and those of its files' names, its conversation and its author."""

    message_id: int
    conversation_id: int
    author_id: int
    at: datetime
    texts: tuple[tuple[Word, ...], ...]
    files: bool

    @classmethod
    def of(
        cls, message_id: int, conversation_id: int, author_id: int, at: datetime, html: str, names: Iterable[str] = ()
    ) -> "Entry":
        """The entry of a message of the moment `at`, with files of these `names`.

        It is found by what everybody reads who may read it: not by addresses behind links, nor by whom it mentions,
        for a client may not have been shown that name.
        """
        read = drawn(plain_line(html, MESSAGE_LIMIT * 2), lambda _: " ") if html else ""
        texts = tuple(tuple(words(said)) for said in (read, *names))
        return cls(message_id, conversation_id, author_id, at, texts, len(texts) > 1)

    def about(self) -> tuple[str, ...]:
        """Where it stands and whose it is, as words that nobody can type."""
        at = self.at.astimezone(UTC)
        own = (ANY, in_conversation(self.conversation_id), by_author(self.author_id), *in_month(at.year, at.month))
        return (*own, FILE) if self.files else own

    def terms(self) -> set[str]:
        """What its conversation is found by."""
        return set().union(*[_terms(word.name, word.forms) for text in self.texts for word in text])

    def spoken(self, terms: set[str]) -> dict[str, Any]:
        """The words of its conversation, as `ADD_TERMS` takes them; sorted, lest two wait crosswise."""
        return {"conversation_id": self.conversation_id, "terms": json.dumps(sorted(terms))}

    def values(self, dialect: str) -> dict[str, Any]:
        """The entry as a row of the database."""
        if dialect == "postgresql":
            return {"message_id": self.message_id, "words": self._vector()}
        apart = " ".join("_" * APART)
        return {
            "rowid": self.message_id,
            "about": " ".join(self.about()),
            "words": f" {apart} ".join(" ".join(word.name for word in text) for text in self.texts),
            "forms": " ".join({stem for text in self.texts for word in text for stem in word.forms}),
        }

    def _vector(self) -> str:
        """As PostgreSQL reads a tsvector: 'word':place,place … The words hold letters and digits only."""
        places: dict[str, list[str]] = defaultdict(list)
        place = 0
        for said in self.texts:
            for word in said:
                place = min(place + 1, PLACES)
                places[word.name].append(str(place))
            place += APART
        without = {f"@{about}" for about in self.about()} | (self.terms() - places.keys())
        return " ".join(
            [*(f"'{name}':{','.join(at)}" for name, at in places.items()), *(f"'{one}'" for one in without)]
        )


@lru_cache(maxsize=50_000)
def _terms(name: str, forms: frozenset[str]) -> frozenset[str]:
    """What a word is found by: itself, its stems, and its beginning."""
    beginning = frozenset({f"^{name[:BEGINNING]}"} if len(name) > BEGINNING else ())
    return beginning.union({name}, (f"~{stem}" for stem in forms))


def in_conversation(conversation_id: int) -> str:
    """The word about every message of that conversation."""
    return f"c{conversation_id}"


def in_month(year: int, month: int) -> tuple[str, str]:
    """The words about every message of that year, and of that month in it (UTC)."""
    return f"y{year}", f"y{year}m{month}"


def by_author(person_id: int) -> str:
    """The word about every message of that person."""
    return f"a{person_id}"


# One statement for all the words of a message, for each database.
ADD_ENTRY: dict[str, Executable] = {
    "sqlite": text("INSERT INTO search_entry (rowid, about, words, forms) VALUES (:rowid, :about, :words, :forms)"),
    "postgresql": text("INSERT INTO search_entry (message_id, words) VALUES (:message_id, CAST(:words AS tsvector))"),
}
ADD_TERMS: dict[str, Executable] = {
    "sqlite": text(
        "INSERT OR IGNORE INTO search_term (term, conversation_id)"
        " SELECT value, :conversation_id FROM json_each(:terms)"
    ),
    "postgresql": text(
        "INSERT INTO search_term (term, conversation_id)"
        " SELECT value, :conversation_id FROM jsonb_array_elements_text(CAST(:terms AS jsonb)) AS value"
        " ON CONFLICT DO NOTHING"
    ),
}
DROP_ENTRY: dict[str, Executable] = {
    "sqlite": text("DELETE FROM search_entry WHERE rowid = :message_id"),
    "postgresql": text("DELETE FROM search_entry WHERE message_id = :message_id"),
}
