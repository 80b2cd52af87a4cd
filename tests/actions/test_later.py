"""SPEC M14: what is sent later goes once, at its time, by the rights of that moment; until then it is nobody else's."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.access import Viewer
from portal.actions import discussions, files, later, messages, participants, read_marks, reminders
from portal.due import later as duty
from portal.extensions import db
from portal.kernel import clock, when
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Conversation, Later, Message
from portal.queries import later as queries, messages as stretches, reminders as waking
from portal.queries.discussions import unread_marks as discussions_of
from tests.actions.rows import add, at_once, bodies, conversation, decide, disable, refused, say, stays
from tests.promises import Figure, rounds
from tests.sent import brought
from tests.world import World, token

NOON = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)  # a Friday; on Sunday Paris puts its clocks forward
MONDAY = "2026-03-30T09:00"


def parisian(world: World, name: str) -> Viewer:
    return replace(world.viewer(name), time_zone="Europe/Paris")


def plan(world: World, name: str = "ines", body: str = "Good morning!", due: str = MONDAY, **how: object) -> str:
    """Somebody has something sent on Monday at nine, in Paris; it is Friday."""
    with clock.at(NOON):
        return later.schedule(parisian(world, name), world.permit, body=body, due=due, token=token(), **how)


def work(at: datetime = NOON + timedelta(days=4)) -> None:
    """What the worker does at that moment, until there is nothing to do."""
    with clock.at(at):
        while duty.send():
            pass
    db.session.rollback()


def kept(world: World, name: str = "ines") -> list[tuple[str, str]]:
    """What somebody is told was not sent, and why."""
    return [(view.body, view.reason) for view in queries.kept(world.viewer(name))]


def test_it_goes_at_its_time_in_its_writer_s_zone_and_not_before(app: Flask, world: World) -> None:
    before = conversation(world.permit)
    numbers = before.seq, before.public_seq, before.rev, before.active_at
    plan(world)
    (view,) = queries.of_discussion(parisian(world, "ines"), world.permit)
    assert (view.due_at, view.stamp) == (datetime(2026, 3, 30, 7, 0, tzinfo=UTC), MONDAY)  # it is summer by then
    work(datetime(2026, 3, 30, 6, 59, 59, tzinfo=UTC))
    now = conversation(world.permit)
    assert (now.seq, now.public_seq, now.rev, now.active_at) == numbers
    assert "Good morning!" not in bodies(world.viewer("ines"), world.permit)
    work(datetime(2026, 3, 30, 7, 0, tzinfo=UTC))
    assert bodies(world.viewer("marie"), world.permit)[-1] == "Good morning!"
    assert conversation(world.permit).seq == numbers[0] + 1
    assert queries.of_person(world.viewer("ines")) == ()


def test_nobody_else_finds_it_whatever_they_know(app: Flask, world: World) -> None:
    key = plan(world)
    for name in ("hugo", "adam", "olga", "marie"):
        viewer = world.viewer(name)
        assert queries.of_person(viewer) == ()
        with refused(NotFound):
            later.take_back(viewer, key)
        with refused(NotFound):
            later.send_now(viewer, key)
        with pytest.raises(NotFound):
            queries.one(viewer, key)
    assert later.take_back(world.viewer("ines"), key).body == "Good morning!"


def test_a_note_that_goes_later_is_a_note(app: Flask, world: World) -> None:
    plan(world, kind="note")
    work()
    assert "Good morning!" in bodies(world.viewer("hugo"), world.permit)
    assert "Good morning!" not in bodies(world.viewer("marie"), world.permit)


@pytest.mark.parametrize(
    ("due", "code"),
    [
        ("2026-03-27T12:59", "time_past"),  # it is 13:00 in Paris
        ("2026-03-29T02:30", "time_skipped"),
        ("2027-12-01T09:00", "time_too_far"),
        ("tomorrow", "bad_time"),
        ("", "bad_time"),
        ("9999-99-99T99:99", "bad_time"),
        ("0001-01-01T00:00", "bad_time"),  # before all times
        ("+61", "bad_time"),
    ],
)
def test_a_time_that_cannot_be_is_refused(app: Flask, world: World, due: str, code: str) -> None:
    with refused(Invalid, code):
        plan(world, due=due)
    plan(world, due="2026-03-27T13:01")


def test_a_time_that_comes_twice_is_its_first() -> None:
    autumn = datetime(2026, 10, 24, 12, 0, tzinfo=UTC)
    assert when.moment("2026-10-25T02:30", "Europe/Paris", autumn) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)
    assert when.moment(when.HOUR, "Europe/Paris", autumn) == autumn + timedelta(hours=1)


def test_what_is_offered_is_to_come(app: Flask) -> None:
    assert when.choices("Europe/Paris", NOON) == {
        "afternoon": "2026-03-27T14:00", "tomorrow": "2026-03-28T09:00", "monday": MONDAY,
    }  # fmt: skip
    monday = datetime(2026, 3, 30, 13, 0, tzinfo=UTC)
    assert when.choices("Europe/Paris", monday) == {"tomorrow": "2026-03-31T09:00", "monday": "2026-04-06T09:00"}
    sunday = datetime(2026, 3, 29, 13, 0, tzinfo=UTC)
    assert when.choices("Europe/Paris", sunday) == {"tomorrow": "2026-03-30T09:00"}


def test_it_does_not_go_if_the_other_side_writes_first(app: Flask, world: World) -> None:
    plan(world, unless=True)
    plan(world, "marie", "Any news?", unless=True)
    say(world, "hugo", world.permit, "A note is no answer", "note")
    say(world, "ines", world.permit, "Here you are.")
    work(NOON)  # noticed at once, not only when it would go
    assert kept(world, "marie") == [("Any news?", "written_first")]
    assert kept(world) == []
    say(world, "marie", world.permit, "Thanks!")
    work(NOON)
    assert kept(world) == [("Good morning!", "written_first")]
    work()
    assert "Good morning!" not in bodies(world.viewer("ines"), world.permit)


def test_who_writes_at_the_last_moment_was_first(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between the worker's look and its message: it is asked again in the message's own transaction."""
    plan(world, unless=True)
    deliver = later.deliver

    def slowly(later_id: int) -> None:
        say(world, "marie", world.permit, "I was faster")
        deliver(later_id)

    monkeypatch.setattr(duty.actions, "deliver", slowly)
    work()
    assert kept(world) == [("Good morning!", "written_first")]
    assert bodies(world.viewer("marie"), world.permit)[-1] == "I was faster"


@pytest.mark.promise("R3")
def test_two_workers_at_once_send_it_once(app: Flask, world: World, figure: Figure) -> None:
    times = rounds(3, 100)
    for _ in range(times):
        plan(world)
        db.session.rollback()
        at_once(app, 4, lambda _: work())
    said = select(func.count()).where(Message.body == "Good morning!")
    assert db.session.scalar(said) == times
    figure(f"{db.engine.dialect.name}: four workers at once: {times} of {times} sent once")


def test_a_worker_that_dies_leaves_it_to_the_next(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before the message, or with it half written: nothing of it is there, and it goes when the claim is over."""
    plan(world)
    at, post = NOON + timedelta(days=4), messages.post
    for dies in (_at_once, _at_the_end):
        monkeypatch.setattr(later.messages, "post", dies(post))
        with pytest.raises(MemoryError):
            work(at)
        assert "Good morning!" not in bodies(world.viewer("ines"), world.permit)
        monkeypatch.setattr(later.messages, "post", post)
        work(at)  # it is claimed, and not taken by others
        assert "Good morning!" not in bodies(world.viewer("ines"), world.permit)
        at += later.CLAIM
    work(at)
    work(at + later.CLAIM)
    assert bodies(world.viewer("ines"), world.permit).count("Good morning!") == 1


def _at_once(_post: object) -> object:
    def dies(*_given: object, **_more: object) -> None:
        raise MemoryError

    return dies


def _at_the_end(post: object) -> object:
    def dies(*given: object, beside: object, **more: object) -> None:
        def keep(message_id: int) -> None:
            beside.keep(message_id)  # type: ignore[attr-defined]
            raise MemoryError

        post(*given, beside=replace(beside, keep=keep), **more)  # type: ignore[operator,type-var]

    return dies


def test_a_message_that_is_there_already_ends_it(app: Flask, world: World) -> None:
    """Its token came by another way meanwhile: it is the same message."""
    sent = token()
    with clock.at(NOON):
        later.hold(world.viewer("ines"), world.permit, body="Once", token=sent)
    messages.post(world.viewer("ines"), world.permit, body="Once", token=sent)
    work()
    assert bodies(world.viewer("ines"), world.permit).count("Once") == 1
    assert queries.of_person(world.viewer("ines")) == ()


@pytest.mark.parametrize("why", ["not_found", "signed_out", "archived_since", "forbidden"])
def test_who_may_not_any_more_keeps_the_words_and_is_told_why(app: Flask, world: World, why: str) -> None:
    plan(world, "hugo", kind="note" if why == "forbidden" else "text")
    match why:
        case "not_found":
            participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
        case "signed_out":
            disable(world, "hugo")
        case "archived_since":
            with clock.at(NOON + timedelta(days=1)):
                discussions.archive(world.viewer("ines"), world.permit)
        case "forbidden":
            row = db.session.scalars(select(Later)).one()
            inside = select(Conversation.id).where(Conversation.public_id == world.inside)
            row.conversation_id = db.session.scalars(inside).one()  # where there are no notes
            db.session.commit()
    work()
    row = db.session.scalars(select(Later)).one()
    assert (row.state, row.reason, row.body) == ("kept", why, "Good morning!")
    assert "Good morning!" not in bodies(world.viewer("ines"), world.permit)


def test_a_right_that_is_kept_from_agents_counts_when_it_goes(app: Flask, world: World) -> None:
    """As the firm decides: whatever `post` refuses at that moment is not sent."""
    plan(world, "hugo", kind="note")
    decide(world, withheld={"publish"})
    work()
    assert "Good morning!" in bodies(world.viewer("hugo"), world.permit), "publishing is another right"


def test_a_client_s_word_reopens_what_was_archived(app: Flask, world: World) -> None:
    plan(world, "marie", "Hello again")
    with clock.at(NOON + timedelta(days=1)):
        discussions.archive(world.viewer("ines"), world.permit)
    work()
    assert conversation(world.permit).archived_at is None


def test_who_is_not_in_it_plans_nothing(app: Flask, world: World) -> None:
    for name in ("adam", "nina", "luc", "zoe"):
        with refused(NotFound):
            plan(world, name)
    with refused(Forbidden):
        plan(world, "marie", kind="note")
    plan(world, "marie")


def test_the_same_sending_waits_once_and_one_taken_back_stays_back(app: Flask, world: World) -> None:
    ines, sent = world.viewer("ines"), token()
    first = later.hold(ines, world.permit, body="Held", token=sent)
    assert first == later.hold(ines, world.permit, body="Held", token=sent) == ""
    (view,) = queries.of_person(ines)
    with refused(Conflict, "token_reused"):
        later.hold(ines, world.permit, body="Other", token=sent)
    assert later.take_back(ines, view.id).body == "Held"
    later.hold(ines, world.permit, body="Held", token=sent)  # a late retry of the browser's
    work(clock.now() + timedelta(minutes=1))
    assert "Held" not in bodies(ines, world.permit)
    with refused(Conflict, "later_over"):
        later.take_back(ines, view.id)


def test_what_is_held_goes_after_ten_seconds_in_the_order_in_which_it_goes(app: Flask, world: World) -> None:
    ines, moment = world.viewer("ines"), clock.now()
    with clock.at(moment):
        later.hold(ines, world.permit, body="Held", token=(sent := token()))
    say(world, "marie", world.permit, "Meanwhile")
    work(moment + timedelta(seconds=9))
    assert bodies(ines, world.permit)[-1] == "Meanwhile"
    work(moment + timedelta(seconds=10))
    assert bodies(world.viewer("marie"), world.permit)[-2:] == ["Meanwhile", "Held"]
    found = select(Message.public_id).where(Message.body == "Held")
    assert later.hold(ines, world.permit, body="Held", token=sent) == db.session.scalar(found)


def test_words_and_time_can_be_changed_and_it_can_go_now(app: Flask, world: World) -> None:
    key = plan(world, unless=True)
    say(world, "marie", world.permit, "First!")
    work(NOON)
    with clock.at(NOON):
        later.change(parisian(world, "ines"), key, body="Good evening!", due="2026-03-28T20:00", unless=True)
    work(NOON + timedelta(days=1))
    assert kept(world) == [], "what was said before it was decided anew does not count"
    later.send_now(world.viewer("ines"), key)
    assert bodies(world.viewer("marie"), world.permit)[-1] == "Good evening!"
    with refused(Conflict, "later_over"):
        later.send_now(world.viewer("ines"), key)


@pytest.mark.promise("H8")
def test_undo_and_the_worker_at_once_end_in_one_of_the_two(app: Flask, world: World, figure: Figure) -> None:
    """Either the words are back and nobody has them, or they went and cannot be taken back."""
    times = rounds(4, 200)
    ines = world.viewer("ines")
    for number in range(times):
        body = f"Race {number}"
        with clock.at(NOON):
            later.hold(ines, world.permit, body=body, token=token())
        (view,) = queries.of_person(ines)
        db.session.rollback()
        got = at_once(app, 3, lambda n, view=view: later.take_back(ines, view.id).body if n == 1 else work())
        db.session.rollback()
        gone = body in bodies(ines, world.permit)
        assert got[1] == ("later_over" if gone else body)
    figure(f"{db.engine.dialect.name}: undo against two workers: {times} races, each ended one way")


def test_what_is_over_is_forgotten(app: Flask, world: World) -> None:
    key = plan(world)
    later.take_back(world.viewer("ines"), key)
    assert db.session.scalars(select(Later.body)).all() == [""]
    work(datetime.now(UTC) + timedelta(days=3))
    assert db.session.scalars(select(Later.id)).all() == []


def test_files_wait_as_long_as_their_words_whatever_becomes_of_these(app: Flask, world: World) -> None:
    """Nobody worked for a week, or it was not sent and nobody looked at it: its file is there when it goes."""
    ines = world.viewer("ines")
    for number in range(2):
        with clock.at(NOON):
            plan(world, body=f"Plan {number}", files=[brought(ines, world.permit)], unless=not number)
    say(world, "marie", world.permit, "First!")
    work(NOON)
    with clock.at(NOON + timedelta(days=30)):
        while files.sweep():
            pass
    assert kept(world) == [("Plan 0", "written_first")]
    work(NOON + timedelta(days=30))
    later.send_now(ines, queries.kept(ines)[0].id)
    assert bodies(world.viewer("marie"), world.permit)[-2:] == ["Plan 1", "Plan 0"]
    assert [len(one.files) for one in stretches.page(ines, world.permit).messages[-2:]] == [1, 1]


@pytest.mark.parametrize("removed", [False, True])
def test_what_was_taken_back_lets_its_files_go(app: Flask, world: World, removed: bool) -> None:
    hugo = world.viewer("hugo")
    with clock.at(NOON):
        key = plan(world, "hugo", files=[brought(hugo, world.permit)])
    if removed:
        participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    with clock.at(NOON):
        later.take_back(hugo, key)
        assert not files.sweep(), "they may go out with other words"
    with clock.at(NOON + timedelta(days=2)):
        assert files.sweep()


def test_what_goes_while_its_writer_is_away_reads_nothing_for_them(app: Flask, world: World) -> None:
    plan(world)
    say(world, "marie", world.permit, "Have you seen this?")
    read = stays(world, world.permit, "ines")[-1].read
    work()
    assert stays(world, world.permit, "ines")[-1].read == read, "what she wrote meanwhile is still to be read"
    assert discussions_of(world.viewer("ines"))[world.permit][0] > read
    stretch = stretches.page(world.viewer("ines"), world.permit)
    read_marks.read(world.viewer("ines"), world.permit, stretch.messages[-1].number)
    plan(world, body="And again")
    work(NOON + timedelta(days=5))
    assert world.permit not in discussions_of(world.viewer("ines")), "one's own words are never unread alone"


def test_who_was_taken_out_learns_of_nothing_that_is_written_since(app: Flask, world: World) -> None:
    """Neither by words that were to go unless somebody writes, nor by a reminder that rings when they do."""
    plan(world, "marie", "Any news?", unless=True)
    reminders.remind(world.viewer("hugo"), world.permit, due="reply")
    for name in ("marie", "hugo"):
        participants.remove(world.viewer("ines"), world.permit, world.keys[name])
    add(world, "ines", world.permit, "luc")
    for name in ("ines", "luc"):
        say(world, name, world.permit, "Among us.")
    work(NOON)
    assert kept(world, "marie") == []
    assert waking.replied(20) == []
    work()
    assert kept(world, "marie") == [("Any news?", "not_found")]
