"""What the tests of links do again and again: mail somebody, open what came, read the code, look what changed."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, tzinfo
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal.actions import messages
from portal.actions.unit import transaction
from portal.extensions import db, secret_key
from portal.kernel import clock, tokens
from portal.mailer import notices
from portal.mailer.building import opened
from portal.mailer.house import House
from portal.models import Conversation, Firm, Mail, Participation
from portal.queries import messages as stretches
from tests.world import World, token

HOUSE = House("portal@example.com", "https://portal.example.com", "")
WRITTEN = timedelta(minutes=2)  # from a message to its mails
WORDS = "The plans are ready."
HTMX = {"HX-Request": "true"}


def told(world: World, name: str = "marie", words: str = WORDS) -> str:
    """Have Ines write in Permit, and everybody be mailed of it at once; gives the id of that person's mail."""
    notices.look()
    with transaction():
        db.session.execute(update(Participation).values(mailed_at=None))
    messages.post(world.viewer("ines"), world.permit, body=words, token=token())
    with clock.at(clock.now() + WRITTEN):
        while notices.tell(HOUSE):
            pass
    return newest(world, name)


def mailed(world: World, name: str = "marie", kind: str = "notice") -> str:
    """A mail about Permit that told somebody all of it, without a word being said; gives its id."""
    key = tokens.new_id()
    with transaction():
        here = select(Conversation.id).where(Conversation.public_id == world.permit)
        about = {"person_id": world.person_id(name), "conversation_id": db.session.scalars(here).one()}
        ends = clock.now() + timedelta(days=30)
        mail = Mail(public_id=key, kind=kind, email=f"{name}@example.com", until=2**31 - 1, link_ends_at=ends, **about)
        db.session.add(mail)
    return key


def newest(world: World, name: str, kind: str = "notice") -> str:
    """The id of the newest mail of that kind to somebody."""
    db.session.rollback()
    query = select(Mail.public_id).where(Mail.person_id == world.person_id(name), Mail.kind == kind)
    return db.session.scalars(query.order_by(Mail.id.desc())).first() or ""


def count(world: World, name: str, kind: str) -> int:
    """How many mails of that kind somebody was written."""
    db.session.rollback()
    query = select(Mail.id).where(Mail.person_id == world.person_id(name), Mail.kind == kind)
    return len(db.session.scalars(query).all())


def link(key: str, purpose: str = "link") -> str:
    """The secret in a mail's address."""
    return tokens.seal(secret_key(), purpose, key)


def page(key: str) -> str:
    """The address of a mail's page."""
    return f"/l/{link(key)}"


def code(world: World, name: str = "marie", kind: str = "code") -> str:
    """The digits of the newest code that somebody was mailed, as they read them."""
    db.session.rollback()
    mail = db.session.scalars(select(Mail).where(Mail.public_id == newest(world, name, kind))).one()
    found = re.search(r"^ {4}(\d{6})$", opened(mail.text, mail.public_id), re.MULTILINE)
    assert found, mail.text
    return found[1]


def wrong(right: str) -> str:
    """A code that is not that one."""
    return f"{(int(right) + 1) % 10**6:06}"


def said(words: str = "Tuesday suits me.", sent: str = "") -> dict[str, str]:
    """What the page's form sends."""
    return {"body": words, "token": sent or token()}


def know(browser: FlaskClient, world: World, key: str, name: str = "marie") -> None:
    """Have the browser give the code."""
    assert browser.post(f"{page(key)}/code").status_code == 200
    answer = browser.post(f"{page(key)}/device", data={"code": code(world, name)})
    assert answer.status_code == 303, answer.text


def want_no_codes(*, wanted: bool = False) -> None:
    """The firm switches codes off, or on again."""
    with transaction():
        db.session.execute(update(Firm).values(link_codes=wanted))


def bodies(world: World, name: str = "ines") -> list[str]:
    """What stands in Permit, as somebody reads it."""
    db.session.rollback()
    return [message.body for message in stretches.page(world.viewer(name), world.permit).messages if message.body]


def notify(world: World, name: str = "marie") -> str:
    """Which mails of Permit somebody wants."""
    db.session.rollback()
    stay = select(Participation.notify).where(
        Participation.person_id == world.person_id(name), Participation.left_at.is_(None)
    )
    return db.session.scalars(stay).first() or "none there"


@contextmanager
def hence(**time: float) -> Iterator[None]:
    """Have so much time gone by, for requests too, which share nothing with the test's own context."""

    class Later(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> "Later":
            return cls.fromtimestamp(datetime.now(tz).timestamp() + timedelta(**time).total_seconds(), tz)

    with patch.object(clock, "datetime", Later):
        yield
    db.session.rollback()


def everything(app: Flask) -> dict[str, list[str]]:
    """Every row of every table."""
    with app.app_context():
        db.session.rollback()
        found = {
            table.name: sorted(str(row) for row in db.session.execute(table.select()))
            for table in db.metadata.sorted_tables
        }
        db.session.remove()
        return found
