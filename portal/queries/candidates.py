"""Whom an owner can add to a discussion, and what the new participant will see."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, func, or_, select

from portal import access
from portal.access import Act, Standing, Viewer
from portal.access.people_models import PersonView
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.kernel.text import clean, fold
from portal.models import (
    Account,
    Address,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
    State,
)

FOUND = 20


@dataclass(frozen=True)
class Preview:
    """What somebody will see when they are added (SPEC D7)."""

    person: PersonView
    title: str
    messages: int
    since: datetime | None
    was_here: bool
    missed: int
    other_clients: tuple[str, ...]
    may_invite: bool
    announced: bool = False  # to a client who will only read


def candidates(viewer: Viewer, key: str, search: str) -> tuple[PersonView, ...]:
    """People of the brand within the viewer's reach who are not in the discussion, by name or address."""
    standing = _standing(viewer, key)
    query = _matching(access.scopes.staff_of_brand(standing.conversation.brand_id), standing, search)
    found = db.session.execute(query).all()
    if standing.conversation.is_shared:
        known = access.scopes.people(viewer).with_only_columns(Person.id)
        clients = access.scopes.clients_of_brand(standing.conversation.brand_id).where(Person.id.in_(known))
        found = [*db.session.execute(_matching(clients, standing, search)).all(), *found]
    return tuple(access.person_view(person, account, email) for person, account, email in found)


def preview(viewer: Viewer, key: str, person_key: str) -> Preview:
    """What the person would see, and which clients are in already."""
    standing = _standing(viewer, key)
    conversation = standing.conversation
    person, account = access.person(viewer, person_key)
    if person.face == Face.CLIENT and not conversation.is_shared:
        raise NotFound
    history = _history(standing, person)
    was_here, missed = _stays(standing, person)
    email = db.session.scalar(_email(person.id))
    return Preview(
        person=access.person_view(person, account, email or ""),
        title=conversation.title,
        messages=history[0],
        since=history[1],
        was_here=was_here,
        missed=missed,
        other_clients=_other_clients(standing, person) if person.face == Face.CLIENT else (),
        announced=conversation.is_announcement and person.face == Face.CLIENT,
        may_invite=person.face == Face.CLIENT and access.can(viewer, Act.INVITE_CLIENT),
    )


def may_invite(viewer: Viewer, key: str) -> bool:
    """Whether the viewer may invite a new client into the discussion, to join as soon as they are active (SPEC D2)."""
    return _standing(viewer, key).conversation.is_shared and access.can(viewer, Act.INVITE_CLIENT)


def _standing(viewer: Viewer, key: str) -> Standing:
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.ADD, standing)
    return standing


def _matching(query: Select[Person, Account], standing: Standing, search: str) -> Select[Person, Account, str]:
    present = select(Participation.person_id).where(
        Participation.conversation_id == standing.conversation.id,
        Participation.left_at.is_(None),
    )
    email = _email(Person.id).scalar_subquery()
    query = query.where(Person.id.not_in(present), Account.state != State.DISABLED)
    for word in fold(clean(search)).split()[:5]:
        has_address = select(Address.id).where(
            Address.person_id == Person.id,
            Address.email.contains(word, autoescape=True),
        )
        query = query.where(or_(Person.folded.contains(word, autoescape=True), has_address.exists()))
    return query.add_columns(func.coalesce(email, "")).order_by(Person.folded).limit(FOUND)


def _email(person_id: object) -> Select[str]:
    return select(Address.email).where(Address.person_id == person_id).order_by(Address.id).limit(1)


def _history(standing: Standing, person: Person) -> tuple[int, datetime | None]:
    """(number, time of the first) of the messages that there are for the person's face."""
    query = select(func.count(), func.min(Message.created_at)).where(
        Message.conversation_id == standing.conversation.id,
        Message.kind != MessageKind.EVENT,
    )
    if person.face == Face.CLIENT:
        query = query.where(Message.kind == MessageKind.TEXT)
    count, first = db.session.execute(query).one()
    return count, first


def _stays(standing: Standing, person: Person) -> tuple[bool, int]:
    """Whether the person was here before, and how many messages they missed then and since."""
    stays = select(func.count()).where(
        Participation.conversation_id == standing.conversation.id,
        Participation.person_id == person.id,
    )
    if not db.session.scalar(stays):
        return False, 0
    missed = select(func.count()).where(
        Message.conversation_id == standing.conversation.id,
        Message.kind == MessageKind.TEXT if person.face == Face.CLIENT else Message.kind != MessageKind.EVENT,
        ~access.scopes.covered(person.face, person.id),
    )
    return True, db.session.scalar(missed) or 0


def _other_clients(standing: Standing, person: Person) -> tuple[str, ...]:
    if standing.conversation.is_announcement:
        return ()  # they never meet
    query = (
        select(Person.name)
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.conversation_id == standing.conversation.id,
            Participation.face == Face.CLIENT,
            Participation.left_at.is_(None),
            Person.id != person.id,
        )
    )
    return tuple(db.session.scalars(query))
