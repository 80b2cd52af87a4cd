"""The tail's reader sees every event, in the order of commits, whichever got its number first (decision 2)."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import Connection, insert, select

from portal.actions import discussions, messages, participants, read_marks
from portal.extensions import db
from portal.models import Conversation, Event, Fact, Message
from portal.queries import facts
from portal.queries.facts import Cursor
from tests.actions.rows import say
from tests.conftest import make_app
from tests.queries.statements import listening
from tests.world import World, token

WRITES = ("INSERT", "UPDATE", "DELETE")


@pytest.fixture
def postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on PostgreSQL alone: SQLite has one writer, whose numbers are the order of commits."""
    app = make_app(postgresql_url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_a_lower_number_that_commits_later_is_neither_skipped_nor_out_of_order(postgresql: Flask) -> None:
    start = facts.newest()
    with _writer() as slow, _writer() as quick:
        first, second = _event(slow), _event(quick)
        assert first < second
        quick.commit()
        assert _read(start) == [], "below it something is still to come"
        slow.commit()
    assert _read(start) == [first, second]


def test_the_cursor_waits_for_a_slow_writer_and_then_takes_all(postgresql: Flask) -> None:
    before = _committed_event()
    start = facts.newest()
    seen: list[int] = []
    with _writer() as slow:
        late = _event(slow)
        quick = [_committed_event() for _ in range(3)]
        for _ in range(3):
            start = _look(start, seen)
        slow.commit()
    _look(start, seen)
    assert seen == [late, *quick]
    assert before not in seen


def test_a_reader_who_starts_while_somebody_writes_gets_what_they_write(postgresql: Flask) -> None:
    """A page loaded now does not have it yet; `newest` must not lie beyond it."""
    with _writer() as slow:
        late = _event(slow)
        quick = _committed_event()
        start = facts.newest()
        assert _read(start) == []
        slow.commit()
    assert _read(start) == [late, quick]


def test_what_is_rolled_back_is_passed_over(postgresql: Flask) -> None:
    start = facts.newest()
    with _writer() as regretted:
        _event(regretted)
        kept = _committed_event()
        regretted.rollback()
    assert _read(start) == [kept]


def test_the_reader_goes_on_in_batches(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(facts, "BATCH", 4)
    seen: list[int] = []
    cursor = Cursor()
    while events := facts.after(cursor):
        assert len(events) <= 4
        seen += [event.id for event in events]
        cursor = facts.place(events[-1])
    assert seen == db.session.scalars(select(Event.id).order_by(Event.id)).all()
    assert facts.after(facts.newest()) == []


def test_a_reader_who_looks_while_ten_write_sees_each_once(app: Flask, world: World) -> None:
    """And of each conversation in the order of its messages."""
    writers = [world.viewer(name) for name in ("ines", "hugo")]
    db.session.rollback()
    start, seen = facts.newest(), list[int]()
    db.session.rollback()

    def write(number: int) -> None:
        with app.app_context():
            key = (world.permit, world.inside)[number % 2]
            messages.post(writers[number % 4 // 2], key, body=f"number {number}", token=token())

    with ThreadPoolExecutor(10) as pool:
        work = [pool.submit(write, number) for number in range(40)]
        while not all(done.done() for done in work):
            start = _look(start, seen)
    _look(start, seen)
    assert [done.exception() for done in work] == [None] * 40
    assert len(seen) == len(set(seen)) == 40
    for key in (world.permit, world.inside):
        _in_order(key, seen)


def test_every_verb_takes_its_turn_before_it_touches_a_row(app: Flask, world: World) -> None:
    """PostgreSQL numbers a transaction at its first lock of a row; one that has to wait must not have one yet."""
    if db.engine.dialect.name == "sqlite":
        return  # one writer at a time: BEGIN IMMEDIATE is the turn
    ines, hugo, adam, key = *(world.viewer(name) for name in ("ines", "hugo", "adam")), world.permit
    for deed in (
        lambda: messages.post(ines, key, body="x", token=token()),
        lambda: messages.edit(ines, key, world.text, body="y"),
        lambda: messages.delete(ines, key, world.text),
        lambda: participants.add(ines, key, world.keys["nina"]),
        lambda: participants.remove(ines, key, world.keys["nina"]),
        lambda: discussions.rename(ines, key, title="z"),
        lambda: discussions.archive(ines, key),
        lambda: discussions.reopen(ines, key),
        lambda: read_marks.read(hugo, key, 9),
        lambda: participants.leave(ines, key),
        lambda: discussions.take_over(adam, key),
    ):
        with listening() as sent:
            deed()
        first = next(n for n, words in enumerate(sent) if "FOR UPDATE" in words or words.startswith(WRITES))
        assert any("pg_advisory_xact_lock" in words for words in sent[:first]), sent


def test_a_tail_that_stands_behind_reads_from_where_it_stood(app: Flask, world: World) -> None:
    start = facts.newest()
    say(world, "ines", world.permit, "One")
    say(world, "ines", world.permit, "Two")
    first, second = _read(start)
    event = db.session.get_one(Event, first)
    assert _read(facts.place(event)) == [second]


def _in_order(key: str, seen: list[int]) -> None:
    query = (
        select(Event.id, Message.position)
        .join(Message, Message.id == Event.message_id)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Conversation.public_id == key, Event.id.in_(seen))
    )
    position = {row.id: row.position for row in db.session.execute(query)}
    told = [position[number] for number in seen if number in position]
    assert len(told) == 20
    assert told == sorted(told)


def _look(cursor: Cursor, seen: list[int]) -> Cursor:
    """What the tail does at each look."""
    for event in facts.after(cursor):
        seen.append(event.id)
        cursor = facts.place(event)
    db.session.rollback()
    return cursor


def _read(cursor: Cursor) -> list[int]:
    found = [event.id for event in facts.after(cursor)]
    db.session.rollback()
    return found


@contextmanager
def _writer() -> Iterator[Connection]:
    with db.engine.connect() as connection:
        yield connection


def _event(connection: Connection) -> int:
    done = connection.execute(insert(Event).values(name=Fact.FIRM_CHANGED).returning(Event.id))
    return int(done.scalar_one())


def _committed_event() -> int:
    with _writer() as connection:
        made = _event(connection)
        connection.commit()
    return made
