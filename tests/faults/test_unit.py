"""Nothing is written by halves, and who comes too late is told so: the transaction (RELIABILITY R1, R8, R10)."""

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError, IntegrityError, TimeoutError as PoolTimeout

from portal.access import Viewer
from portal.actions import messages, participants, writing
from portal.actions.unit import transaction, unit
from portal.extensions import db
from portal.kernel import hooks
from portal.kernel.errors import NotFound, SignedOut, Unavailable
from portal.models import Message
from tests.actions.rows import at_once, browsing, conversation, counted, disable, facts, refused, remove, say
from tests.conftest import Stage
from tests.world import World, token


@pytest.fixture
def on_sqlite(play: Flask, stage: Stage) -> World:
    """The cast on SQLite alone, with one connection, which waits for a moment only."""
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout=50")
    return stage.world


@pytest.mark.parametrize("where", ["record", "_follow"])
def test_what_breaks_half_way_leaves_neither_message_nor_event(
    app: Flask, world: World, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, numbers = counted(), _numbers(world)
    original = getattr(writing, where)

    def broken(*given: object, **named: object) -> None:
        original(*given, **named)
        raise ZeroDivisionError

    monkeypatch.setattr(writing, where, broken)
    with pytest.raises(ZeroDivisionError):
        say(world, "ines", world.permit, "Half")
    assert (counted(), _numbers(world)) == (before, numbers)
    monkeypatch.undo()
    say(world, "ines", world.permit, "Whole")
    assert counted() != before
    assert facts(world.permit)[-1] == "message.posted"


def test_an_event_that_cannot_be_written_takes_its_message_along(app: Flask, world: World) -> None:
    """The database itself refuses the event; the message in the same unit is gone with it."""
    before = counted()
    db.session.execute(text("ALTER TABLE event RENAME TO away"))
    db.session.commit()
    with pytest.raises((Unavailable, DBAPIError)):
        say(world, "ines", world.permit, "Without a fact")
    db.session.execute(text("ALTER TABLE away RENAME TO event"))
    db.session.commit()
    assert counted() == before
    say(world, "ines", world.permit, "With its fact")


def test_whoever_listens_hears_of_commits_only(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[int] = []
    monkeypatch.setattr(hooks, "_after_commit", [lambda: heard.append(1)])
    with refused(NotFound):
        say(world, "nina", world.permit, "No")
    assert heard == []
    say(world, "ines", world.permit, "Yes")
    assert heard == [1]


def test_a_removal_that_commits_first_wins(app: Flask, world: World) -> None:
    """Marie's request was let in, and read, while she was inside; then Ines removed her."""
    marie = browsing(world, "marie")
    conversation(world.permit)  # what the request read stays in its session
    _elsewhere(app, lambda: remove(world, "ines", world.permit, "marie"))
    with refused(NotFound):
        messages.post(marie, world.permit, body="I was in time", token=token())


def test_a_disabling_that_commits_first_wins(app: Flask, world: World) -> None:
    hugo = browsing(world, "hugo")
    _elsewhere(app, lambda: disable(world, "hugo"))
    with refused(SignedOut, "signed_out"):
        messages.post(hugo, world.permit, body="I was in time", token=token())


def test_a_role_that_was_taken_away_meanwhile_counts_no_more(app: Flask, world: World) -> None:
    adam = browsing(world, "adam")
    with transaction():
        db.session.execute(text("UPDATE account SET role = 'agent' WHERE person_id = :id"), {"id": adam.person_id})
    with unit(adam) as now:
        assert (adam.is_admin, now.is_admin) == (True, False)


def test_h8_removing_and_sending_at_once_ends_in_one_of_two_ways(app: Flask, world: World) -> None:
    """Either the message stands before the removal's line, or it was refused; never after it."""
    ines, marie = world.viewer("ines"), world.viewer("marie")
    for number in range(6):
        outcome = _race(app, world, ines, marie, f"round {number}")
        assert outcome in {"posted", "refused"}
        participants.add(ines, world.permit, world.keys["marie"], confirmed=True)


def test_sqlite_a_writer_who_waits_too_long_is_told_and_nothing_is_written(on_sqlite: World) -> None:
    world, before = on_sqlite, counted()
    db.session.rollback()
    with _locked():
        with pytest.raises(Unavailable) as caught:
            say(world, "ines", world.permit, "Now")
        assert (caught.value.code, caught.value.status) == ("database_busy", 503)
        assert counted() == before, "reading goes on meanwhile"
    say(world, "ines", world.permit, "Then")


def test_sqlite_a_full_disk_is_told_and_nothing_is_written(on_sqlite: World) -> None:
    world = on_sqlite
    db.session.rollback()
    with _full():
        with pytest.raises(Unavailable) as caught:
            _talk_on(world)
        assert caught.value.code == "storage_full"
        assert _posted(world) == facts(world.permit).count("message.posted")
        assert _numbers(world)[0] == _posted(world), "no number was given to what is not there"
    assert _integrity() == "ok"
    say(world, "ines", world.permit, "There is room again")


def test_too_many_at_once_for_the_pool_is_a_refusal_too(app: Flask, world: World) -> None:
    with pytest.raises(Unavailable) as caught, transaction():
        raise PoolTimeout("QueuePool limit reached")
    assert caught.value.code == "database_busy"


def test_o4_an_error_of_the_database_tells_no_text(app: Flask, world: World) -> None:
    """Errors are logged with their traceback: no message, address or secret may be in them."""
    query = text("INSERT INTO person (public_id, name) VALUES (:key, :name)")
    with pytest.raises(IntegrityError) as caught:
        db.session.execute(query, {"key": world.keys["marie"], "name": "CANARY"})
    db.session.rollback()
    assert "INSERT INTO person" in str(caught.value)
    assert "CANARY" not in str(caught.value)


@contextmanager
def _locked() -> Iterator[None]:
    """Another program writes into the same file."""
    other = sqlite3.connect(_file(), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        other.execute("ROLLBACK")
        other.close()


@contextmanager
def _full() -> Iterator[None]:
    """The file may grow by very little more."""
    with db.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
        connection.exec_driver_sql(f"PRAGMA max_page_count={pages + 8}")
    yield
    db.session.rollback()
    with db.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA max_page_count=1073741823")


def _talk_on(world: World) -> None:
    for _ in range(50):
        say(world, "ines", world.permit, "x" * 9000)


def _integrity() -> str:
    with db.engine.connect() as connection:
        return str(connection.exec_driver_sql("PRAGMA integrity_check").scalar_one())


def _file() -> Path:
    assert db.engine.url.database is not None
    return Path(db.engine.url.database)


def _posted(world: World) -> int:
    key = conversation(world.permit).id
    return db.session.query(Message).filter(Message.conversation_id == key, Message.kind != "event").count()


def _numbers(world: World) -> tuple[int, int, int, int]:
    row = conversation(world.permit)
    return row.seq, row.public_seq, row.rev, row.public_rev


def _elsewhere(app: Flask, deed: Callable[[], None]) -> None:
    """Somebody does something in another thread, and it is committed."""

    def run() -> None:
        with app.app_context():
            deed()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def _race(app: Flask, world: World, ines: Viewer, marie: Viewer, body: str) -> str:
    db.session.rollback()
    deeds = (
        lambda: participants.remove(ines, world.permit, world.keys["marie"]),
        lambda: messages.post(marie, world.permit, body=body, token=token()),
    )
    _, sent = at_once(app, 2, lambda n: deeds[n]())
    kept = db.session.query(Message.position).filter(Message.body == body).scalar()
    if sent == "not_found":
        assert kept is None
        return "refused"
    gone = db.session.query(Message.position).filter(Message.kind == "event").order_by(Message.position.desc()).first()
    assert gone is not None
    assert kept < gone[0]
    return "posted"
