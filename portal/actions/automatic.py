"""Automatic membership: the clients of a discussion's space join it by themselves (SPEC D15)."""

from sqlalchemy import delete, select

from portal import access
from portal.access import Act, Viewer
from portal.actions import joining
from portal.actions.facts import record_line
from portal.actions.participants import ALL, NOW
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid
from portal.models import Account, AutomaticMembership, Conversation, Face, Fact, Person, SpaceMember, State


def mark(viewer: Viewer, key: str, *, history: str = ALL, all_now: bool = False) -> None:
    """Let the clients of its space join a shared discussion when they become active or come into the space (its owner).

    They read it whole (`history` is `all`) or from then on (`now`). With `all_now`, those who are in the space join at
    once. Who was ever in it and was removed does not come back by this. Nobody is told but staff in it.
    """
    if history not in {ALL, NOW}:
        raise Invalid("bad_history")
    with unit(viewer) as viewer:
        found = access.conversation(viewer, key).conversation
        space_id = found.space_id
        joining.take_turns([space_id] if space_id else (), [found.id])
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.LINK_SPACE, standing)
        conversation = standing.conversation
        if not conversation.is_shared:
            raise Forbidden("internal_discussion")
        if conversation.space_id is None:
            raise Invalid("space_missing")
        if conversation.space_id != space_id:
            raise Conflict("space_changed")
        made = _marked(viewer, conversation, history)
        for person in _clients(space_id) if all_now else ():
            joining.join_marked(person, made)


def unmark(viewer: Viewer, key: str) -> None:
    """Let nobody else join by themselves; who did stays."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.LINK_SPACE, standing)
        forget(viewer, standing.conversation)


def forget(viewer: Viewer, conversation: Conversation) -> None:
    """Inside a unit: the same."""
    mine = AutomaticMembership.conversation_id == conversation.id
    if db.session.connection().execute(delete(AutomaticMembership).where(mine)).rowcount:
        record_line(viewer, Fact.AUTOMATIC_ENDED, conversation)


def _marked(viewer: Viewer, conversation: Conversation, history: str) -> AutomaticMembership:
    found = db.session.get(AutomaticMembership, conversation.id)
    made = found or AutomaticMembership(conversation_id=conversation.id)
    made.space_id, made.marker_id, made.history = conversation.space_id or 0, viewer.person_id, history
    db.session.add(made)
    db.session.flush()
    if found is None:
        record_line(viewer, Fact.AUTOMATIC_BEGUN, conversation)
    return made


def _clients(space_id: int | None) -> list[Person]:
    """Its active clients."""
    query = (
        select(Person)
        .join(SpaceMember, SpaceMember.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(SpaceMember.space_id == space_id, Person.face == Face.CLIENT, Account.state == State.ACTIVE)
    )
    return list(db.session.scalars(query.order_by(Person.id)))
