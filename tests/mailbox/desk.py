"""What the tests of mail that comes in need: a notice that somebody may answer, the answer, and the work on it."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

from sqlalchemy import func, select

from portal.actions import incoming as actions, messages
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.tokens import new_id
from portal.mailbox.processing import Office, work
from portal.mailer import notices
from portal.mailer.house import House
from portal.models import Conversation, Incoming, Mail, Message, Person
from tests.world import World, token

HOUSE = House("portal@example.com", "https://portal.example.com", "reply@example.com")
OFFICE = Office(HOUSE, "")
CAREFUL = Office(HOUSE, "mx.example.com")
LATER = timedelta(minutes=2)
TO_NOBODY = f"reply+{'a' * 26}@example.com"


def told(world: World, name: str, *, note: bool = False, by: str = "ines", hours: int = 2) -> str:
    """Somebody gets a notice about the permit, after so many hours; gives the address at which they answer it."""
    notices.look()
    kind = "note" if note else "text"
    messages.post(world.viewer(by), world.permit, body="The plans are ready.", kind=kind, token=token())
    with clock.at(clock.now() + timedelta(hours=hours)):
        while notices.tell(HOUSE):
            pass
    return address_of(world, name)


def address_of(world: World, name: str) -> str:
    """Where somebody's newest notice is answered."""
    db.session.rollback()
    theirs = select(Mail.public_id).where(Mail.person_id == world.person_id(name), Mail.reply.is_not(None))
    return HOUSE.answered_at(db.session.scalars(theirs.order_by(Mail.id.desc())).first() or "")


def letter(
    to: str, sender: str = "Marie <marie@example.com>", body: str = "Thank you, all is well.", **more: str
) -> bytes:
    """A mail as a program writes it."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, to, more.pop("subject", "Re: Permit")
    mail["Message-ID"] = more.pop("message_id", f"<{new_id()}@mail.example.com>")
    mail["Date"] = "Sat, 21 Nov 2026 10:00:00 +0100"
    for name, value in more.items():
        mail[name.replace("_", "-")] = value
    mail.set_content(body)
    return mail.as_bytes()


def arrive(raw: bytes, to: str = "", office: Office = OFFICE, sender: str = "") -> Incoming:
    """A mail comes in by the pipe and is worked on; gives what became of it."""
    key = actions.take(raw, "pipe", sender=sender, recipients=[to] if to else [])
    settle(office)
    return row(key)


def settle(office: Office = OFFICE) -> None:
    """Work on all that is due."""
    while work(office):
        pass


def row(key: str) -> Incoming:
    """A mail's row, read anew."""
    db.session.rollback()
    return db.session.scalars(select(Incoming).where(Incoming.public_id == key)).one()


def fate(raw: bytes, to: str = "", office: Office = OFFICE, sender: str = "") -> tuple[str, str]:
    """What becomes of a mail, and why."""
    came = arrive(raw, to, office, sender)
    return came.fate, came.reason


def posted(world: World, by: str) -> list[tuple[str, str]]:
    """(Kind, words) of what somebody said by mail, oldest first."""
    db.session.rollback()
    said = select(Message.kind, Message.body).join(Person, Person.id == Message.author_id)
    said = said.where(Message.origin == "mail", Person.public_id == world.keys[by]).order_by(Message.id)
    return [(kind, body) for kind, body in db.session.execute(said)]


def bound(world: World, name: str, *, notes: bool = False) -> str:
    """A mail about the permit to somebody, without a word being said; gives the address at which it is answered."""
    key = new_id()
    with transaction():
        here = select(Conversation.id).where(Conversation.public_id == world.permit)
        about = {"person_id": world.person_id(name), "conversation_id": db.session.scalars(here).one()}
        db.session.add(
            Mail(
                public_id=key, kind="notice", email=f"{name}@example.com", notes=notes, reply=HOUSE.reply(key), **about
            )
        )
    return HOUSE.answered_at(key)


def held(world: World, name: str = "marie", **more: object) -> Incoming:
    """A mail that somebody's other address sent, and that waits for staff."""
    notes = bool(more.pop("notes", False))
    raw = letter(bound(world, name, notes=notes), "elsewhere@example.net", message_id="<one@example.net>", **more)
    came = arrive(raw)
    assert (came.fate, came.reason) == ("held", "sender")
    return came


def answers() -> list[Mail]:
    """Mails that told somebody what became of theirs."""
    db.session.rollback()
    return list(db.session.scalars(select(Mail).where(Mail.kind == "answer").order_by(Mail.id)))


def count() -> int:
    """How many messages there are."""
    db.session.rollback()
    return db.session.scalar(select(func.count()).select_from(Message)) or 0


@contextmanager
def nothing_said() -> Iterator[None]:
    """What is inside says nothing in any discussion."""
    before = count()
    yield
    assert count() == before
