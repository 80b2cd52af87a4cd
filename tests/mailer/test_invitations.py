"""SPEC P2: who is invited gets a mail with the link; M6: and not many."""

import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import invitations, participants
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.mailer import outbox
from portal.mailer.house import House
from portal.mailer.outbox import Post
from portal.mailer.transport import Smtp
from portal.models import Mail
from tests.mailer.post_office import PostOffice, post_office
from tests.world import PASSWORD, World

HOUSE = House("portal@example.com", "https://portal.example.com", "")
LEA: dict[str, Any] = {"name": "Léa O’Neill", "email": "lea@example.com", "language": "fr", "days": 3}


def test_a_client_is_invited_by_the_brand_in_their_language_and_comes_in_by_the_link(world: World) -> None:
    _, shown = _invite(world)
    (mail,) = _sent()
    text = mail.get_body(("plain",)).get_content()
    assert str(mail["Subject"]) == "North vous invite"
    assert mail["From"].addresses[0].display_name == "North"
    assert "Ines" not in str(mail)
    assert "Bonjour Léa O’Neill" in text
    (secret,) = set(re.findall(r"https://portal\.example\.com/invitations/(\S+)", text))
    assert secret == shown
    assert invitations.accept(secret, name="Léa", password=PASSWORD, time_zone="UTC")


def test_a_colleague_reads_who_invites(world: World) -> None:
    where = {"role": "agent", "brand_keys": (world.brands["North"],)}
    invitations.invite(world.viewer("adam"), **(LEA | where | {"language": "en", "name": "Kay O'Brien"}))
    (mail,) = _sent()
    assert str(mail["Subject"]) == "Adam Admin invites you to Delta"
    assert "Hello Kay O'Brien," in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("how", ["withdrawn", "again"])
def test_an_invitation_that_is_over_is_not_mailed(world: World, how: str) -> None:
    key, secret = _invite(world)
    if how == "withdrawn":
        invitations.withdraw(world.viewer("ines"), key)
    else:
        invitations.invite_again(world.viewer("ines"), key, 3)
    assert len(_sent()) == (how == "again")
    with pytest.raises(NotFound):
        invitations.invitation(secret)


def test_what_is_kept_of_the_mail_opens_nothing(world: World) -> None:
    _, secret = _invite(world)
    _sent()
    (mail,) = _mails()
    assert mail.state == "sent"
    assert secret not in f"{mail.text} {mail.html} {mail.headers} {mail.public_id}"


def test_nobody_is_mailed_more_than_three_invitations_in_an_hour(world: World) -> None:
    key, _ = _invite(world)
    for _ in range(5):
        invitations.invite_again(world.viewer("ines"), key, 3)
    assert sorted(mail.state for mail in _mails()) == ["none"] * 3 + ["queued"] * 3
    with clock.at(clock.now() + timedelta(hours=2)):
        invitations.invite_again(world.viewer("ines"), key, 3)
    assert [mail.state for mail in _mails()][-1] == "queued"


def test_an_invited_client_is_told_of_no_discussion_yet(world: World) -> None:
    key, _ = _invite(world)
    with pytest.raises(Exception, match="still_invited"):
        participants.add(world.viewer("ines"), world.permit, key)


def _invite(world: World) -> tuple[str, str]:
    return invitations.invite(world.viewer("ines"), **LEA, role="client", space_key=world.spaces["Delcourt"])


def _sent() -> list[Any]:
    with post_office() as office:
        _send(office)
        return office.taken


def _send(office: PostOffice) -> None:
    while outbox.send(Post(Smtp("127.0.0.1", office.port, tls=False), HOUSE)):
        pass


def _mails() -> list[Mail]:
    db.session.rollback()
    return list(db.session.scalars(select(Mail).where(Mail.email == LEA["email"]).order_by(Mail.id)))
