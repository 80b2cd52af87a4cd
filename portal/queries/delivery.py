"""What became of a message for each who may read it: read, told by mail, or why not (SPEC E12, Z3). For staff."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, and_, case, func, or_, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Viewer
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import (
    Address,
    Face,
    Mail,
    MailKind,
    MailState,
    Message,
    MessageKind,
    Notice,
    Origin,
    Participation,
    Person,
    Reading,
    mentions,
)
from portal.models.mail import IN_DIGEST
from portal.queries import letters
from portal.queries.forecast import forecast

GOING = (MailState.QUEUED, MailState.SENT, MailState.BOUNCED, MailState.FAILED)
MAILED = {"sent", "digest_sent", "bounced", "failed"}  # parts that are told though it was read
ANSWERS = {Origin.MAIL: "answered_mail", Origin.LINK: "answered_link"}


@dataclass(frozen=True)
class Part:
    """One thing that happened, or will: a word for the template, when, and what was said of it."""

    word: str
    at: datetime | None = None
    words: str = ""


@dataclass(frozen=True)
class DeliveryLine:
    """What became of a message for one person."""

    name: str
    face: str
    parts: tuple[Part, ...]


def delivery(viewer: Viewer, key: str, message_key: str) -> tuple[DeliveryLine, ...]:
    """A line for everybody else who may read the message; clients first, each by name."""
    if not viewer.is_staff:
        raise NotFound
    conversation = access.conversation(viewer, key)
    message = access.message(viewer, conversation, message_key)
    if message.kind == MessageKind.EVENT:
        raise NotFound
    found = _readers(message)
    mails = _mails(message, [row.Person.id for row in found])
    return tuple(
        DeliveryLine(row.Person.name, row.Person.face, tuple(_parts(message, row, mails.get(row.Person.id, []))))
        for row in found
    )


def _readers(message: Message) -> list[Row[*tuple[Any, ...]]]:
    """One row of `letters.stays` for each, with when they read it and what they wrote next."""
    answer = aliased(Message)
    query = (
        letters.stays()
        .add_columns(_read_at(message), answer.created_at.label("answered_at"), answer.origin, Notice.due_at)
        .add_columns(_bounce(), mentions(Person.id).label("mentioned"))
        .join(Message, Message.id == message.id)
        .outerjoin(answer, answer.id == _next_own(message))
        .outerjoin(Notice, Notice.participation_id == Participation.id)
        .where(Participation.conversation_id == message.conversation_id, Person.id != message.author_id)
        .where(or_(*(_may_read(face) for face in Face)))
        .order_by(Person.face, Person.folded)
    )
    return list(db.session.execute(query).all())


def _may_read(face: str) -> Any:
    """As `access.recipients`: current participants of whom a stay, this one or an earlier, covers it."""
    return and_(Person.face == face, access.scopes.readable(face), access.scopes.covered(face, Person.id))


def _number(message: Message) -> Any:
    return case((Participation.face == Face.STAFF, message.seq), else_=message.public_seq or 0)


def _read_at(message: Message) -> Any:
    passed = Reading.participation_id == Participation.id, Reading.number >= _number(message)
    return select(Reading.at).where(*passed).order_by(Reading.number).limit(1).scalar_subquery().label("read_at")


def _next_own(message: Message) -> Any:
    """Who wrote after it has read it, by whichever way they came."""
    theirs = aliased(Message)
    later = theirs.conversation_id == message.conversation_id, theirs.position > message.position
    mine = theirs.author_id == Person.id, theirs.kind != MessageKind.EVENT
    return select(theirs.id).where(*later, *mine).order_by(theirs.position).limit(1).scalar_subquery()


def _bounce() -> Any:
    gone = Address.person_id == Person.id, Address.bounced_at.is_not(None)
    return select(Address.bounce).where(*gone).order_by(Address.id).limit(1).scalar_subquery().label("bounce")


def _mails(message: Message, people: Iterable[int]) -> dict[int, list[Row[*tuple[Any, ...]]]]:
    """The record's lines about the message, of each; those of mails that were sent first, then the newest."""
    digest = aliased(Mail)
    number = case((Person.face == Face.STAFF, message.seq), else_=message.public_seq or 0)
    query = (
        select(Mail.person_id, Mail.state, Mail.reason, Mail.email, Mail.sent_at, Mail.due_at, Mail.tries)
        .add_columns(Mail.link_used_at, digest.state.label("digest_state"), digest.sent_at.label("digest_sent_at"))
        .join(Person, Person.id == Mail.person_id)
        .outerjoin(digest, and_(digest.kind == MailKind.DIGEST, digest.public_id == _named_digest()))
        .where(Mail.conversation_id == message.conversation_id, Mail.person_id.in_(list(people)))
        .where(Mail.kind == MailKind.NOTICE, Mail.since < number, number <= Mail.until)
        .order_by(Mail.state.in_(GOING).desc(), Mail.id.desc())
    )
    grouped: dict[int, list[Row[*tuple[Any, ...]]]] = {}
    for row in db.session.execute(query):
        grouped.setdefault(row.person_id, []).append(row)
    return grouped


def _named_digest() -> Any:
    """The digest's id in a reason; asked for so, and not the other way round, it is found by its index."""
    return func.substr(Mail.reason, len(IN_DIGEST) + 1)


def _parts(message: Message, row: Row[*tuple[Any, ...]], mails: list[Row[*tuple[Any, ...]]]) -> Iterator[Part]:
    told = _told(mails[0]) if mails else None
    number = message.seq if row.Person.face == Face.STAFF else message.public_seq or 0
    # Who marked it as unread later has read it all the same.
    if row.Participation.read < number and row.read_at is None and row.answered_at is None:
        yield told or _coming(message, row, number)
        return
    mailed = told is not None and told.word in {"sent", "digest_sent"}
    if told and told.word in MAILED:
        yield told
    yield from _read(message, row, "read" if mailed else "read_only")


def _read(message: Message, row: Row[*tuple[Any, ...]], word: str) -> Iterator[Part]:
    """How it is known that they read it: their page said so, or they wrote after it, by whichever way."""
    by = ANSWERS.get(row.origin)
    if row.read_at is None and row.answered_at is None and message.created_at < row.Participation.joined_at:
        yield Part("joined")
    elif row.read_at is not None or by is None:
        yield Part(word, min((at for at in (row.read_at, row.answered_at) if at), default=None))
    if by is not None:
        yield Part(by, row.answered_at)


def _told(mail: Row[*tuple[Any, ...]]) -> Part | None:
    """What the record says; None where it only says that it was read."""
    if mail.reason.startswith(IN_DIGEST):
        return Part("digest_sent" if mail.digest_state == MailState.SENT else "digest", mail.digest_sent_at)
    if mail.state == MailState.NONE:
        return None if mail.reason == "read" else Part(mail.reason)
    if mail.state == MailState.QUEUED and mail.reason:
        return Part("put_off", mail.due_at, mail.reason)
    if mail.state == MailState.SENT:
        return Part("sent", mail.sent_at, mail.email)
    return Part(mail.state, None, mail.reason or mail.email)


def _coming(message: Message, row: Row[*tuple[Any, ...]], number: int) -> Part:
    """What will be, of somebody whom nothing has told yet."""
    if message.created_at < row.Participation.joined_at:
        return Part("joined")
    if row.Participation.mailed >= number:
        return Part("none")  # said before mails were
    expected = forecast(row, message.created_at, mentioned=row.mentioned)
    if expected.how == "bounced":
        return Part("address", None, row.bounce or "")
    if expected.how in {"mail", "later"}:
        return Part("waiting", row.due_at) if row.due_at else Part("waiting", expected.at)
    return Part(expected.how)
