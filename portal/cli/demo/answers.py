"""Answers of the demo's clients: by e-mail with a file, by a mail's link, and from an address that nobody knows."""

import uuid
from email.message import EmailMessage
from email.policy import SMTP

from flask import current_app
from sqlalchemy import select, update

from portal import access
from portal.actions import incoming, messages, read_marks
from portal.actions.links import mark_used
from portal.actions.unit import transaction
from portal.cli.demo import firm
from portal.cli.demo.cast import Cast
from portal.config import Settings
from portal.extensions import db, secret_key
from portal.kernel import clock, tokens
from portal.mailbox import processing
from portal.mailer.house import House
from portal.models import Conversation, LinkDevice, Mail, Participation, Person

BROWSER = "Safari, iPhone"
EVERYTHING = 2**31  # a number that no message has; marks stop at the last
WEIGHT = b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\n%%EOF\n"


def news(cast: Cast, keys: dict[str, str]) -> list[int]:
    """Have who will answer not know the last message yet; gives their stays. `keys` are discussions by titles."""
    said = (firm.BY_MAIL, firm.BY_LINK, firm.HELD)
    people = [Participation.person_id == _person(cast.people[answer.who]) for answer in said]
    places = [Participation.conversation_id == _place(keys[answer.title]) for answer in said]
    stays = [db.session.scalars(select(Participation.id).where(*one)).one() for one in zip(people, places, strict=True)]
    with transaction():
        theirs = update(Participation).where(Participation.id.in_(stays))
        db.session.execute(theirs.values(read=Participation.read - 1))
    return stays


def come_in(cast: Cast, keys: dict[str, str]) -> None:
    """They answer; where no mail comes in, by the link only."""
    settings: Settings = current_app.config["COMPTOIR"]
    house = House.of(settings)
    _by_link(cast, keys)
    if house.reply_address:
        _write(house, cast, keys, firm.BY_MAIL, file=firm.FILE)
        _write(house, cast, keys, firm.HELD, sender=firm.ELSEWHERE)
        while processing.work(processing.Office.of(settings)):
            pass
    for answer in (firm.BY_MAIL, firm.HELD):
        read_marks.read(cast.viewer(answer.who), keys[answer.title], EVERYTHING)


def _by_link(cast: Cast, keys: dict[str, str]) -> None:
    answer, secret = firm.BY_LINK, tokens.new_secret()
    mail = _mail(cast, keys, answer)
    with transaction():
        known = LinkDevice(person_id=mail.person_id, digest=tokens.digest(secret), label=BROWSER)
        db.session.add(known)
        mark_used(mail.id)
    came = access.by_link(tokens.seal(secret_key(), "link", mail.public_id), [secret])
    messages.post(came.viewer, keys[answer.title], body=answer.words, token=uuid.uuid4().hex)


def _write(
    house: House, cast: Cast, keys: dict[str, str], answer: firm.Answer, *, sender: str = "", file: str = ""
) -> None:
    about = _mail(cast, keys, answer)
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = sender or about.email, house.answered_at(about.public_id)
    mail["Subject"], mail["Date"] = f"Re: {answer.title}", clock.now()
    mail["Message-ID"] = f"<{tokens.new_id()}@mail.example.com>"
    mail.set_content(f"{answer.words}\n\n{answer.above}\n\n> {firm.QUOTED}\n")
    if file:
        mail.add_attachment(WEIGHT, maintype="application", subtype="pdf", filename=file)
    incoming.take(mail.as_bytes(), "pipe", sender=str(mail["From"]), recipients=[str(mail["To"])])


def _mail(cast: Cast, keys: dict[str, str], answer: firm.Answer) -> Mail:
    """The newest that told them of that discussion."""
    theirs = select(Mail).where(Mail.person_id == _person(cast.people[answer.who]))
    here = theirs.where(Mail.conversation_id == _place(keys[answer.title]), Mail.kind == "notice")
    return db.session.scalars(here.order_by(Mail.id.desc())).first() or _lost(answer)


def _lost(answer: firm.Answer) -> Mail:
    raise LookupError(f"{answer.who} was mailed nothing about {answer.title}")


def _person(key: str) -> int:
    return db.session.scalars(select(Person.id).where(Person.public_id == key)).one()


def _place(key: str) -> int:
    return db.session.scalars(select(Conversation.id).where(Conversation.public_id == key)).one()
