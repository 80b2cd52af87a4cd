"""The demo's mails: who wants which, whose come back, and what was told of the last days, as files that are shown."""

from datetime import timedelta

from flask import current_app
from sqlalchemy import case, insert, select, update

from portal.actions import people, read_marks
from portal.actions.unit import transaction
from portal.cli.demo import answers, firm
from portal.cli.demo.cast import Cast
from portal.config import Settings
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices, outbox
from portal.mailer.house import House
from portal.mailer.outbox import Post
from portal.mailer.transport import Folder
from portal.models import LAST_NUMBER, Address, Conversation, Face, Notice, Notify, Participation, Person

RECENT = timedelta(days=4)
TOLD, ANSWERED = timedelta(hours=2), timedelta(minutes=50)  # since some were mailed, and answered
AGO = timedelta(minutes=6)  # since the others were sent
GONE = "550 5.1.1 The email account that you tried to reach does not exist."


def deliver(cast: Cast, keys: dict[str, str]) -> None:
    """After everything was said: `keys` are discussions by their titles."""
    people.set_mails(cast.viewer(firm.DIGEST), "digest")
    people.set_mails(cast.viewer(firm.NO_MAILS), "none")
    for person, title, wanted in firm.QUIET:
        read_marks.set_notify(cast.viewer(person), keys[title], Notify(wanted))
    with clock.at(cast.calendar.now - TOLD):
        _send(answers.news(cast, keys))
    with clock.at(cast.calendar.now - ANSWERED):
        answers.come_in(cast, keys)
    nothing_to_mail()
    with clock.at(cast.calendar.now - AGO):
        _come_back(cast.people[firm.BOUNCED])
        _send(_unread())


def nothing_to_mail() -> None:
    """What happened in the demo's past is no news to anybody's mailbox."""
    last = case((Participation.face == Face.STAFF, Conversation.seq), else_=Conversation.public_seq)
    number = select(last).where(Conversation.id == Participation.conversation_id).scalar_subquery()
    with transaction():
        db.session.execute(
            update(Participation).where(Participation.left_at.is_(None)).values(seen=number, mailed=number)
        )


def _come_back(person_key: str) -> None:
    person = select(Person.id).where(Person.public_id == person_key).scalar_subquery()
    with transaction():
        gone = update(Address).where(Address.person_id == person)
        db.session.execute(gone.values(bounced_at=clock.now() - timedelta(days=2), bounce=GONE))


def _unread() -> list[int]:
    """Stays in discussions of the last days with something unread."""
    query = select(Participation.id).join(Conversation, Conversation.id == Participation.conversation_id)
    recent = query.where(Conversation.active_at > clock.now() - RECENT, Conversation.archived_at.is_(None))
    return list(db.session.scalars(recent.where(Participation.left_at.is_(None), Participation.read < LAST_NUMBER)))


def _send(stays: list[int]) -> None:
    """Tell them, and put the mails where the demo's page finds them."""
    settings: Settings = current_app.config["COMPTOIR"]
    house = House.of(settings)
    with transaction():
        mine = Participation.id.in_(stays)
        db.session.execute(update(Participation).where(mine).values(mailed=Participation.read))
        if stays:
            db.session.execute(insert(Notice), [{"participation_id": stay, "due_at": clock.now()} for stay in stays])
    while notices.write(house):
        pass
    while outbox.send(Post(Folder(settings.var / "mail"), house)):
        pass
