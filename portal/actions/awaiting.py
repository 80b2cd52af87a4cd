"""Clients who were invited, and are in a discussion as soon as they are active (SPEC D2)."""

from sqlalchemy import delete, select

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions.facts import record_line
from portal.actions.participants import ALL, NOW, belongs, meets_clients
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Account, Awaited, Face, Fact, Person, State


def ask(viewer: Viewer, key: str, person_key: str, *, history: str = ALL, confirmed: bool = False) -> None:
    """Have an invited client be in a discussion as soon as they are active, by whoever may add them.

    `history` and `confirmed` as for `participants.add`. Raises `Conflict` for who is awaited or active already.
    """
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        person, _ = access.person(viewer, person_key)
        expect(viewer, standing, person, history, confirmed=confirmed)


def withdraw(viewer: Viewer, key: str, person_key: str) -> None:
    """Await them no more; their invitation stands."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.REMOVE, standing)
        conversation = standing.conversation
        query = select(Person).join(Awaited, Awaited.person_id == Person.id)
        query = query.where(Awaited.conversation_id == conversation.id, Person.public_id == person_key)
        person = db.session.scalars(query).first()
        if person is None:
            raise NotFound
        mine = Awaited.conversation_id == conversation.id, Awaited.person_id == person.id
        db.session.execute(delete(Awaited).where(*mine))
        record_line(viewer, Fact.AWAITING_ENDED, conversation, person=person)


def expect(viewer: Viewer, standing: Standing, person: Person, history: str, *, confirmed: bool) -> None:
    """Inside a unit that holds the discussion: the same."""
    access.require(viewer, Act.ADD, standing)
    conversation = standing.conversation
    if history not in {ALL, NOW}:
        raise Invalid("bad_history")
    if person.face != Face.CLIENT or not belongs(conversation, person):
        raise NotFound
    if not conversation.is_shared:
        raise Forbidden("internal_discussion")
    # Locked: whoever accepts at this moment is awaited before they do, or not at all.
    state = select(Account.state).where(Account.person_id == person.id).with_for_update()
    if db.session.scalar(state) != State.INVITED:
        raise Conflict("not_invited", name=person.name)
    if db.session.get(Awaited, (conversation.id, person.id)) is not None:
        raise Conflict("awaited_already", name=person.name)
    if not confirmed and meets_clients(conversation, person):
        raise Conflict("second_client")
    db.session.add(
        Awaited(conversation_id=conversation.id, person_id=person.id, asker_id=viewer.person_id, history=history)
    )
    db.session.flush()
    record_line(viewer, Fact.CLIENT_AWAITED, conversation, person=person)
