"""What a notice tells one person: messages new to them, as their scopes let them read; or why there is none."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, or_, select, true
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_models import BrandChip, MessageView
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.models import (
    LAST_NUMBER,
    Account,
    Address,
    Conversation,
    Face,
    Firm,
    Mails,
    Message,
    MessageKind,
    Notify,
    Participation,
    Person,
    State,
    mentions,
)
from portal.queries import files, said
from portal.queries.firm import shower
from portal.queries.forecast import why_none

MOST = 50  # messages that one mail tells; the page has the rest
EARLIER = 5  # messages folded below them
WRITTEN = (MessageKind.TEXT, MessageKind.NOTE)


class Telling(NamedTuple):
    """Whom a notice is for and how far it tells, in numbers of their face; `reason` is why there is none.

    `digest` is whether they want one mail about all of their discussions instead.
    """

    stay_id: int
    person_id: int
    conversation_id: int
    mailed: int
    until: int
    reason: str = ""
    letter: "Letter | None" = None
    digest: bool = False


class Letter(NamedTuple):
    """What it says, to whom and how."""

    email: str
    person_key: str
    language: str
    time_zone: str
    face: str
    key: str
    title: str
    brand: BrandChip
    messages: tuple[MessageView, ...]
    earlier: tuple[MessageView, ...]
    link_days: int
    mentioned: bool = False


def telling(stay_id: int) -> Telling | None:
    """What a notice about this stay tells now; None when the stay is over."""
    row = db.session.execute(stays().where(Participation.id == stay_id)).first()
    if row is None:
        return None
    told = told_so_far(row)
    if told.reason:
        return told
    try:
        viewer = access.as_person(row.Person.public_id)
    except SignedOut:
        return told._replace(reason="disabled")
    if not wanted(viewer, row):
        return told._replace(reason="mentions_only")
    if row.Person.mails == Mails.DIGEST:
        return told._replace(digest=True)
    letter = _letter(viewer, row)
    return told._replace(letter=letter) if letter.messages else told._replace(reason="nothing_new")


def stays() -> Select[*tuple[Any, ...]]:
    """Current stays, with what decides whether their persons are told by mail, and where."""
    works = select(Address.email).where(Address.person_id == Person.id, Address.bounced_at.is_(None))
    # A client's that they were never mailed at may be anybody's: staff took it from a mail.
    works = works.where(or_(Address.verified_at.is_not(None), Person.face == Face.STAFF))
    return (
        select(Participation, Person, Conversation, Account.state, Firm, LAST_NUMBER.label("last"))
        .add_columns(works.order_by(Address.id).limit(1).scalar_subquery().label("email"))
        .join(Person, Person.id == Participation.person_id)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Account, Account.person_id == Person.id)
        .join(Firm, true())
        .where(Participation.left_at.is_(None))
        .options(joinedload(Conversation.brand))
    )


def told_so_far(row: Row[*tuple[Any, ...]]) -> Telling:
    """Of a row of `stays`: how far its person was told, and why they are told no more, if so."""
    stay = row.Participation
    return Telling(stay.id, stay.person_id, stay.conversation_id, stay.mailed, row.last, reason=_reason(row))


def wanted(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether the viewer wants mails of what is new there: where of mentions alone, there has to be one (E10)."""
    return row.Participation.notify != Notify.MENTIONS or _mentioned(viewer, row)


def _mentioned(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> bool:
    """Whether anything new there mentions the viewer."""
    news, asked = new_messages(viewer, row)
    query = news.where(mentions(viewer.person_id)).with_only_columns(Message.id).order_by(None).limit(1)
    return db.session.scalar(query, asked) is not None


def new_messages(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> tuple[Select[Message], dict[str, int]]:
    """What others wrote that the viewer has neither read nor been told by mail, as far as the viewer may read it."""
    after = max(row.Participation.read, row.Participation.mailed)
    asked = {"conversation": row.Conversation.id, "after": after, "until": row.last}
    return _new(viewer.face, viewer.role), viewer.asked | asked


@cache
def _new(face: str, role: str) -> Select[Message]:
    number = Message.seq if face == Face.STAFF else Message.public_seq
    news = _read(face, role).where(number > bindparam("after"), number <= bindparam("until"))
    return news.where(Message.author_id != bindparam("me"))


def _reason(row: Row[*tuple[Any, ...]]) -> str:
    """Why there is no mail, in one word for the delivery record (SPEC Z3)."""
    active = row.state == State.ACTIVE
    return "read" if active and row.Participation.read >= row.last else why_none(row, mentioned=True)


def _letter(viewer: Viewer, row: Row[*tuple[Any, ...]]) -> Letter:
    conversation, person = row.Conversation, row.Person
    news, asked = new_messages(viewer, row)
    found = _shown(viewer, conversation, news.limit(MOST), asked)
    return Letter(
        email=row.email,
        person_key=person.public_id,
        language=person.language,
        time_zone=person.time_zone,
        face=person.face,
        key=conversation.public_id,
        title=conversation.title,
        brand=access.brand_chip(conversation.brand),
        messages=found,
        earlier=_earlier(viewer, conversation, found),
        link_days=row.Firm.link_days,
        mentioned=_mentioned(viewer, row),
    )


def _earlier(viewer: Viewer, conversation: Conversation, found: tuple[MessageView, ...]) -> tuple[MessageView, ...]:
    if not found:
        return ()
    asked = viewer.asked | {"conversation": conversation.id, "before": found[0].position}
    return _shown(viewer, conversation, _before(viewer.face, viewer.role), asked)


@cache
def _before(face: str, role: str) -> Select[Message]:
    return _read(face, role).where(access.scopes.place(face) < bindparam("before")).limit(EARLIER)


def _read(face: str, role: str) -> Select[Message]:
    """What the person `me` may read in the `conversation`, the newest first."""
    return (
        access.scopes.messages(access.anybody(face, role))
        .where(Message.conversation_id == bindparam("conversation"), Message.deleted_at.is_(None))
        .where(Message.kind.in_(WRITTEN))
        .order_by(access.scopes.place(face).desc())
    )


def _shown(
    viewer: Viewer, conversation: Conversation, query: Select[Message], asked: dict[str, int]
) -> tuple[MessageView, ...]:
    show = shower(viewer.face)
    found = db.session.scalars(query.options(joinedload(Message.author)), asked).all()[::-1]
    came = files.of(found)
    points = said.of(found)
    return tuple(
        show.message(one, conversation, came.get(one.id, ()), said=points.get(one.id, access.NOTHING)) for one in found
    )
