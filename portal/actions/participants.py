"""Who is in a discussion: adding, removing, leaving. Every line here is a part of the promise."""

from sqlalchemy import func, select, update

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record, record_line
from portal.actions.stays import current_stay, join, own
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import (
    Account,
    Conversation,
    Face,
    Fact,
    Mail,
    Participation,
    Person,
    State,
)

ALL, NOW, GAP = "all", "now", "gap"


def add(
    viewer: Viewer,
    key: str,
    person_key: str,
    *,
    history: str = ALL,
    confirmed: bool = False,
) -> None:
    """Add a person with an active account; notifies no client (SPEC D10).

    `history`: `all` (for who was here before: without the gap), `now` (from now on), `gap` (for who
    was here before: with what they missed). A second client must be `confirmed`. Raises `Invalid`
    for an account that is not active, `Forbidden` for a client in an internal discussion,
    `Conflict` for who is in already.
    """
    if history not in {ALL, NOW, GAP}:
        raise Invalid("bad_history")
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.ADD, standing)
        person, account = access.person(viewer, person_key)
        conversation = standing.conversation
        require_addable(conversation, person, account)
        if not confirmed and meets_clients(conversation, person):
            raise Conflict("second_client")
        db.session.add(join(conversation, person, since=begins(conversation, person, history)))
        db.session.flush()
        record_line(viewer, Fact.PARTICIPANT_ADDED, conversation, person=person)


def remove(viewer: Viewer, key: str, person_key: str) -> None:
    """Take somebody out, at once. The owner cannot be removed, but may leave; a co-owner only by the owner.

    Of two co-owners neither can get rid of the other, then: who gave the one right takes it back.
    """
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.REMOVE, standing)
        conversation = standing.conversation
        person, stay = current(conversation, person_key)
        if person.id == conversation.owner_id:
            raise Invalid("owner_stays")
        if standing.co_owners and stay.co_owner and not standing.owned_by(viewer):
            raise Invalid("co_owner_stays", name=person.name)
        end(conversation, stay)
        record_line(viewer, Fact.PARTICIPANT_REMOVED, conversation, person=person)


def leave(viewer: Viewer, key: str, *, successor_key: str = "") -> None:
    """Leave a discussion (staff). An owner hands it to `successor_key` first, else it is without owner."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.LEAVE, standing)
        conversation = standing.conversation
        if standing.owned_by(viewer):
            _hand_over(viewer, conversation, successor_key)
        person = db.session.get_one(Person, viewer.person_id)
        end(conversation, standing.stay)
        record_line(viewer, Fact.PARTICIPANT_LEFT, conversation, person=person)


def end(conversation: Conversation, stay: Participation) -> None:
    """End a stay now: what is said later is not covered by it, and its links are over, also for who comes again."""
    stay.left_at = now()
    stay.until = conversation.rev if stay.face == Face.STAFF else conversation.public_seq
    db.session.flush()
    theirs = Mail.conversation_id == conversation.id, Mail.person_id == stay.person_id, Mail.link_ends_at > now()
    db.session.execute(update(Mail).where(*theirs).values(link_ends_at=now()))


def disown(viewer: Viewer, person: Person) -> None:
    """Inside a unit: leave without owner, or without this co-owner, what is `person`'s (who is being disabled)."""
    for conversation in db.session.scalars(select(Conversation).where(Conversation.owner_id == person.id)):
        conversation.owner_id = None
        record(viewer, Fact.OWNERSHIP_LOST, conversation, person=person)
    theirs = (
        select(Participation, Conversation)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .where(Participation.person_id == person.id, Participation.left_at.is_(None), Participation.co_owner)
    )
    for stay, conversation in db.session.execute(theirs):
        stay.co_owner = False
        record(viewer, Fact.CO_OWNERSHIP_ENDED, conversation, person=person)


def require_addable(conversation: Conversation, person: Person, account: Account) -> None:
    """Raise what keeps somebody from being added: their face, their account, their brand, or that they are in it."""
    if person.face == Face.CLIENT and not conversation.is_shared:
        raise Forbidden("internal_discussion")
    if account.state == State.INVITED:
        raise Invalid("still_invited", name=person.name)
    if account.state != State.ACTIVE:
        raise Invalid("account_disabled", name=person.name)
    if not belongs(conversation, person):
        raise NotFound
    if current_stay(conversation, person) is not None:
        raise Conflict("already_in", name=person.name)


def belongs(conversation: Conversation, person: Person) -> bool:
    """Whether the person works for, or is a client of, the conversation's brand."""
    staff = person.face == Face.STAFF
    of_brand = access.scopes.staff_of_brand if staff else access.scopes.clients_of_brand
    return db.session.execute(of_brand(conversation.brand_id).where(Person.id == person.id)).first() is not None


def meets_clients(conversation: Conversation, person: Person) -> bool:
    """Whether this client and others in it may read one another: in an announcement clients never do."""
    if person.face != Face.CLIENT or conversation.is_announcement:
        return False
    query = select(func.count()).where(
        Participation.conversation_id == conversation.id,
        Participation.face == Face.CLIENT,
        Participation.person_id != person.id,
        Participation.left_at.is_(None),
    )
    return bool(db.session.scalar(query))


def begins(conversation: Conversation, person: Person, history: str) -> int:
    """Where the new stay's history begins, by what was chosen (`all`, `now`, `gap`); earlier stays keep theirs."""
    current = conversation.rev if person.face == Face.STAFF else conversation.public_seq
    if history == NOW:
        return current
    if history == GAP or not _was_here(conversation, person):
        return 0
    return current


def _was_here(conversation: Conversation, person: Person) -> bool:
    query = select(Participation.id).where(
        Participation.conversation_id == conversation.id,
        Participation.person_id == person.id,
    )
    return db.session.scalar(query.limit(1)) is not None


def current(conversation: Conversation, person_key: str) -> tuple[Person, Participation]:
    """Somebody who is in it now, with their stay. Raises `NotFound` for all others."""
    query = (
        select(Person, Participation)
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.conversation_id == conversation.id,
            Participation.left_at.is_(None),
            Person.public_id == person_key,
        )
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row.Person, row.Participation


def stays_active(person: Person) -> bool:
    """Whether they may sign in, to the end of the unit: disabling them takes away what they own by then."""
    query = select(Account.person_id).where(Account.person_id == person.id, Account.state == State.ACTIVE)
    return db.session.scalar(query.with_for_update(read=True)) is not None


def _hand_over(viewer: Viewer, conversation: Conversation, successor_key: str) -> None:
    if not successor_key:
        conversation.owner_id = None
        record_line(viewer, Fact.OWNERSHIP_LOST, conversation)
        return
    successor, stay = current(conversation, successor_key)
    if successor.face != Face.STAFF or successor.id == viewer.person_id or not stays_active(successor):
        raise Invalid("bad_successor")
    own(conversation, stay)
    record_line(viewer, Fact.OWNERSHIP_HANDED, conversation, person=successor)
