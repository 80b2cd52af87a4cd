"""RELIABILITY M3, SPEC E7: no machine writes in a discussion, none is answered; what came back marks its address."""

from email import message_from_bytes, policy

import pytest
from sqlalchemy import select

from portal.actions.unit import transaction
from portal.extensions import db
from portal.mailbox.processing import Office
from portal.mailer.building import build
from portal.mailer.house import House
from portal.models import Address, Incoming, Mail
from portal.queries.mails import outgoing
from tests.kernel.mime import samples
from tests.mailbox.desk import HOUSE, OFFICE, answers, arrive, bound, fate, letter, nothing_said, posted
from tests.promises import Figure
from tests.world import World

REPORT = """From: MAILER-DAEMON@mx.example.net
To: {to}
Subject: Undelivered Mail Returned to Sender
Auto-Submitted: auto-replied
Content-Type: multipart/report; report-type=delivery-status; boundary=b

--b

It could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.net

Final-Recipient: rfc822; marie@example.com
Action: {action}
Status: {status}
Diagnostic-Code: smtp; 550 5.1.1 No such user

--b
Content-Type: text/rfc822-headers

Message-ID: <{name}>

--b--
"""


@pytest.mark.promise("M3")
@pytest.mark.parametrize("folder", ["automatic", "bounces"])
def test_no_machine_writes_and_none_is_answered(world: World, figure: Figure, folder: str) -> None:
    to = bound(world, "marie")
    with nothing_said():
        for name in samples.names(folder):
            found, _ = fate(samples.raw(folder, name), to)
            assert found in {"automatic", "bounce"}, name
    assert answers() == []
    figure(f"{len(samples.names(folder))} of {folder}: none a message, none answered")


@pytest.mark.promise("M3")
def test_no_mail_of_a_person_is_taken_for_a_machines(world: World, figure: Figure) -> None:
    to = bound(world, "marie")
    for name in samples.names("human"):
        raw = samples.raw("human", name)
        start = message_from_bytes(raw, policy=policy.compat32)
        del start["From"]
        start["From"] = "marie@example.com"
        assert fate(start.as_bytes(), to)[0] == "posted", name
    figure(f"{len(samples.names('human'))} mails of people that look like machines': all posted")


@pytest.mark.promise("M3")
def test_two_installations_that_face_each_other_fall_silent(world: World, figure: Figure) -> None:
    """Each answers what it cannot place, and each answer reaches the other's reply address."""
    mine, theirs = OFFICE, Office(House("reply@other.example", "https://other.example", "reply@other.example"), "")
    raw, said = letter("reply@example.com", "someone@other.example"), 0
    for turn in range(6):
        here = (mine, theirs)[turn % 2]
        before = len(answers())
        arrive(raw, here.house.reply_address, here)
        new = answers()[before:]
        if not new:
            break
        said += 1
        found = outgoing(new[0].id)
        assert found is not None
        raw = build(found, here.house).as_bytes()
    assert said == 1
    assert sorted(db.session.scalars(select(Incoming.fate))) == ["automatic", "unknown"]
    figure("two installations facing each other: one answer, then silence")


@pytest.mark.parametrize("by", ["address", "message id"])
def test_what_came_back_for_good_marks_the_mail_and_the_address(world: World, by: str) -> None:
    mail = _sent(world)
    to = HOUSE.answered_at(mail.public_id) if by == "address" else "portal@example.com"
    assert fate(_report(mail, to)) == ("bounce", "550 5.1.1 No such user")
    assert (_sent(world).state, _address().bounce) == ("bounced", "550 5.1.1 No such user")
    assert _address().bounced_at is not None
    assert answers() == []


def test_what_is_only_late_marks_nothing(world: World) -> None:
    mail = _sent(world)
    raw = _report(mail, HOUSE.answered_at(mail.public_id), "delayed", "4.4.1")
    assert fate(raw) == ("bounce", "delayed")
    assert _address().bounced_at is None


def test_a_report_about_a_strangers_mail_marks_nobody(world: World) -> None:
    raw = REPORT.format(to="portal@example.com", action="failed", status="5.1.1", name="x@elsewhere.example").encode()
    assert fate(raw)[0] == "bounce"
    assert _address().bounced_at is None


def test_who_writes_again_by_hand_is_heard_after_their_absence(world: World) -> None:
    to = bound(world, "marie")
    assert fate(letter(to, subject="Automatic reply: Permit"))[0] == "automatic"
    assert fate(letter(to, subject="Re: Automatic reply: Permit")) == ("posted", "")
    assert len(posted(world, "marie")) == 1


def _sent(world: World) -> Mail:
    db.session.rollback()
    found = db.session.scalars(select(Mail).where(Mail.person_id == world.person_id("marie"))).first()
    if found is None:
        bound(world, "marie")
        with transaction():
            db.session.scalars(select(Mail)).one().state = "sent"
        return _sent(world)
    return found


def _report(mail: Mail, to: str, action: str = "failed", status: str = "5.1.1") -> bytes:
    name = f"{mail.public_id}@{HOUSE.domain}"
    return REPORT.format(to=to, action=action, status=status, name=name).encode()


def _address() -> Address:
    db.session.rollback()
    return db.session.scalars(select(Address).where(Address.email == "marie@example.com")).one()
