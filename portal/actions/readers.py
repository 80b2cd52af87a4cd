"""The clients who read an announcement: many added at once (SPEC D16)."""

from collections.abc import Collection

from sqlalchemy import select

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record, record_line
from portal.actions.participants import ALL, NOW, begins
from portal.actions.stays import join
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.errors import Invalid, NotFound
from portal.models import Account, Conversation, Fact, Participation, Person, State

MOST = 500  # in one go


def add(viewer: Viewer, key: str, person_keys: Collection[str], *, history: str = ALL) -> int:
    """Add active clients of its brand, within one's reach, to an announcement; gives how many were not in it yet.

    Clients of an announcement never meet, so that nothing is to be confirmed. Nobody is notified. Whom the viewer
    cannot find, or who is not active, is passed over. Raises `Invalid` for more than `MOST`, or nobody.
    """
    if history not in {ALL, NOW}:
        raise Invalid("bad_history")
    if not 0 < len(set(person_keys)) <= MOST:
        raise Invalid("bad_readers", limit=MOST)
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.ADD, standing)
        conversation = standing.conversation
        if not conversation.is_announcement:
            raise NotFound
        new = _new(viewer, conversation, person_keys)
        for person in new:
            db.session.add(join(conversation, person, since=begins(conversation, person, history)))
        db.session.flush()
        for person in new:
            record(viewer, Fact.PARTICIPANT_ADDED, conversation, person=person)
        if new:
            record_line(viewer, Fact.CLIENTS_ADDED, conversation, title=str(len(new)))
        return len(new)


def _new(viewer: Viewer, conversation: Conversation, person_keys: Collection[str]) -> list[Person]:
    here = select(Participation.person_id).where(
        Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    )
    known = access.scopes.people(viewer).with_only_columns(Person.id)
    query = access.scopes.clients_of_brand(conversation.brand_id).where(
        Person.public_id.in_(person_keys), Person.id.in_(known), Person.id.not_in(here), Account.state == State.ACTIVE
    )
    return list(db.session.scalars(query.with_only_columns(Person).order_by(Person.id)))
