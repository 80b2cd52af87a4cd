"""SPEC E1 and E2: who is told by mail of what, when, and of nothing that is not theirs. On both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import messages, participants, people, read_marks
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices
from portal.mailer.house import House
from portal.models import Mail
from tests.world import World, token

HOUSE = House("portal@example.com", "https://portal.example.com", "")


@pytest.fixture(autouse=True)
def _from_now_on(app: Flask, world: World) -> None:
    """What was said before the first look is nobody's news."""
    notices.look()


def test_a_message_that_is_not_read_is_told_after_the_wait(world: World) -> None:
    """Marie and Luc are clients in Permit, Hugo and Ines are staff; Ines writes."""
    _say(world, "ines", "The plans are ready.")
    assert _told(world, seconds=30) == []
    (mail,) = [mail for mail in _told(world, seconds=61) if mail.person_id == world.person_id("marie")]
    assert "The plans are ready." in mail.text
    assert "The plans are ready." in mail.html
    assert f"{HOUSE.url}/l/[[link:{mail.public_id}]]" in mail.html
    assert mail.email == "marie@example.com"


def test_what_was_read_meanwhile_is_not_told(world: World) -> None:
    _say(world, "ines", "Seen at once.")
    read_marks.read(world.viewer("marie"), world.permit, 2**40)
    assert "marie" not in _names(world, _told(world, seconds=61))


def test_nothing_is_told_twice_and_what_came_since_waits_for_the_gap(world: World) -> None:
    _say(world, "ines", "First.")
    assert "marie" in _names(world, _told(world, seconds=61))
    _say(world, "ines", "Second.", seconds=62)
    assert _told(world, seconds=29 * 60) == []
    (mail,) = _of(world, "marie", _told(world, seconds=32 * 60))
    assert "Second." in mail.text.split("Earlier in this discussion")[0]
    assert "First." not in mail.text.split("Earlier in this discussion")[0]


def test_a_note_is_told_to_staff_alone(world: World) -> None:
    messages.post(world.viewer("ines"), world.permit, body="canary", kind="note", token=token())
    told = _told(world, seconds=61)
    assert "hugo" in _names(world, told)
    assert not _names(world, told) & {"marie", "luc"}


@pytest.mark.parametrize("why", ["off", "muted", "disabled", "removed"])
def test_who_wants_none_or_is_out_gets_none(world: World, why: str) -> None:
    _say(world, "ines", "Hello")
    _make(world, why)
    told = _told(world, seconds=61)
    assert not [mail for mail in _of(world, "marie", told) if mail.state == "queued"]


def _make(world: World, why: str) -> None:
    match why:
        case "off":
            people.set_mails(world.viewer("marie"), "none")
        case "muted":
            read_marks.set_notify(world.viewer("marie"), world.permit, "none")
        case "disabled":
            people.disable(world.viewer("olga"), world.keys["marie"])
        case "removed":
            participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])


def _say(world: World, name: str, words: str, seconds: float = 0) -> None:
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        messages.post(world.viewer(name), world.permit, body=words, token=token())


def _told(world: World, seconds: float) -> list[Mail]:
    """What is told when so much time has gone by."""
    known = db.session.scalars(select(Mail.id)).all()
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        while notices.tell(HOUSE):
            pass
    db.session.rollback()
    new = select(Mail).where(Mail.id.not_in(known), Mail.reason == "").order_by(Mail.id)
    return list(db.session.scalars(new))


def _names(world: World, mails: list[Mail]) -> set[str]:
    ids = {world.person_id(name): name for name in world.keys}
    return {ids[mail.person_id] for mail in mails}


def _of(world: World, name: str, mails: list[Mail]) -> list[Mail]:
    return [mail for mail in mails if mail.person_id == world.person_id(name)]
