"""The migrations make what the models say, on both databases, forwards and back."""

from datetime import UTC, datetime, timedelta, timezone

import flask_migrate
import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from flask import Flask
from sqlalchemy import Engine, delete, inspect, select, text
from sqlalchemy.exc import IntegrityError, StatementError

from portal.actions import messages, read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Base, Conversation, Event, Fact, Firm, Participation, Person
from portal.queries import discussions as lists, messages as stretches
from portal.queries.search import hits, wanted
from tests.world import World, token


def test_upgraded_from_nothing_the_database_is_what_the_models_say(app: Flask) -> None:
    assert _tables(db.engine) == set(Base.metadata.tables)
    assert _differences(db.engine) == []
    assert "search_entry" in inspect(db.engine).get_table_names()


def test_what_was_said_before_search_is_found_after_the_upgrade(app: Flask, world: World) -> None:
    """0008 fills the index; a deleted message is not put back."""
    ines = world.viewer("ines")
    gone = messages.post(ines, world.permit, body="A plan to forget", token=token())
    messages.delete(ines, world.permit, gone)
    db.session.rollback()
    flask_migrate.downgrade(revision="0007")
    flask_migrate.upgrade()
    plan = wanted("plan", "UTC")
    found = {name: [hit.id for hit in hits(world.viewer(name), plan).hits] for name in ("marie", "ines")}
    assert found == {"marie": [world.text], "ines": [world.text]}
    assert [hit.id for hit in hits(ines, wanted("pays late", "UTC")).hits] == [world.note]
    assert not hits(world.viewer("marie"), wanted("pays late", "UTC")).hits


def test_down_to_nothing_and_up_again(app: Flask) -> None:
    flask_migrate.downgrade(revision="base")
    assert _tables(db.engine) == set()
    flask_migrate.upgrade()
    assert _tables(db.engine) == set(Base.metadata.tables)
    assert _differences(db.engine) == []


def test_upgrading_what_is_up_to_date_changes_nothing(app: Flask, world: World) -> None:
    people = db.session.scalars(select(Person.public_id)).all()
    db.session.rollback()
    flask_migrate.upgrade()
    assert db.session.scalars(select(Person.public_id)).all() == people


def test_clients_numbers_begin_anywhere_also_where_they_began_with_one(app: Flask, world: World) -> None:
    """0005: all of a discussion's numbers move together, so that what is unread and hidden stays so."""
    _count_from_one(world)
    marie = world.viewer("marie")
    read_marks.read(marie, world.permit, 1)
    assert lists.unread_marks(marie) == {}, "she wrote last"
    messages.post(world.viewer("ines"), world.permit, body="New", token=token())
    before = [(one.id, one.number) for one in stretches.page(marie, world.permit).messages]
    assert [number for _, number in before] == [1, 2, 3]
    db.session.rollback()
    flask_migrate.downgrade(revision="0004")  # where numbers stay what they are
    flask_migrate.upgrade()
    db.session.rollback()  # SQLite shows what was there when one began to read
    after = [(one.id, one.number) for one in stretches.page(marie, world.permit).messages]
    by = after[0][1] - before[0][1]
    assert by > 1000
    assert after == [(key, number + by) for key, number in before]
    assert lists.unread_marks(marie) == {world.permit: (3 + by, 2 + by)}
    assert stretches.changes(marie, world.permit, stretches.page(marie, world.permit).rev - 1) is not None


def test_a_difference_would_be_noticed(app: Flask) -> None:
    with db.engine.begin() as connection:
        connection.execute(text("ALTER TABLE firm ADD COLUMN forgotten INTEGER"))
    assert _differences(db.engine)


def test_times_are_kept_in_utc_whatever_zone_they_came_in(app: Flask) -> None:
    noon_in_paris = datetime(2026, 7, 1, 12, 0, 0, 123456, tzinfo=timezone(timedelta(hours=2)))
    _add(Firm(name="Delta", created_at=noon_in_paris))
    found = db.session.scalars(select(Firm.created_at)).one()
    assert found == noon_in_paris
    assert found.tzinfo is UTC
    assert (found.hour, found.microsecond) == (10, 123456)


def test_a_time_without_zone_is_refused(app: Flask) -> None:
    _add(Firm(name="Aware", created_at=datetime(2026, 7, 1, tzinfo=UTC)))
    with pytest.raises(StatementError, match="a time without zone"):
        _add(Firm(name="Naive", created_at=datetime(2026, 7, 1)))


def test_an_events_number_is_never_given_twice(app: Flask) -> None:
    """AUTOINCREMENT on SQLite: a cursor behind a deleted last event would else miss the next one."""
    first = _event()
    with transaction():
        db.session.execute(delete(Event))
    assert _event().id > first.id


def test_events_carry_their_transaction_where_ids_commit_out_of_order(app: Flask) -> None:
    one, two = _event(), _event()
    if db.engine.dialect.name == "sqlite":
        assert one.xid is None
        return
    assert one.xid is not None
    assert two.xid is not None
    assert one.xid < two.xid


def test_a_person_is_once_in_a_conversation_and_can_come_back(app: Flask, world: World) -> None:
    """The database itself keeps a second current stay out; earlier ones are as many as there were."""
    stay = db.session.scalars(select(Participation).where(Participation.left_at.is_(None))).first()
    assert stay is not None
    known = {"conversation_id": stay.conversation_id, "person_id": stay.person_id, "face": stay.face}
    _add(Participation(**known, until=1, left_at=datetime.now(UTC)))
    with pytest.raises(IntegrityError):
        _add(Participation(**known))


def _count_from_one(world: World) -> None:
    """As it was before: clients' numbers of a discussion begin with one."""
    shared = Conversation.public_id == world.permit
    row = db.session.execute(
        select(Conversation.id, Conversation.public_seq, Conversation.public_rev).where(shared)
    ).one()
    by = {"id": row.id, "seq": row.public_seq - 2, "rev": row.public_rev - 2}
    with transaction():
        for statement in (
            "UPDATE conversation SET public_seq = 2, public_rev = 2 WHERE id = :id",
            "UPDATE message SET public_seq = public_seq - :seq, public_rev = public_rev - :rev"
            " WHERE conversation_id = :id",
            "UPDATE participation SET read = read - :seq WHERE conversation_id = :id AND face = 'client'",
        ):
            db.session.execute(text(statement), by)


def _event() -> Event:
    event = Event(name=Fact.FIRM_CHANGED)
    _add(event)
    db.session.refresh(event)
    db.session.expunge(event)
    return event


def _add(thing: Base) -> None:
    with transaction():
        db.session.add(thing)


def _ours(name: str | None) -> bool:
    """What is found by its words has no model: each database keeps it in its own way, SQLite in several tables."""
    return not str(name).startswith("search_entry")


def _tables(engine: Engine) -> set[str]:
    return set(filter(_ours, inspect(engine).get_table_names())) - {"alembic_version"}


def _differences(engine: Engine) -> list[object]:
    with engine.connect() as connection:
        chosen = {"compare_type": True, "include_name": lambda name, kind, _: kind != "table" or _ours(name)}
        context = MigrationContext.configure(connection, opts=chosen)
        return list(compare_metadata(context, Base.metadata))
