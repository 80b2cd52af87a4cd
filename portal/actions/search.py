"""What messages are found by: written in their own transaction, so search knows what pages show."""

from datetime import datetime

from sqlalchemy import select

from portal.extensions import db, rows
from portal.models import File
from portal.models.search import ADD_ENTRY, ADD_TERMS, DROP_ENTRY, Entry


def index(message_id: int, conversation_id: int, author_id: int, at: datetime, html: str, files: int) -> None:
    """Inside a unit: have a message found by what is read of it, and by the names of its `files`, which are there."""
    entry = Entry.of(message_id, conversation_id, author_id, at, html, _names(message_id) if files else ())
    dialect = db.engine.dialect.name
    rows(ADD_ENTRY[dialect], entry.values(dialect))
    if terms := entry.terms():
        rows(ADD_TERMS[dialect], entry.spoken(terms))


def index_again(message_id: int, conversation_id: int, author_id: int, at: datetime, html: str, files: int) -> None:
    """Inside a unit: after an edit, or when files came to it or went."""
    forget(message_id)
    index(message_id, conversation_id, author_id, at, html, files)


def forget(message_id: int) -> None:
    """Inside a unit: have a message found no more, as one that was deleted."""
    rows(DROP_ENTRY[db.engine.dialect.name], {"message_id": message_id})


def _names(message_id: int) -> tuple[str, ...]:
    query = select(File.name).where(File.message_id == message_id).order_by(File.place, File.id)
    return tuple(db.session.scalars(query))
