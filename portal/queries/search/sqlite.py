"""The back-end of SQLite: an expression of FTS5, made of words that hold letters and digits only."""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Select

from portal.models import Message
from portal.models.search import ANY, SQLITE_ENTRY
from portal.queries.search.wanted import Group


def expression(groups: Iterable[Group], about: Iterable[Collection[str]]) -> str:
    """What an entry has to match: all groups, and one of each collection that says what it is `about`."""
    parts = [f"about : ({_either(one)})" for one in about]
    return " AND ".join([*parts, *(_said(group) for group in groups)]) or f"about : {ANY}"


def attempts(query: Select[Message], match: str, near: bool, before: int | None) -> Iterator[Select[int]]:
    """Of the messages of `query`, those that match, of ids below `before`, the newest first.

    FTS5 goes back from the newest by itself, whether they are `near` or not.
    """
    _ = near
    entry = SQLITE_ENTRY.c
    found = query.join(SQLITE_ENTRY, entry.rowid == Message.id).where(entry.search_entry.op("MATCH")(match))
    if before is not None:
        found = found.where(entry.rowid < before)
    yield found.with_only_columns(Message.id).order_by(entry.rowid.desc())


def _said(group: Group) -> str:
    phrase = f'"{" ".join(word.name for word in group.words)}"'
    whole = f"words : {phrase}{' *' if group.beginning else ''}"
    if group.exact:
        return whole
    return f"({whole} OR {{words forms}} : ({_either(sorted(group.words[0].all))}))"


def _either(names: Iterable[str]) -> str:
    return " OR ".join(f'"{name}"' for name in names)
