"""SPEC E2 and E10: one mail of links for those who chose that, and mails about mentions alone. On both databases."""

from contextvars import copy_context
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import participants, people, read_marks
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices, outbox
from portal.mailer.outbox import Post
from portal.mailer.transport import Folder
from portal.models import Address, Mail, Notify, Participation, Person
from tests.actions.rows import at_once, disable
from tests.mailer.post_office import post_office
from tests.mailer.told import ANSWERED, HOUSE, reasons, say, sent, told
from tests.world import World

MINUTE, HOUR = 60, 3600


@pytest.fixture(autouse=True)
def _hugo_wants_one(app: Flask, world: World) -> None:
    """Hugo is in Permit, which clients read, and Inside; Ines writes in both."""
    notices.look()
    people.set_mails(world.viewer("hugo"), "digest")


def test_a_digest_has_all_discussions_in_one_mail_that_cannot_be_answered(world: World) -> None:
    _say_in_both(world)
    (mail,) = sent(world, "hugo", told(MINUTE + 1, ANSWERED))
    assert (mail.kind, mail.conversation_id, mail.reply, mail.link_ends_at) == ("digest", None, None, None)
    for said in (mail.text, mail.html):
        for key, title in ((world.permit, "Permit"), (world.inside, "Inside")):
            assert title in said
            assert f"{HOUSE.url}/console/discussions/{key}" in said
        assert "New: 2" in said
        assert "last by Ines Agent" in said
        assert "cannot be answered" in said
        assert "One." not in said
    assert mail.headers["List-Unsubscribe"] == f"<{HOUSE.url}/unsubscribe/[[unsubscribe:{mail.public_id}]]>"


def test_what_a_digest_sends_has_no_address_to_answer(world: World) -> None:
    _say_in_both(world)
    told(MINUTE + 1, ANSWERED)
    with post_office() as office, clock.at(clock.now() + timedelta(minutes=2)):
        outbox.send(Post(office.way, ANSWERED))
    (mail,) = [mail for mail in office.taken if mail["To"] == "hugo@example.com"]
    assert mail["Reply-To"] is None
    assert [other for other in office.taken if other["Reply-To"]] != []


def test_the_next_digest_waits_for_the_firms_gap_and_tells_nothing_twice(world: World) -> None:
    _say_in_both(world)
    assert len(sent(world, "hugo", told(MINUTE + 1))) == 1
    say(world, "ines", "Three.", seconds=2 * MINUTE)
    assert sent(world, "hugo", told(59 * MINUTE)) == []
    (second,) = sent(world, "hugo", told(HOUR + 5 * MINUTE))
    assert "New: 1" in second.text
    assert "Inside" not in second.text
    assert sent(world, "hugo", told(5 * HOUR)) == []


def test_what_was_read_left_muted_or_not_meant_for_one_is_not_in_it(world: World) -> None:
    _say_in_both(world)
    read_marks.read(world.viewer("hugo"), world.inside, 99)
    (mail,) = sent(world, "hugo", told(MINUTE + 1))
    assert "Inside" not in mail.text
    _say_in_both(world)
    read_marks.set_notify(world.viewer("hugo"), world.permit, Notify.NONE)
    read_marks.set_notify(world.viewer("hugo"), world.inside, Notify.MENTIONS)
    written = told(2 * HOUR)
    assert sent(world, "hugo", written) == []
    assert sorted(reasons(world, "hugo", written)) == ["mentions_only", "muted"]


@pytest.mark.parametrize("why", ["disabled", "off", "bounced"])
def test_who_cannot_be_told_gets_none_and_the_record_says_why(world: World, why: str) -> None:
    _say_in_both(world)
    match why:
        case "disabled":
            disable(world, "hugo")
        case "off":
            people.set_mails(world.viewer("hugo"), "none")
        case "bounced":
            _bounce("hugo@example.com")
    written = told(MINUTE + 1)
    assert sent(world, "hugo", written) == []
    assert reasons(world, "hugo", written) == [why, why]


def test_many_workers_write_one_digest(app: Flask, world: World) -> None:
    _say_in_both(world)
    db.session.rollback()

    def work(_: int) -> None:
        with clock.at(clock.now() + timedelta(seconds=MINUTE + 1)):
            while notices.tell(HOUSE):
                pass

    at_once(app, 6, lambda number: copy_context().run(work, number))
    db.session.rollback()
    assert len(_digests(world)) == 1
    marks = db.session.scalars(
        select(Participation.mailed).where(Participation.person_id == world.person_id("hugo"))
    ).all()
    assert len(marks) == 2
    assert all(marks)


def test_a_digest_that_names_what_its_reader_was_taken_out_of_is_not_sent_and_the_rest_is_told_anew(
    world: World, app: Flask
) -> None:
    _say_in_both(world)
    told(MINUTE + 1)
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    with clock.at(clock.now() + timedelta(minutes=2)):
        outbox.send(Post(Folder(app.config["COMPTOIR"].var / "mail"), HOUSE))
        notices.tell(HOUSE)
    db.session.rollback()
    first, second = _digests(world)
    assert (first.state, first.reason) == ("none", "removed")
    assert "Inside" in second.text
    assert "Permit" not in second.text


def test_who_wants_mentions_alone_is_told_of_those(world: World) -> None:
    read_marks.set_notify(world.viewer("marie"), world.permit, Notify.MENTIONS)
    say(world, "ines", "Good news for all.")
    written = told(MINUTE + 1)
    assert sent(world, "marie", written) == []
    assert reasons(world, "marie", written) == ["mentions_only"]
    say(world, "ines", "A question for @marie.", seconds=2 * MINUTE)
    say(world, "ines", "And more.", seconds=2 * MINUTE)
    (mail,) = sent(world, "marie", told(HOUR))
    assert "A question for @Marie Delcourt." in mail.text
    assert "And more." in mail.text


def test_a_mention_in_a_note_is_no_mention_to_a_client(world: World) -> None:
    read_marks.set_notify(world.viewer("marie"), world.permit, Notify.MENTIONS)
    say(world, "ines", "@Marie never pays.", kind="note")
    say(world, "ines", "Good news for all.")
    assert reasons(world, "marie", told(MINUTE + 1)) == ["mentions_only"]


def _say_in_both(world: World) -> None:
    for key in (world.permit, world.inside):
        for words in ("One.", "Two."):
            say(world, "ines", words, key)


def _bounce(email: str) -> None:
    db.session.rollback()
    address = db.session.scalars(select(Address).where(Address.email == email)).one()
    address.bounced_at, address.bounce = clock.now(), "550 no such user"
    db.session.commit()


def _digests(world: World) -> list[Mail]:
    query = select(Mail).where(Mail.kind == "digest", Person.id == world.person_id("hugo"))
    return list(db.session.scalars(query.join(Person, Person.id == Mail.person_id).order_by(Mail.id)))
