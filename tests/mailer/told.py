"""What the tests of mails share: somebody says something, time goes by, and what was written of it."""

from datetime import timedelta

from sqlalchemy import select

from portal.actions import messages
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices
from portal.mailer.house import House
from portal.models import Mail
from tests.world import World, token

HOUSE = House("portal@example.com", "https://portal.example.com", "")
ANSWERED = HOUSE._replace(reply_address="reply@example.com")


def say(world: World, name: str, words: str, key: str = "", kind: str = "text", seconds: float = 0) -> str:
    """Somebody writes in the permit, or in another discussion; so many seconds from now."""
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        return messages.post(world.viewer(name), key or world.permit, body=words, kind=kind, token=token())


def told(seconds: float, house: House = HOUSE) -> list[Mail]:
    """What is written when so many seconds have gone by, mails and why there are none."""
    known = db.session.scalars(select(Mail.id)).all()
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        while notices.tell(house):
            pass
    db.session.rollback()
    return list(db.session.scalars(select(Mail).where(Mail.id.not_in(known)).order_by(Mail.id)))


def sent(world: World, name: str, mails: list[Mail]) -> list[Mail]:
    """The mails among them that go out to somebody."""
    return [mail for mail in mails if mail.person_id == world.person_id(name) and not mail.reason]


def reasons(world: World, name: str, mails: list[Mail]) -> list[str]:
    """Why somebody gets none."""
    return [mail.reason for mail in mails if mail.person_id == world.person_id(name) and mail.reason]
