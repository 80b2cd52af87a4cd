"""Spaces: made, named, who is in them, and which discussions belong to them (SPEC D13)."""

from sqlalchemy import delete, func, select

from portal import access
from portal.access import Act, Viewer
from portal.actions import automatic, joining
from portal.actions.facts import record, record_line
from portal.actions.people import checked_name
from portal.actions.unit import unit, unless_taken
from portal.extensions import db
from portal.kernel import text
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.models import Account, Conversation, Face, Fact, Person, Space, SpaceMember, State


def create(viewer: Viewer, *, name: str, brand_key: str) -> str:
    """Make a space in a brand of one's own; gives its public id. Who makes it looks after it."""
    name = checked_name(name)
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_SPACES)
        space = Space(brand_id=access.brand(viewer, brand_key).id, name=name)
        db.session.add(space)
        db.session.flush()
        db.session.add(SpaceMember(space_id=space.id, person_id=viewer.person_id))
        return space.public_id


def rename(viewer: Viewer, key: str, *, name: str) -> None:
    """Give a space another name; its clients read it where they have several.

    A line says so in each current discussion of the space: who works there knew it by the other name.
    """
    name = checked_name(name)
    with unit(viewer) as viewer:
        place = _managed(viewer, key).id
        current = select(Conversation).where(Conversation.space_id == place, Conversation.archived_at.is_(None))
        mine = joining.take_turns([place], db.session.scalars(current.with_only_columns(Conversation.id)))
        viewer = access.confirm(viewer, hold=True)
        space = _managed(viewer, key)
        if space.name == name:
            return
        space.name = name
        for conversation in db.session.scalars(current.where(Conversation.id.in_(mine)).with_for_update()):
            record_line(viewer, Fact.SPACE_RENAMED, conversation, title=name)


def welcome(viewer: Viewer, key: str, *, welcomes: bool, words: str) -> None:
    """Whether who joins the space's discussions by themselves gets a mail, and in which words; empty for ours."""
    words = text.clean(words)
    if len(words) > text.MESSAGE_LIMIT:
        raise Invalid("message_too_long", limit=text.MESSAGE_LIMIT, length=len(words))
    with unit(viewer) as viewer:
        space = _managed(viewer, key)
        space.welcomes, space.welcome = welcomes, words


def add(viewer: Viewer, key: str, person_key: str) -> None:
    """Put a client into a space, who joins what is marked for it; or have a colleague of its brand look after it."""
    with unless_taken("in_space_already"), unit(viewer) as viewer:
        mine = joining.take_turns([_managed(viewer, key).id])
        viewer = access.confirm(viewer, hold=True)
        space, (person, account) = _managed(viewer, key), access.person(viewer, person_key)
        if person.face == Face.STAFF and not _works_for(space, person):
            raise NotFound
        if db.session.get(SpaceMember, (space.id, person.id)) is not None:
            raise Conflict("in_space_already", name=person.name)
        db.session.add(SpaceMember(space_id=space.id, person_id=person.id))
        _reaches_anew(viewer, person)
        if person.face == Face.CLIENT and _is_active(account):
            joining.come_in(person, mine, space)


def remove(viewer: Viewer, key: str, person_key: str) -> None:
    """Take somebody out of a space; they stay in the discussions that they are in. A client keeps their last one."""
    with unit(viewer) as viewer:
        space, (person, _) = _managed(viewer, key), access.person(viewer, person_key)
        if db.session.get(SpaceMember, (space.id, person.id)) is None:
            raise NotFound
        # Of two who take a client out of two spaces at once, the second sees what the first did.
        db.session.execute(select(Person.id).where(Person.id == person.id).with_for_update())
        spaces = select(func.count()).where(SpaceMember.person_id == person.id)
        if person.face == Face.CLIENT and (db.session.scalar(spaces) or 0) < 2:
            raise Conflict("last_space", name=person.name)
        db.session.execute(
            delete(SpaceMember).where(SpaceMember.space_id == space.id, SpaceMember.person_id == person.id)
        )
        _reaches_anew(viewer, person)


def link(viewer: Viewer, key: str, space_key: str) -> None:
    """Say which space of its brand a discussion belongs to, or none (its owner); clients are told nothing.

    Whose clients joined it by themselves until then, join it no more.
    """
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.LINK_SPACE, standing)
        conversation = standing.conversation
        space = access.space(viewer, space_key) if space_key else None
        if space and space.brand_id != conversation.brand_id:
            raise Invalid("space_of_other_brand")
        if conversation.space_id == (space.id if space else None):
            return
        automatic.forget(viewer, conversation)
        conversation.space_id = space.id if space else None
        db.session.flush()
        record_line(viewer, Fact.SPACE_CHANGED, conversation, title=space.name if space else "")


def _managed(viewer: Viewer, key: str) -> Space:
    space = access.space(viewer, key)
    access.require(viewer, Act.MANAGE_SPACES)
    return space


def _works_for(space: Space, person: Person) -> bool:
    of_brand = access.scopes.staff_of_brand(space.brand_id).where(Person.id == person.id)
    return db.session.execute(of_brand).first() is not None


def _is_active(account: Account) -> bool:
    """To the end of the unit: who becomes active meanwhile enters by themselves."""
    query = select(Account.state).where(Account.person_id == account.person_id).with_for_update(read=True)
    return db.session.scalar(query) == State.ACTIVE


def _reaches_anew(viewer: Viewer, person: Person) -> None:
    if person.face == Face.STAFF:
        record(viewer, Fact.REACH_CHANGED, person=person)
