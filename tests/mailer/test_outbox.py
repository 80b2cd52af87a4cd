"""RELIABILITY R11: a mail goes out once, whatever the mail server does; what cannot go out is tried again or said."""

from collections import Counter
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import mails as actions, messages, participants
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices, outbox
from portal.mailer.house import House
from portal.mailer.outbox import Post
from portal.mailer.transport import Folder, Smtp, Transport
from portal.models import Address, Mail
from portal.queries import mails
from tests.actions.rows import at_once
from tests.mailer.post_office import PostOffice, post_office
from tests.world import World, token

HOUSE = House("portal@example.com", "https://portal.example.com", "")
WRITTEN = timedelta(minutes=2)  # from the message to its mails


@pytest.fixture(autouse=True)
def _written(app: Flask, world: World) -> None:
    """A mail for everybody in Permit but Ines, who wrote."""
    notices.look()
    messages.post(world.viewer("ines"), world.permit, body="The plans are ready.", token=token())
    with clock.at(clock.now() + WRITTEN):
        while notices.tell(HOUSE):
            pass


def test_each_mail_goes_to_its_reader_alone_and_names_nobody_else(world: World) -> None:
    with post_office() as office:
        _send(office)
    assert sorted(office.to) == sorted(mail.email for mail in _mails())
    assert {mail.state for mail in _mails()} == {"sent"}
    assert len({mail["Message-ID"] for mail in office.taken}) == len(office.taken)
    for mail in office.taken:
        names = {"marie", "luc", "hugo", "ines"} - {str(mail["To"]).partition("@")[0]}
        said = str(mail).lower()
        assert not [name for name in names if f"{name}@example.com" in said]
        assert mail["References"] == mail["In-Reply-To"]
        assert mail.get_body(("plain",)) is not None
        assert mail.get_body(("html",)) is not None


@pytest.mark.parametrize("answer", ["451 Try again later", "421 Shutting down"])
def test_what_is_put_off_is_sent_later_as_the_same_mail(answer: str) -> None:
    with post_office(answer=answer) as office:
        _send(office)
    assert {mail.state for mail in _mails()} == {"queued"}
    assert all(mail.reason.startswith(answer[:3]) for mail in _mails())
    with post_office() as office:
        _send(office)
        assert office.taken == []
        _send(office, later=timedelta(minutes=20))
    assert _ids(office) == {mail.public_id: 1 for mail in _mails()}


def test_a_server_that_takes_it_and_dies_gets_it_again_under_the_same_name() -> None:
    with post_office(dies=True) as office:
        _send(office)
        office.dies = False
        _send(office, later=timedelta(minutes=20))
    assert _ids(office) == {mail.public_id: 2 for mail in _mails()}
    assert {mail.state for mail in _mails()} == {"sent"}


def test_nobody_at_an_address_is_said_and_it_gets_no_more(world: World) -> None:
    with post_office(rcpt=lambda email: "550 5.1.1 No such user" if email.startswith("marie") else "250 OK") as office:
        _send(office)
    (bounced,) = [mail for mail in _mails() if mail.state == "bounced"]
    assert bounced.person_id == world.person_id("marie")
    address = db.session.scalars(select(Address).where(Address.email == "marie@example.com")).one()
    assert address.bounced_at is not None
    assert "No such user" in address.bounce


def test_many_workers_send_each_mail_once(app: Flask) -> None:
    with post_office() as office:
        db.session.rollback()
        at_once(app, 6, lambda _: _send(office))
    assert _ids(office) == {mail.public_id: 1 for mail in _mails()}


def test_who_died_over_a_mail_leaves_it_to_the_next() -> None:
    with clock.at(clock.now() + WRITTEN):
        taken = [actions.take_mail(one.id, one.at) for one in mails.queued(clock.now(), 100)]
    assert taken == [True] * len(_mails())
    with post_office() as office:
        _send(office)
        assert office.taken == []
        _send(office, later=timedelta(minutes=20))
    assert _ids(office) == {mail.public_id: 1 for mail in _mails()}


def test_who_was_removed_meanwhile_is_sent_nothing(world: World) -> None:
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    with post_office() as office:
        _send(office)
    assert "marie@example.com" not in office.to
    assert [mail.reason for mail in _mails() if mail.person_id == world.person_id("marie")] == ["removed"]


def test_without_a_server_mails_are_files(tmp_path: Path) -> None:
    _send_by(Folder(tmp_path / "mail"))
    files = {path.stem for path in (tmp_path / "mail").glob("*.eml")}
    assert files == {mail.public_id for mail in _mails()}
    assert all(b"The plans are ready." in path.read_bytes() for path in (tmp_path / "mail").glob("*.eml"))


def test_a_server_that_is_away_loses_nothing() -> None:
    _send_by(Smtp("127.0.0.1", 1, tls=False))
    assert {mail.state for mail in _mails()} == {"queued"}
    with transaction():
        assert all(mail.tries == 1 for mail in _mails())


def _send(office: PostOffice, later: timedelta = timedelta()) -> None:
    _send_by(Smtp("127.0.0.1", office.port, tls=False), later)


def _send_by(way: Transport, later: timedelta = timedelta()) -> None:
    with clock.at(clock.now() + WRITTEN + later):
        while outbox.send(Post(way, HOUSE)):
            pass


def _mails() -> list[Mail]:
    """Those that there are: of Dora, who is disabled, the record says why there is none."""
    db.session.rollback()
    return list(db.session.scalars(select(Mail).where(Mail.email != "")))


def _ids(office: PostOffice) -> dict[str, int]:
    return dict(Counter(str(mail["Message-ID"]).strip("<>").partition("@")[0] for mail in office.taken))
