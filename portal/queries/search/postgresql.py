"""The back-end of PostgreSQL: a tsquery, made of words that hold letters and digits only."""

from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import Select, String, bindparam, cast, func, select, true
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.kernel.words import BEGINNING
from portal.models import Message
from portal.models.search import ANY, POSTGRESQL_ENTRY
from portal.queries.search.wanted import Group

NEAR = 12_000  # messages of the whole firm that are gone back through, which takes some 15 ms
_ENTRY = POSTGRESQL_ENTRY.c


def expression(groups: Iterable[Group], about: Iterable[Collection[str]]) -> str:
    """What an entry has to match: all groups, and one of each collection that says what it is `about`."""
    parts = [_either(f"@{name}" for name in one) for one in about]
    return " & ".join([*parts, *(_said(group) for group in groups)]) or _either([f"@{ANY}"])


def attempts(query: Select[Message], match: str, near: bool, before: int | None) -> Iterator[Select[int]]:
    """Of the messages of `query`, those that match, of ids below `before`, the newest first: to be asked in this order
    until one gives enough.

    What is common is found `near`, by going back from the newest; what is not, or in few conversations or long ago, is
    so rare that all of it can be taken from the index and sorted. PostgreSQL would choose by what it believes of words.
    """
    wanted = cast(bindparam(None, match, String), TSQUERY)
    found = select(_ENTRY.message_id)
    if before is not None:
        found = found.where(_ENTRY.message_id < before)
    if near:
        end = before or select(func.max(_ENTRY.message_id)).scalar_subquery()
        newest = found.where(_ENTRY.message_id >= end - NEAR, _ENTRY.words.op("@@")(wanted).is_(true()))
        yield _of(query, newest)
    yield _of(query, found.where(_ENTRY.words.op("@@")(wanted)))


def _of(query: Select[Message], found: Select[int]) -> Select[int]:
    """The rights are asked of one after the other, from the newest, until there are enough.

    Each OFFSET keeps PostgreSQL from turning it round: it would read all that the viewer may, and sort that.
    """
    matched = found.order_by(_ENTRY.message_id.desc()).offset(0).subquery()
    readable = query.with_only_columns(Message.id).where(Message.id == matched.c.message_id).correlate(matched)
    ids = select(matched.c.message_id).where(readable.offset(0).exists())
    return ids.order_by(matched.c.message_id.desc())


def _said(group: Group) -> str:
    *before, last = (word.name for word in group.words)
    return " <-> ".join([*(f"'{name}'" for name in before), f"({_last(group, last)})"])


def _last(group: Group, name: str) -> str:
    """The last word, or the only one, in all its forms. Beginnings of three letters have words of their own."""
    forms = () if group.exact else sorted(group.words[-1].all)
    if group.beginning and (len(name) > BEGINNING or group.exact):
        whole = f"'{name}':*"
    else:
        whole = _either([name, f"^{name}"] if group.beginning else [name])
    return " | ".join([whole, *(f"'{form}' | '~{form}'" for form in forms)])


def _either(names: Iterable[str]) -> str:
    return "(" + " | ".join(f"'{name}'" for name in names) + ")"
