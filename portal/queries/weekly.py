"""What the weekly mail tells a client: in which discussions of a brand we wait for them (SPEC Z4)."""

from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, ScalarSelect, exists, func, select, true
from sqlalchemy.orm import aliased, joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_models import BrandChip
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.models import (
    Address,
    Brand,
    Conversation,
    Face,
    Firm,
    Mails,
    Message,
    Notify,
    Participation,
    Person,
    Turn,
    Weekly,
)
from portal.queries import filters, needs, said
from portal.queries.firm import shower

MOST = 30  # discussions that one mail names; the page has the others


class When(NamedTuple):
    """The firm's weekday (Monday is 0) and hour."""

    day: int
    hour: int


class Due(NamedTuple):
    """A client of a brand who is to be looked at, in their zone."""

    person_id: int
    brand_id: int
    time_zone: str
    due_at: datetime
    told_for: datetime | None = None


class Line(NamedTuple):
    """A discussion that waits for them since then; its link shows what was said after `since` up to `until`."""

    conversation_id: int
    title: str
    waits_since: datetime
    said: str
    since: int
    until: int


class Needs(NamedTuple):
    """What it says, to whom."""

    person_id: int
    email: str
    language: str
    time_zone: str
    brand: BrandChip
    link_days: int
    lines: tuple[Line, ...]


def when() -> When | None:
    """When it is sent; None where the firm wants none."""
    row = db.session.execute(select(Firm.weekly_day, Firm.weekly_hour)).first()
    return When(row[0], row[1]) if row and row[0] is not None else None


def fresh(most: int) -> list[tuple[int, int, str]]:
    """(person, brand, zone) of clients of whom something is expected and who were never looked at."""
    query = (
        select(Participation.person_id, Conversation.brand_id, Person.time_zone)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Person, Person.id == Participation.person_id)
        .where(filters.waits(Turn.CLIENT), Participation.face == Face.CLIENT, Participation.left_at.is_(None))
        .where(~exists().where(Weekly.person_id == Person.id, Weekly.brand_id == Conversation.brand_id))
        .distinct()
        .limit(most)
    )
    return [(row[0], row[1], row[2]) for row in db.session.execute(query)]


def due(at: datetime, most: int) -> list[Due]:
    """Those whose moment has come, the oldest first."""
    query = select(Weekly.person_id, Weekly.brand_id, Person.time_zone, Weekly.due_at, Weekly.told_for)
    query = query.join(Person, Person.id == Weekly.person_id).where(Weekly.due_at <= at)
    return [Due(*row) for row in db.session.execute(query.order_by(Weekly.due_at).limit(most))]


def told_in(mail_key: str) -> Needs | None:
    """What the queued mail says now; None where there is nothing to say any more."""
    row = db.session.execute(select(Weekly.person_id, Weekly.brand_id).where(Weekly.mail_key == mail_key)).first()
    return found(row[0], row[1]) if row else None


def found(person_id: int, brand_id: int) -> Needs | None:
    """What we need of a client of a brand, as they may read it; None where that is nothing, or they want no mail."""
    works = select(Address.email).where(Address.person_id == Person.id, Address.bounced_at.is_(None))
    email = works.where(Address.verified_at.is_not(None)).order_by(Address.id).limit(1).scalar_subquery()
    query = (
        select(Person, Brand, Firm.link_days, email.label("email"))
        .select_from(Person)
        .join(Brand, Brand.id == brand_id)
        .join(Firm, true())
        .where(Person.id == person_id, Person.weekly, Person.mails != Mails.NONE)
    )
    row = db.session.execute(query).first()
    if row is None or row.email is None:
        return None
    try:
        viewer = access.as_person(row.Person.public_id)
    except SignedOut:
        return None
    lines = _lines(viewer, brand_id)
    about = (person_id, row.email, row.Person.language, row.Person.time_zone, access.brand_chip(row.Brand))
    return Needs(*about, row.link_days, lines) if lines else None


def _lines(viewer: Viewer, brand_id: int) -> tuple[Line, ...]:
    query = (
        needs.asked(viewer)
        .where(Conversation.brand_id == brand_id, Participation.notify == Notify.ALL)
        .with_only_columns(Conversation, Message, needs.since().label("since"), _first_number().label("first"))
        .options(joinedload(Conversation.brand), joinedload(Message.author))
        .order_by(needs.since(), Conversation.id)
        .limit(MOST)
    )
    found = db.session.execute(query).all()
    points, show = said.of([row.Message for row in found]), shower(viewer.face)
    return tuple(_line(show, row, points.get(row.Message.id, access.NOTHING)) for row in found)


def _line(show: access.Shower, row: Row[*tuple[Any, ...]], points: access.Said) -> Line:
    last = show.last(row.Message, row.Conversation, points)
    # Of what was said, our own words alone: another client's are theirs to repeat.
    words = last.text if last and row.Message.author.face == Face.STAFF else ""
    number = row.Conversation.public_seq
    # Where staff said by hand that we wait, after words of a client, its link shows none either, to whomever it gets.
    first = row.first or number + 1
    return Line(row.Conversation.id, row.Conversation.title, row.since, words, first - 1, number)


def _first_number() -> ScalarSelect[int]:
    """The number of the first text since we wait."""
    asking = aliased(Message)
    query = select(func.min(asking.public_seq)).where(
        asking.conversation_id == Conversation.id, asking.created_at >= Conversation.turn_since
    )
    return query.correlate(Conversation).scalar_subquery()
