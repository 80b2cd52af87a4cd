"""Mail that came in: what is to be worked on, whom it is from by what we know, and what its row says of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select

from portal import access
from portal.access.read_models import BrandChip
from portal.extensions import db
from portal.kernel import tokens
from portal.models import (
    Account,
    Address,
    Brand,
    Conversation,
    Fate,
    Firm,
    Incoming,
    Mail,
    Participation,
    Person,
    State,
)
from portal.queries.mails import Due
from portal.storage import storage


class Coming(NamedTuple):
    """A mail to be put in its place. `sender` is `<>` for the null sender, and empty where nobody said."""

    id: int
    sender: str
    recipients: list[str]
    file: str
    size: int
    sha256: str
    tries: int
    large: bool  # its headers are all that was taken


class Bound(NamedTuple):
    """Whom and what the mail of ours was about that somebody answers, or that came back.

    `over` is why its person may not write there any more: removed, disabled, or nothing.
    """

    secret: str
    mail_id: int
    person_id: int | None
    conversation_id: int | None
    emails: frozenset[str]
    over: str
    language: str
    brand: BrandChip | None


class House(NamedTuple):
    """How the firm speaks to strangers."""

    name: str
    language: str
    hue: int


def due(at: datetime, most: int) -> list[Due]:
    """Mails that are to be worked on, the oldest first."""
    return [Due(*row) for row in db.session.execute(sortable(), {"at": at, "most": most})]


@cache
def sortable() -> Select[int, datetime]:
    """What `due` asks."""
    query = select(Incoming.id, Incoming.due_at).where(Incoming.fate == Fate.NEW, Incoming.due_at <= bindparam("at"))
    return query.order_by(Incoming.due_at, Incoming.id).limit(bindparam("most"))


def coming(incoming_id: int) -> Coming | None:
    """A mail that nobody has put in its place yet."""
    row = db.session.get(Incoming, incoming_id, populate_existing=True)
    if row is None or row.fate != Fate.NEW:
        return None
    to, large = list(row.recipients), row.reason == "too_large"
    return Coming(row.id, row.sender, to, row.file, row.size, row.sha256, row.tries, large)


def marked(marks: Sequence[str]) -> set[str]:
    """Those of these marks whose mails were taken."""
    found: set[str] = set()
    for begin in range(0, len(marks), 500):
        query = select(Incoming.mark).where(Incoming.mark.in_(marks[begin : begin + 500]))
        found.update(mark for mark in db.session.scalars(query) if mark)
    return found


def raw(file: str) -> bytes:
    """The mail as it came. Raises `OSError` where its file is lost."""
    with storage().open(file) as kept:
        return kept.read()


def answered(secrets: Iterable[str]) -> Bound | None:
    """What the first of these secrets that is one of ours stands for."""
    return next((found for secret in secrets if (found := _bound(secret))), None)


def returned(key: str) -> Bound | None:
    """The mail of ours with that public id, as its Message-ID has it."""
    mail = db.session.scalars(select(Mail).where(Mail.public_id == key)).first()
    return _of(mail, "") if mail else None


def house() -> House:
    """The firm's name, language and colour; of an installation before its first run, what is usual."""
    query = select(Firm.name, Firm.language, Brand.hue).select_from(Firm).outerjoin(Brand, Brand.is_default.is_(True))
    row = db.session.execute(query).first()
    return House(row.name, row.language, row.hue or 165) if row else House("Comptoir", "en", 165)


def _bound(secret: str) -> Bound | None:
    mail = db.session.scalars(select(Mail).where(Mail.reply == tokens.digest(secret))).first()
    return _of(mail, secret) if mail else None


def _of(mail: Mail, secret: str) -> Bound:
    there = (Participation.conversation_id == mail.conversation_id) & (Participation.person_id == mail.person_id)
    query = (
        select(Account.state, Person.language, Participation.id.label("stay"), Brand)
        .select_from(Person)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(Participation, there & Participation.left_at.is_(None))
        .outerjoin(Conversation, Conversation.id == mail.conversation_id)
        .outerjoin(Brand, Brand.id == Conversation.brand_id)
        .where(Person.id == mail.person_id)
    )
    row = db.session.execute(query).first()
    if row is None:
        return Bound(secret, mail.id, None, None, frozenset(), "removed", "en", None)
    over = "disabled" if row.state != State.ACTIVE else "" if row.stay else "removed"
    emails = frozenset(db.session.scalars(select(Address.email).where(Address.person_id == mail.person_id)))
    brand = access.brand_chip(row.Brand) if row.Brand else None
    return Bound(secret, mail.id, mail.person_id, mail.conversation_id, emails, over, row.language, brand)
