"""Who has read a message (SPEC M8): staff see who and when; a client, that somebody of the team has, and no more."""

from datetime import timedelta

from flask import Flask

from portal.actions import messages, participants, reactions, read_marks
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Forbidden, NotFound
from portal.models import Reading
from portal.queries import (
    delivery,
    discussions as lists,
    drafts,
    messages as stretches,
    reactions as queries,
    seen,
)
from tests.actions.rows import add, conversation, refused, remove, say, stays
from tests.queries.test_mail_plans import _plans
from tests.world import World

ALL = 2**31 - 1


def test_staff_see_who_read_up_to_where_and_when(app: Flask, world: World) -> None:
    at = clock.now() + timedelta(minutes=5)
    say(world, "ines", world.permit, "A text")
    last_text = conversation(world.permit).seq
    say(world, "ines", world.permit, "A note", "note")
    with clock.at(at):
        read_marks.read(world.viewer("marie"), world.permit, ALL)
        read_marks.read(world.viewer("hugo"), world.permit, ALL)
    assert marks(world, "ines") == {"Marie Delcourt": last_text, "Hugo Agent": last_text + 1}
    assert {one.at for one in page(world, "ines").seen_by} == {at}
    assert marks(world, "hugo") == {"Marie Delcourt": last_text}, "oneself is no news"


def test_joining_and_writing_are_no_reading(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "nina")
    say(world, "hugo", world.permit, "A note", "note")
    assert marks(world, "ines") == {}


def test_a_client_sees_it_under_their_own_last_message_once_anybody_of_staff_has_read_it(
    app: Flask, world: World
) -> None:
    say(world, "marie", world.permit, "Hello?")
    say(world, "marie", world.permit, "Anybody?")
    last = conversation(world.permit).public_seq
    assert page(world, "marie").seen == 0
    read_marks.read(world.viewer("hugo"), world.permit, conversation(world.permit).seq - 1)
    assert page(world, "marie").seen == last - 1
    read_marks.read(world.viewer("ines"), world.permit, ALL)
    assert page(world, "marie").seen == last
    assert page(world, "marie").seen_by == ()
    assert page(world, "ines").seen == 0


def test_notes_read_or_written_and_other_clients_readings_show_a_client_nothing(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")
    say(world, "marie", world.permit, "Hello?")
    say(world, "hugo", world.permit, "She writes again.", "note")
    read_marks.read(world.viewer("luc"), world.permit, ALL)
    read_marks.read(world.viewer("marie"), world.permit, ALL)
    assert page(world, "marie").seen == 0, "who writes a note has not shown that they read"
    assert page(world, "luc").seen == 0
    read_marks.read(world.viewer("ines"), world.permit, ALL)
    assert page(world, "marie").seen > 0
    assert page(world, "luc").seen == 0, "Luc has written nothing"


def test_the_first_reading_alone_tells_a_client_and_it_stays_whoever_leaves(app: Flask, world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    last, marie = conversation(world.permit).public_seq, world.person_id("marie")
    told = []
    for name in ("hugo", "ines"):
        _, reading = read_marks.move(world.viewer(name), world.permit, ALL)
        assert reading is not None
        told.append(seen.clients_told(conversation(world.permit).id, reading, [marie]))
    assert told == [[(marie, last)], []]
    remove(world, "ines", world.permit, "hugo")
    participants.leave(world.viewer("ines"), world.permit)
    assert page(world, "marie").seen == last


def test_a_deleted_message_shows_nothing_and_the_one_before_does(app: Flask, world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    gone = say(world, "marie", world.permit, "Forget it")
    read_marks.read(world.viewer("hugo"), world.permit, ALL)
    messages.delete(world.viewer("marie"), world.permit, gone)
    assert page(world, "marie").seen == conversation(world.permit).public_seq - 1


def test_fifty_messages_read_are_one_row(app: Flask, world: World) -> None:
    for number in range(50):
        say(world, "ines", world.permit, f"number {number}")
    before = db.session.query(Reading).count()
    for _ in range(3):
        read_marks.read(world.viewer("hugo"), world.permit, ALL)
    assert db.session.query(Reading).count() == before + 1


def test_m4_marked_as_unread_the_mark_goes_back_and_the_reading_stays(app: Flask, world: World) -> None:
    say(world, "ines", world.permit, "One")
    two = say(world, "ines", world.permit, "Two")
    say(world, "ines", world.permit, "Three")
    hugo, last = world.viewer("hugo"), conversation(world.permit).seq
    read_marks.read(hugo, world.permit, ALL)
    shown = marks(world, "ines"), delivery.delivery(world.viewer("ines"), world.permit, two)
    assert read_marks.unread(hugo, world.permit, two) == (last - 2, last)
    assert lists.unread_marks(hugo) == {world.permit: (last, last - 2)}
    assert (marks(world, "ines"), delivery.delivery(world.viewer("ines"), world.permit, two)) == shown
    assert stays(world, world.permit, "hugo")[-1].mailed == last, "what was read is told by no mail"
    assert read_marks.unread(hugo, world.permit, two) == (last - 2, last)
    assert read_marks.move(hugo, world.permit, ALL) == (last, None), "read again, it was read when it was"
    assert lists.unread_marks(hugo) == {}


def test_m4_for_a_client_and_for_nobody_who_is_not_in(app: Flask, world: World) -> None:
    marie = world.viewer("marie")
    number = conversation(world.permit).public_seq
    read_marks.read(marie, world.permit, ALL)
    assert read_marks.unread(marie, world.permit, world.text) == (number - 2, number)
    for name, key in (("marie", world.note), ("adam", world.text), ("luc", world.text), ("zoe", world.text)):
        with refused(NotFound):
            read_marks.unread(world.viewer(name), world.permit, key)
    line = stretches.page(world.viewer("ines"), world.permit).messages[0]
    with refused(Forbidden):
        read_marks.unread(world.viewer("ines"), world.permit, line.id)


def test_what_is_marked_is_found_by_its_indexes(app: Flask, world: World) -> None:
    if db.engine.dialect.name == "postgresql":
        return  # with so few rows it would go through anything: what is asked has no other form than on SQLite
    reactions.put(world.viewer("marie"), world.permit, world.text, "👍")
    for name in ("ines", "marie"):
        viewer = world.viewer(name)
        plans = _plans(lambda viewer=viewer: stretches.page(viewer, world.permit))
        plans += _plans(lambda viewer=viewer: (drafts.of(viewer, world.permit), drafts.lines(viewer, [world.permit])))
        plans += _plans(lambda viewer=viewer: queries.own(viewer, world.permit))
        mine = [line for line in plans if any(noun in line for noun in ("reading", "draft", "reaction", "message"))]
        assert any("reading" in line for line in mine)
        assert not [line for line in mine if line.startswith("SCAN")]


def page(world: World, name: str) -> stretches.MessagesPage:
    """The permit's newest stretch, as somebody sees it."""
    db.session.rollback()
    return stretches.page(world.viewer(name), world.permit)


def marks(world: World, name: str) -> dict[str, int]:
    """{name: number} of what somebody sees of the others' reading."""
    return {one.name: one.number for one in page(world, name).seen_by}
