"""Who has read up to where, for staff; and whether staff have read what a client wrote, for that client (SPEC M8).

Both come from `Reading` rows alone: a read mark that joining, or writing, moved is no reading.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import Integer, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from portal.access import Standing, Viewer
from portal.access.marks import SeenBy
from portal.access.show import hue
from portal.extensions import db
from portal.kernel import text
from portal.models import Conversation, Face, Message, MessageKind, Participation, Person, Reading

RECENT = 500  # texts, back from the newest: further up nobody looks for it


def by(viewer: Viewer, standing: Standing) -> tuple[SeenBy, ...]:
    """For staff, the marks of everybody else in it who has read anything there, clients first; none for clients."""
    if not viewer.is_staff:
        return ()
    found = db.session.execute(_marks(), {"conversation": standing.conversation.id, "me": viewer.person_id})
    return tuple(map(_seen_by, found))


def of_reading(reading_id: int) -> SeenBy:
    """What a reading that was just made moved, for staff."""
    return _seen_by(db.session.execute(_marks(one=True), {"reading": reading_id}).one())


def own(viewer: Viewer, standing: Standing) -> int:
    """The number of a client's own last message that staff have read, 0 where there is none; 0 for staff."""
    if viewer.is_staff:
        return 0
    asked = {"conversation": standing.conversation.id, "people": [viewer.person_id], "before": None}
    return next((number for _, number in db.session.execute(_answered(), asked)), 0)


def clients_told(conversation_id: int, reading_id: int, people: Collection[int]) -> list[tuple[int, int]]:
    """(person, number of their own last message that staff have read) of those for whom this reading changed it.

    A reading of staff after the first one of a message changes nothing: nobody can count colleagues by it.
    """
    asked = {"conversation": conversation_id, "people": list(people)}
    known, now = (
        [(person, number) for person, number in db.session.execute(_answered(), asked | {"before": before})]
        for before in (reading_id, reading_id + 1)
    )
    return [told for told in now if told not in known]


@cache
def _marks(*, one: bool = False) -> Select[*tuple[Any, ...]]:
    """Each stay's furthest reading, in numbers of staff: a client's is that of the text which they read up to."""
    said, other = aliased(Message), aliased(Reading)
    furthest = select(func.max(other.number)).where(other.participation_id == Participation.id)
    query = (
        select(Person.public_id, Person.name, Reading.at)
        .add_columns(func.coalesce(said.seq, Reading.number).label("number"))
        .select_from(Reading)
        .join(Participation, Participation.id == Reading.participation_id)
        .join(Person, Person.id == Participation.person_id)
        .outerjoin(
            said,
            and_(
                Participation.face == Face.CLIENT,
                said.conversation_id == Participation.conversation_id,
                said.public_seq == Reading.number,
            ),
        )
    )
    if one:
        return query.where(Reading.id == bindparam("reading"))
    here = Participation.conversation_id == bindparam("conversation"), Participation.left_at.is_(None)
    query = query.where(*here, Participation.person_id != bindparam("me"))
    return query.where(Reading.number == furthest.scalar_subquery()).order_by(Person.face, Person.folded)


@cache
def _answered() -> Select[int, int]:
    """(person, number) of the last text of each of `people` in the `conversation` that staff have read.

    By readings before the one with the id `before`, where it is given. A reader who left has read, too.
    """
    own = _last_own().correlate(Participation).scalar_subquery()
    query = select(Participation.person_id, own).where(
        Participation.conversation_id == bindparam("conversation"),
        Participation.left_at.is_(None),
        Participation.face == Face.CLIENT,
        Participation.person_id.in_(bindparam("people", expanding=True)),
    )
    return query.where(own.is_not(None))


def _last_own() -> Select[int | None]:
    """The number of a person's last text, of recent ones, up to where staff have read."""
    newest = select(Conversation.public_seq).where(Conversation.id == bindparam("conversation")).scalar_subquery()
    own = select(Message.public_seq).where(
        Message.conversation_id == bindparam("conversation"),
        Message.author_id == Participation.person_id,
        Message.kind == MessageKind.TEXT,
        Message.deleted_at.is_(None),
        Message.seq <= _read_by_staff().scalar_subquery(),
        Message.public_seq > newest - RECENT,
        Message.public_seq > Participation.since,
    )
    return own.order_by(Message.public_seq.desc()).limit(1)


def _read_by_staff() -> Select[int]:
    """The furthest number that any of staff has read, who are or were in it."""
    stay, before = aliased(Participation), bindparam("before", type_=Integer)
    furthest = (
        select(func.max(Reading.number))
        .where(Reading.participation_id == stay.id, or_(before.is_(None), Reading.id < before))
        .correlate(stay)
        .scalar_subquery()
    )
    return select(func.max(furthest)).where(stay.conversation_id == bindparam("conversation"), stay.face == Face.STAFF)


def _seen_by(row: Row[*tuple[Any, ...]]) -> SeenBy:
    return SeenBy(
        key=row.public_id,
        name=row.name,
        initials=text.initials(row.name),
        hue=hue(row.public_id),
        number=row.number,
        at=row.at,
    )
