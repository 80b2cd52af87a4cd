"""What a digest tells: of all discussions in which somebody has something new, the name and how much (SPEC E2)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row, func, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_models import BrandChip
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.models import Firm, Mail, Message, Notice, Participation, Person
from portal.models.mail import IN_DIGEST
from portal.queries import firm, letters

MOST = 50  # discussions that one digest names; the next one has the others


class Line(NamedTuple):
    """One discussion of a digest: what of it is told now, in numbers of its reader's face, and what it says."""

    stay_id: int
    conversation_id: int
    mailed: int
    until: int
    key: str
    title: str
    news: int
    author: str
    posted_at: datetime
    files: int = 0


class Digest(NamedTuple):
    """What it says, to whom; there may be one from `next_at` on, and `last_at` was the last."""

    person_id: int
    last_at: datetime | None
    next_at: datetime | None
    email: str
    language: str
    time_zone: str
    firm: str
    brand: BrandChip
    lines: tuple[Line, ...] = ()


def digest(person_id: int) -> Digest | None:
    """What a digest would tell somebody now; None where there is nobody to be told."""
    noticed = letters.stays().join(Notice, Notice.participation_id == Participation.id)
    rows = db.session.execute(noticed.where(Person.id == person_id).order_by(Notice.due_at).limit(MOST)).all()
    brand = firm.brand_for_host("")
    if not rows or brand is None:
        return None
    try:
        viewer = access.as_person(rows[0].Person.public_id)
    except SignedOut:
        return None
    head = _head(rows[0], brand)
    lines = (_line(viewer, row) for row in rows if not letters.told_so_far(row).reason and letters.wanted(viewer, row))
    return head._replace(lines=tuple(line for line in lines if line))


def left_since(mail: Mail) -> bool:
    """Whether its reader is out of a discussion that this digest names."""
    there = select(Participation.id).where(
        Participation.conversation_id == Mail.conversation_id,
        Participation.person_id == Mail.person_id,
        Participation.left_at.is_(None),
    )
    named = select(Mail.id).where(Mail.person_id == mail.person_id, Mail.reason == IN_DIGEST + mail.public_id)
    return db.session.scalar(named.where(~there.exists()).limit(1)) is not None


def _head(row: Row[*tuple[Any, ...]], brand: BrandChip) -> Digest:
    person, house = row.Person, row.Firm
    return Digest(
        person_id=person.id,
        last_at=person.digest_at,
        next_at=_next(person, house),
        email=row.email or "",
        language=person.language,
        time_zone=person.time_zone,
        firm=house.name,
        brand=brand,
    )


def _next(person: Person, house: Firm) -> datetime | None:
    return person.digest_at + timedelta(minutes=house.digest_gap) if person.digest_at else None


def _line(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> Line | None:
    """None where nothing new is theirs to read."""
    stay, conversation = row.Participation, row.Conversation
    news, asked = letters.new_messages(viewer, row)
    last = db.session.scalars(news.options(joinedload(Message.author)).limit(1), asked).first()
    if last is None:
        return None
    counted = news.with_only_columns(func.count(Message.id), func.coalesce(func.sum(Message.files), 0)).order_by(None)
    many, files = db.session.execute(counted, asked).one()
    author = firm.shower(viewer.face).author(last.author, conversation.brand).name
    told = (stay.id, conversation.id, stay.mailed, row.last)
    return Line(*told, conversation.public_id, conversation.title, many, author, last.created_at, files)
