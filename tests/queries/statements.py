"""How many SQL statements something takes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from sqlalchemy import event

from portal.extensions import db


def statements(call: Callable[[], object]) -> int:
    """How many statements `call` sends to the database, from an empty session."""
    db.session.rollback()
    db.session.expunge_all()
    with listening() as sent:
        call()
    return len(sent)


@contextmanager
def listening() -> Iterator[list[str]]:
    """The statements that are sent inside."""
    sent: list[str] = []

    def hear(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA")):
            sent.append(statement)

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield sent
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)
