"""SPEC M16: what somebody wants to see again comes back, to them alone. On both databases."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.read_due import ReminderView
from portal.actions import messages, participants, people, reminders
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.mailer import outbox, reminders as duty
from portal.mailer.outbox import Post
from portal.models import Mail, Reminder
from portal.queries import facts, reminders as queries
from tests.actions.rows import at_once, disable, refused, say
from tests.live.ears import listening, tell
from tests.mailer.post_office import post_office
from tests.mailer.told import HOUSE
from tests.world import World

NOON = datetime(2026, 3, 27, 12, 0, tzinfo=UTC)


def remind(world: World, name: str = "ines", due: str = "+60", **how: str) -> None:
    """Somebody asks to be reminded of the permit; it is noon."""
    with clock.at(NOON):
        reminders.remind(world.viewer(name), world.permit, due=due, **how)


def work(minutes: float) -> None:
    """What the worker does so many minutes after noon."""
    with clock.at(NOON + timedelta(minutes=minutes)):
        while duty.ring(HOUSE):
            pass
    db.session.rollback()


def rung(world: World, name: str = "ines") -> list[ReminderView]:
    """What stands at the top for somebody."""
    return list(queries.rung(world.viewer(name)))


def mails(kind: str = "reminder") -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail).where(Mail.kind == kind)))


def test_it_comes_back_at_its_time_to_its_person_alone(app: Flask, world: World) -> None:
    remind(world, message_key=world.answer)
    work(59)
    assert rung(world) == []
    with listening(world, "ines", "hugo", "marie") as ears:
        cursor = facts.newest()
        work(60)
        tell(cursor)
    (view,) = rung(world)
    assert (view.title, view.words, view.message_id) == ("Permit", "Thank you!", world.answer)
    assert {name: ear.heard() for name, ear in ears.items()} == {"ines": ['{"emit":"due"}'], "hugo": [], "marie": []}
    for name in ("hugo", "adam", "marie"):
        assert queries.of_person(world.viewer(name)) == ()


def test_nobody_touches_another_s(app: Flask, world: World) -> None:
    remind(world)
    (view,) = queries.of_person(world.viewer("ines"))
    for name in ("hugo", "olga", "marie"):
        for act in (reminders.done, lambda viewer, key: reminders.snooze(viewer, key, due="+60")):
            with refused(NotFound):
                act(world.viewer(name), view.id)
        with pytest.raises(NotFound):
            queries.one(world.viewer(name), view.id)
    reminders.done(world.viewer("ines"), view.id)
    assert queries.of_person(world.viewer("ines")) == ()


def test_a_reply_is_a_text_of_the_other_side(app: Flask, world: World) -> None:
    remind(world, due="reply")
    say(world, "hugo", world.permit, "Among us", "note")
    say(world, "hugo", world.permit, "From us")
    work(0)
    assert rung(world) == []
    say(world, "marie", world.permit, "From her")
    work(0)
    assert len(rung(world)) == 1
    with clock.at(NOON):
        reminders.snooze(world.viewer("ines"), rung(world)[0].id, due="reply")
    work(0)
    assert rung(world) == [], "what was said before does not count again"


def test_of_each_thing_there_is_one(app: Flask, world: World) -> None:
    for due in ("+60", "reply", "2026-03-28T09:00"):
        remind(world, due=due)
        remind(world, due=due, message_key=world.text)
    assert len(queries.of_person(world.viewer("ines"))) == 2


@pytest.mark.parametrize(("due", "code"), [("2026-03-27T11:59", "time_past"), ("soon", "bad_time")])
def test_a_time_in_the_past_is_refused_in_words(app: Flask, world: World, due: str, code: str) -> None:
    with refused(Invalid, code):
        remind(world, due=due)


def test_it_says_whom_its_message_names(app: Flask, world: World) -> None:
    remind(world, message_key=say(world, "hugo", world.permit, "Ask @Marie Delcourt"))
    assert queries.of_person(world.viewer("ines"))[0].words == "Ask @Marie Delcourt"


def test_who_is_not_in_it_is_reminded_of_nothing(app: Flask, world: World) -> None:
    for name in ("adam", "luc", "zoe"):
        with refused(NotFound):
            remind(world, name)
    remind(world, "hugo", message_key=world.note)
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    work(60)
    assert rung(world, "hugo") == []
    assert db.session.scalars(select(Reminder.id)).all() == []


def test_four_workers_ring_once(app: Flask, world: World) -> None:
    remind(world)
    db.session.rollback()
    cursor = facts.newest()
    db.session.rollback()
    at_once(app, 4, lambda _: work(60))
    db.session.rollback()
    assert [event.name for event in facts.after(cursor)] == ["reminder.rang"]


def test_a_mail_comes_when_nobody_attended_to_it(app: Flask, world: World) -> None:
    remind(world, message_key=world.answer)
    remind(world, "hugo")
    work(60)
    assert mails() == []
    reminders.done(world.viewer("hugo"), rung(world, "hugo")[0].id)
    db.session.rollback()
    at_once(app, 3, lambda _: work(62))
    (mail,) = mails()
    assert (mail.email, mail.subject) == ("ines@example.com", "Permit")
    assert f"{HOUSE.url}/console/discussions/{world.permit}?at={world.answer}" in mail.text
    assert "Thank you!" in mail.text
    work(100)
    assert len(mails()) == 1, "once"


@pytest.mark.parametrize("why", ["off", "disabled", "removed"])
def test_who_wants_none_or_is_out_is_mailed_none(app: Flask, world: World, why: str) -> None:
    remind(world, "hugo")
    work(60)
    if why == "off":
        people.set_mails(world.viewer("hugo"), "none")
    work(62) if why == "off" else None
    if why == "off":
        assert mails() == []
        return
    work(62)  # written, and not sent yet
    disable(world, "hugo") if why == "disabled" else participants.remove(
        world.viewer("ines"), world.permit, world.keys["hugo"]
    )
    with post_office() as office:
        while outbox.send(Post(office.way, HOUSE)):
            pass
    (mail,) = mails()
    assert (mail.reason, office.to) == (why, [])


def test_a_mail_that_is_due_is_sent(app: Flask, world: World) -> None:
    remind(world)
    work(60)
    work(62)
    with post_office() as office:
        while outbox.send(Post(office.way, HOUSE)):
            pass
    assert office.to == ["ines@example.com"]


def test_what_is_deleted_since_is_not_quoted(app: Flask, world: World) -> None:
    remind(world, message_key=world.text)
    messages.delete(world.viewer("ines"), world.permit, world.text)
    work(60)
    assert rung(world)[0].words == ""


def test_clients_by_a_link_have_none(app: Flask, world: World) -> None:
    from portal import access
    from tests.links import desk

    came = access.by_link(desk.link(desk.mailed(world))).viewer
    with refused(Forbidden):
        reminders.remind(came, world.permit, due="+60")
    assert queries.of_person(came) == ()
