"""How far somebody has read (SPEC M9): a mark that never moves back, and no counter that can go wrong."""

from flask import Flask
from sqlalchemy import func, select

from portal.actions import messages, read_marks
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Event
from portal.queries import discussions as lists
from tests.actions.rows import at_once, conversation, refused, say, stays
from tests.world import World


def test_unread_is_last_minus_read(app: Flask, world: World) -> None:
    hugo = world.viewer("hugo")
    last = conversation(world.permit).seq
    assert unread(world, "hugo") == last
    assert read_marks.read(hugo, world.permit, 1) == 1
    assert unread(world, "hugo") == last - 1
    assert read_marks.read(hugo, world.permit, last) == last
    assert lists.unread_marks(hugo).get(world.permit) is None


def test_m9_the_mark_never_moves_back_nor_past_the_last(app: Flask, world: World) -> None:
    hugo, last = world.viewer("hugo"), conversation(world.permit).seq
    assert read_marks.read(hugo, world.permit, last) == last
    for number in (0, 1, -5):
        assert read_marks.read(hugo, world.permit, number) == last
    assert read_marks.read(hugo, world.permit, last + 100) == last
    say(world, "marie", world.permit, "New")
    assert unread(world, "hugo") == 1, "what is said later is unread, however far the mark was asked to go"


def test_a_client_s_mark_counts_texts_alone(app: Flask, world: World) -> None:
    marie = world.viewer("marie")
    assert read_marks.read(marie, world.permit, 2**31 - 1) == conversation(world.permit).public_seq
    say(world, "ines", world.permit, "A note", "note")
    assert unread(world, "marie") == 0
    say(world, "ines", world.permit, "A text")
    assert unread(world, "marie") == 1


def test_deleting_and_editing_count_nothing(app: Flask, world: World) -> None:
    before = unread(world, "hugo")
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Other words")
    messages.delete(world.viewer("ines"), world.permit, world.text)
    assert unread(world, "hugo") == before


def test_two_devices_that_report_at_once_end_at_the_further_one(app: Flask, world: World) -> None:
    for number in range(10):
        say(world, "ines", world.permit, f"number {number}")
    hugo, last = world.viewer("hugo"), conversation(world.permit).seq
    db.session.rollback()
    at_once(app, 8, lambda n: read_marks.read(hugo, world.permit, last - n))
    assert stays(world, world.permit, "hugo")[-1].read == last


def test_a_mark_is_no_fact_and_only_for_who_is_in(app: Flask, world: World) -> None:
    events = db.session.scalar(select(func.count()).select_from(Event))
    for name in ("adam", "luc", "zoe"):
        with refused(NotFound):
            read_marks.read(world.viewer(name), world.permit, 1)
    read_marks.read(world.viewer("marie"), world.permit, 1)
    assert db.session.scalar(select(func.count()).select_from(Event)) == events


def unread(world: World, name: str) -> int:
    """How many messages are unread to somebody, as their list says."""
    row, read = lists.row(world.viewer(name), world.permit)
    return row.last_number - read
