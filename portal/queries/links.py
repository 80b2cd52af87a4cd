"""What links in mails show: the messages of their mail, their discussion; and whose links and devices there are."""

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Held, Viewer
from portal.access.read_models import BrandChip, MessageView
from portal.extensions import db, secret_key
from portal.kernel import tokens
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.models import (
    Account,
    Address,
    Brand,
    Challenge,
    Conversation,
    LinkDevice,
    Mail,
    Message,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)
from portal.models.mail import UNSUBSCRIBED_WITHIN
from portal.queries import files, said
from portal.queries.firm import shower

MOST = 50  # messages of one mail, as the mail has them; links of somebody that are listed


class Place(NamedTuple):
    """The discussion of a link."""

    title: str
    brand: BrandChip
    archived: bool
    announcement: bool = False  # answered privately


class LinkView(NamedTuple):
    """A mail's link that stands."""

    id: str
    title: str
    sent_at: datetime
    used_at: datetime | None
    ends_at: datetime


class LinkDeviceView(NamedTuple):
    """A browser that may use somebody's links."""

    id: str
    label: str
    created_at: datetime
    seen_at: datetime


class Subscription(NamedTuple):
    """The mails that an unsubscribe link is about: `kind`, in whose language, under which brand."""

    kind: str
    language: str
    sender: str
    brand: BrandChip | None


class Asked(NamedTuple):
    """Somebody who asked to sign in by mail."""

    challenge_id: int
    email: str


class Reader(NamedTuple):
    """Whom a mail for signing in goes to."""

    person_id: int
    language: str
    brand: BrandChip | None


def place(viewer: Viewer, key: str) -> Place:
    """The discussion `key` of a viewer whose link leads there."""
    conversation = access.conversation(viewer, key).conversation
    archived, announced = conversation.archived_at is not None, conversation.is_announcement
    return Place(conversation.title, access.brand_chip(conversation.brand), archived, announced)


def told(held: Held) -> tuple[MessageView, ...]:
    """What the mail of a link told, as it reads now, and nothing else: for a device that is not known."""
    viewer = held.viewer
    conversation = access.conversation(viewer, held.discussion).conversation
    number = Message.seq if viewer.is_staff else Message.public_seq
    query = (
        access.scopes.messages(viewer)
        .where(Message.conversation_id == conversation.id, Message.author_id != viewer.person_id)
        .where(number > held.since, number <= held.until)
        .order_by(number.desc())
        .limit(MOST)
        .options(joinedload(Message.author))
    )
    found = db.session.scalars(query).all()[::-1]
    show, came = shower(viewer.face), files.of(found)
    points = said.of(found)
    return tuple(
        show.message(one, conversation, came.get(one.id, ()), said=points.get(one.id, access.NOTHING)) for one in found
    )


def of_person(viewer: Viewer, key: str) -> tuple[LinkView, ...]:
    """The links that were mailed to a client and stand, the newest first, for staff who know them.

    Those of the viewer's own discussions alone: that there are others, with mails, is nobody else's to know (SPEC D3).
    """
    person, account = access.person(viewer, key)
    if account.role != Role.CLIENT:
        return ()
    mine = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    query = (
        select(Mail.public_id, Conversation.title, Mail.created_at, Mail.link_used_at, Mail.link_ends_at)
        .join(Conversation, and_(Conversation.id == Mail.conversation_id, Conversation.id.in_(mine)))
        .where(*_standing(person.id))
        .order_by(Mail.id.desc())
        .limit(MOST)
    )
    found = db.session.execute(query)
    return tuple(LinkView(row[0], row[1], row[2], row[3], row[4] or now()) for row in found)


def count(viewer: Viewer) -> int:
    """How many of the viewer's own links stand."""
    return db.session.scalar(select(func.count()).select_from(Mail).where(*_standing(viewer.person_id))) or 0


def devices(viewer: Viewer) -> tuple[LinkDeviceView, ...]:
    """The browsers that may use the viewer's own links, last used first."""
    query = select(LinkDevice).where(LinkDevice.person_id == viewer.person_id, LinkDevice.revoked_at.is_(None))
    found = db.session.scalars(query.order_by(LinkDevice.seen_at.desc(), LinkDevice.id.desc()))
    return tuple(LinkDeviceView(one.public_id, one.label, one.created_at, one.seen_at) for one in found)


def has_password(viewer: Viewer) -> bool:
    """Whether the viewer can sign in by a password."""
    query = select(Account.person_id).where(Account.person_id == viewer.person_id, Account.password_hash.is_not(None))
    return db.session.scalar(query) is not None


def subscription(token: str) -> Subscription:
    """What an unsubscribe link is about, whether its reader is still there or not. Raises `NotFound`."""
    of_all = and_(Mail.conversation_id.is_(None), Brand.name == Mail.sender)  # of a brand's discussions together
    query = (
        select(Mail, Person.language, Brand)
        .join(Person, Person.id == Mail.person_id)
        .outerjoin(Conversation, Conversation.id == Mail.conversation_id)
        .outerjoin(Brand, or_(Brand.id == Conversation.brand_id, of_all))
        .where(Mail.public_id == tokens.unseal(secret_key(), "unsubscribe", token))
        .where(Mail.created_at > now() - UNSUBSCRIBED_WITHIN)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    brand = access.brand_chip(row.Brand) if row.Brand else None
    return Subscription(row.Mail.kind, row.language, row.Mail.sender, brand)


def asked() -> list[Asked]:
    """Who asked to sign in by mail and has no answer yet."""
    return [Asked(*row) for row in db.session.execute(answerable(), {"most": MOST})]


@cache
def answerable() -> Select[int, str]:
    """What `asked` asks."""
    query = select(Challenge.id, Challenge.email).where(Challenge.due)
    return query.order_by(Challenge.id).limit(bindparam("most"))


def forgettable() -> bool:
    """Whether there is an address that is nobody's and was asked for so long ago that nothing comes of it."""
    over = and_(Challenge.person_id.is_(None), ~Challenge.due, Challenge.ends_at < now())
    return db.session.scalar(select(Challenge.id).where(over).limit(1)) is not None


def reader(email: str) -> Reader | None:
    """The client who may sign in by mail at that address; None for everybody else's, and where mails come back."""
    query = (
        select(Person)
        .join(Address, Address.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Address.email == email, Address.bounced_at.is_(None), Address.verified_at.is_not(None))
        .where(Account.state == State.ACTIVE, Account.role == Role.CLIENT, Person.face == "client")
    )
    person = db.session.scalars(query).first()
    return Reader(person.id, person.language, _brand(_of_spaces(person.id))) if person else None


def brand_of(viewer: Viewer) -> BrandChip | None:
    """The brand of a link's discussion."""
    query = select(Brand).join(Conversation, Conversation.brand_id == Brand.id)
    return _brand(query.where(Conversation.id == viewer.limit))


def _standing(person_id: int) -> Iterable[Any]:
    return Mail.person_id == person_id, Mail.link_ends_at > now()


def _of_spaces(person_id: int) -> Select[Brand]:
    """The brand of somebody's first space, else the default one."""
    of = select(SpaceMember.space_id).where(SpaceMember.person_id == person_id)
    theirs = select(Space.brand_id).where(Space.id.in_(of))
    return (
        select(Brand).where(or_(Brand.id.in_(theirs), Brand.is_default)).order_by(Brand.id.in_(theirs).desc(), Brand.id)
    )


def _brand(query: Select[Brand]) -> BrandChip | None:
    found = db.session.scalars(query.limit(1)).first()
    return access.brand_chip(found) if found else None
