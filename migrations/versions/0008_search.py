"""search: what is found by its words"""

import sqlalchemy as sa
from alembic import op

from portal.models import UtcDateTime
from portal.models.search import ADD_ENTRY, ADD_TERMS, Entry

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BATCH = 2_000
SQLITE = (
    "CREATE VIRTUAL TABLE search_entry USING fts5(about, words, forms,"
    " tokenize = 'unicode61 remove_diacritics 2', prefix = '3')",
    # Whatever takes a message away, an erasure too, takes away what it was found by.
    "CREATE TRIGGER search_entry_gone AFTER DELETE ON message BEGIN DELETE FROM search_entry WHERE rowid = old.id; END",
)
POSTGRESQL = (
    "CREATE TABLE search_entry (message_id integer PRIMARY KEY REFERENCES message (id) ON DELETE CASCADE,"
    " words tsvector NOT NULL)",
    # What is not sorted in yet is looked through by every search: so it stays short.
    "CREATE INDEX ix_search_entry_words ON search_entry USING gin (words) WITH (gin_pending_list_limit = 256)",
)
SAID = sa.text(
    "SELECT id, conversation_id, author_id, created_at, html FROM message"
    " WHERE id > :after AND kind IN ('text', 'note') AND deleted_at IS NULL ORDER BY id LIMIT :most"
).columns(id=sa.Integer(), created_at=UtcDateTime())
NAMES = sa.text(
    "SELECT message_id, name FROM file WHERE message_id > :after AND message_id <= :last ORDER BY place, id"
)


def upgrade() -> None:
    op.create_table(
        "search_term",
        sa.Column("term", sa.String(41).with_variant(sa.String(41, collation="C"), "postgresql"), primary_key=True),
        sa.Column("conversation_id", sa.Integer(), primary_key=True, autoincrement=False),
        sqlite_with_rowid=False,
    )
    link = op.get_bind()
    for statement in SQLITE if link.dialect.name == "sqlite" else POSTGRESQL:
        op.execute(statement)
    _fill(link)


def _fill(link: sa.Connection) -> None:
    """What was said before search was there."""
    after = 0
    while said := link.execute(SAID, {"after": after, "most": BATCH}).all():
        names: dict[int, list[str]] = {}
        for message_id, name in link.execute(NAMES, {"after": after, "last": said[-1].id}):
            names.setdefault(message_id, []).append(name)
        _add(link, [Entry.of(*row, names.get(row.id, ())) for row in said])
        after = said[-1].id


def _add(link: sa.Connection, entries: list[Entry]) -> None:
    dialect = link.dialect.name
    link.execute(ADD_ENTRY[dialect], [entry.values(dialect) for entry in entries])
    terms: dict[int, set[str]] = {}
    for entry in entries:
        terms.setdefault(entry.conversation_id, set()).update(entry.terms())
    for entry in {entry.conversation_id: entry for entry in entries}.values():
        link.execute(ADD_TERMS[dialect], entry.spoken(terms[entry.conversation_id]))


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        op.execute("DROP TRIGGER IF EXISTS search_entry_gone")
    op.execute("DROP TABLE search_entry")
    op.drop_table("search_term")
