"""The one clock. Times are aware and in UTC everywhere below the screens."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

_moment: ContextVar[datetime | None] = ContextVar("moment", default=None)


def now() -> datetime:
    """The present moment, aware, in UTC."""
    return _moment.get() or datetime.now(UTC)


@contextmanager
def at(moment: datetime) -> Iterator[None]:
    """Have it be `moment` inside: for demo data, which tells three months in a few seconds."""
    token = _moment.set(moment)
    try:
        yield
    finally:
        _moment.reset(token)


def milliseconds(moment: datetime) -> int:
    """`moment` as milliseconds since 1970, the order of lists in pages."""
    return int(moment.timestamp() * 1000)
