"""What comes of linking a discussion to a space, and who reads an announcement: asked before it is done (SPEC D7)."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.access.people_models import AwaitedView
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.kernel.text import initials
from portal.models import (
    Account,
    Address,
    AutomaticMembership,
    Awaited,
    Conversation,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
    Space,
    SpaceMember,
    State,
)


@dataclass(frozen=True)
class Door:
    """A discussion's space and what it brings: `marked` is the history that its clients get who join by themselves.

    `names` are the clients, within the viewer's reach, who would join now; `others` whether there are more.
    """

    space: str
    spaces: tuple[tuple[str, str], ...]
    shared: bool
    announcement: bool
    marked: str
    names: tuple[str, ...]
    others: bool
    messages: int
    since: datetime | None


@dataclass(frozen=True)
class Readers:
    """A space, and its active clients who do not read an announcement yet, each (id, name)."""

    space: str
    people: tuple[tuple[str, str], ...]


def door(viewer: Viewer, key: str) -> Door:
    """What the dialog of a discussion's space shows, for its owner."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.LINK_SPACE, standing)
    conversation = standing.conversation
    own = access.scopes.spaces(viewer).where(Space.brand_id == conversation.brand_id).order_by(Space.name)
    found = db.session.scalars(own).all()
    mark = db.session.get(AutomaticMembership, conversation.id)
    known, every = _joining(viewer, conversation)
    texts = (Message.conversation_id == conversation.id, Message.kind == MessageKind.TEXT)
    count, since = db.session.execute(select(func.count(), func.min(Message.created_at)).where(*texts)).one()
    return Door(
        space=next((one.public_id for one in found if one.id == conversation.space_id), ""),
        spaces=tuple((one.public_id, one.name) for one in found),
        shared=conversation.is_shared,
        announcement=conversation.is_announcement,
        marked=mark.history if mark else "",
        names=known,
        others=len(known) < every,
        messages=count,
        since=since,
    )


def awaited(conversation: Conversation) -> tuple[AwaitedView, ...]:
    """Who is in it as soon as they are active; for staff who are in it."""
    email = select(Address.email).where(Address.person_id == Person.id).order_by(Address.id).limit(1)
    query = select(Person, email.scalar_subquery()).join(Awaited, Awaited.person_id == Person.id)
    query = query.where(Awaited.conversation_id == conversation.id).order_by(Person.folded)
    return tuple(
        AwaitedView(one.public_id, one.name, initials(one.name), access.hue(one.public_id), address or "")
        for one, address in db.session.execute(query)
    )


def readers(viewer: Viewer, key: str) -> tuple[Readers, ...]:
    """Whom the viewer can add to an announcement, by space; who is in several stands in the first."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.ADD, standing)
    conversation = standing.conversation
    if not conversation.is_announcement:
        raise NotFound
    here = select(Participation.person_id).where(
        Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    )
    room, member = aliased(Space), aliased(SpaceMember)  # the scopes ask for both, too
    query = (
        access.scopes.people(viewer)
        .join(member, member.person_id == Person.id)
        .join(room, room.id == member.space_id)
        .where(room.brand_id == conversation.brand_id, Person.face == Face.CLIENT, Account.state == State.ACTIVE)
        .where(Person.id.not_in(here), room.id.in_(access.scopes.spaces(viewer).with_only_columns(Space.id)))
        .with_only_columns(room.id, room.name, Person.public_id, Person.name)
        .order_by(room.name, room.id, Person.folded)
    )
    seen: set[str] = set()
    spaces: dict[int, tuple[str, list[tuple[str, str]]]] = {}
    for space_id, space, person, name in db.session.execute(query):
        if person not in seen:
            spaces.setdefault(space_id, (space, []))[1].append((person, name))
            seen.add(person)
    return tuple(Readers(space, tuple(people)) for space, people in spaces.values())


def _joining(viewer: Viewer, conversation: Conversation) -> tuple[tuple[str, ...], int]:
    """Who of its space would join now: names of those whom the viewer may know, and how many there are."""
    ever = select(Participation.person_id).where(Participation.conversation_id == conversation.id)
    query = (
        select(Person.id, Person.name)
        .join(SpaceMember, SpaceMember.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(SpaceMember.space_id == conversation.space_id, Person.face == Face.CLIENT)
        .where(Account.state == State.ACTIVE, Person.id.not_in(ever))
        .order_by(Person.folded)
    )
    found = db.session.execute(query).all()
    known = access.scopes.people(viewer).where(Person.id.in_([row.id for row in found])).with_only_columns(Person.id)
    ids = set(db.session.scalars(known))
    return tuple(row.name for row in found if row.id in ids), len(found)
