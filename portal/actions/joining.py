"""Inside a unit: who comes into discussions by themselves, because somebody of staff said so before (SPEC D2, D15)."""

from collections.abc import Collection, Iterable

from sqlalchemy import Select, delete, func, select

from portal.access import Viewer
from portal.access.viewer import Limits
from portal.actions.facts import record_line
from portal.actions.participants import begins, require_addable
from portal.actions.stays import join
from portal.extensions import db
from portal.kernel.errors import Refusal, Unavailable
from portal.models import (
    Account,
    Address,
    AutomaticMembership,
    Awaited,
    Conversation,
    Fact,
    Mail,
    MailKind,
    Mails,
    Participation,
    Person,
    Space,
    SpaceMember,
)

SPACE = 13  # the first half of the keys by which units wait for each other over a space; a conversation's has one half
BY_SPACE, AS_ASKED = "space", "asked"  # why somebody joined, as the line about it says it


def take_turns(spaces: Iterable[int], conversations: Iterable[int] = ()) -> frozenset[int]:
    """On PostgreSQL, wait until nobody else marks for, or enters, these spaces; then for the discussions marked there.

    Gives the ids of the conversations that are this unit's now. To be done before a row is touched, as `take_turn`.
    """
    places = sorted(set(spaces))
    _wait(select(func.pg_advisory_xact_lock(SPACE, one)) for one in places)
    marked = select(AutomaticMembership.conversation_id).where(AutomaticMembership.space_id.in_(places))
    mine = {*db.session.scalars(marked), *conversations}
    _wait(select(func.pg_advisory_xact_lock(one)) for one in sorted(mine))
    return frozenset(mine)


def take_turns_of(person_id: int) -> frozenset[int]:
    """The same of all that somebody will enter when they become active."""
    spaces = select(SpaceMember.space_id).where(SpaceMember.person_id == person_id)
    awaited = select(Awaited.conversation_id).where(Awaited.person_id == person_id)
    return take_turns(db.session.scalars(spaces).all(), db.session.scalars(awaited).all())


def come_in(person: Person, mine: Collection[int], space: Space | None = None) -> None:
    """A client who is active now, or now in `space`, enters what is marked for them and where they are awaited.

    `mine` are the conversations that are this unit's (see `take_turns`). Raises `Unavailable` where others were marked
    meanwhile: trying again succeeds. Who is new in a space that welcomes gets one mail, whatever number they joined.
    """
    db.session.flush()
    marks = _marks(person, space)
    asked = [] if space else list(db.session.scalars(select(Awaited).where(Awaited.person_id == person.id)))
    if not {mark.conversation_id for mark in marks} | {one.conversation_id for one in asked} <= set(mine):
        raise Unavailable("database_busy")
    for one in asked:
        _enter(person, one.conversation_id, one.asker_id, one.history, AS_ASKED)
    forget(person)
    joined = [one for one in marks if join_marked(person, one)]
    if joined:
        _welcome(person, joined)


def join_marked(person: Person, mark: AutomaticMembership) -> bool:
    """Have a client join what is marked for them, unless they ever were in it: who was removed stays out."""
    here = (Participation.conversation_id == mark.conversation_id, Participation.person_id == person.id)
    if db.session.scalar(select(Participation.id).where(*here).limit(1)) is not None:
        return False
    return _enter(person, mark.conversation_id, mark.marker_id, mark.history, BY_SPACE)


def forget(person: Person) -> None:
    """Await somebody nowhere any more."""
    db.session.execute(delete(Awaited).where(Awaited.person_id == person.id))


def _marks(person: Person, space: Space | None) -> list[AutomaticMembership]:
    theirs = select(SpaceMember.space_id).where(SpaceMember.person_id == person.id)
    query = select(AutomaticMembership).where(AutomaticMembership.space_id.in_(theirs))
    query = query if space is None else query.where(AutomaticMembership.space_id == space.id)
    return list(db.session.scalars(query.order_by(AutomaticMembership.conversation_id)))


def _enter(person: Person, conversation_id: int, by: int, history: str, why: str) -> bool:
    """Join, as by who said so; not while the discussion has no owner, who alone lets people in (SPEC D4)."""
    locked = select(Conversation).where(Conversation.id == conversation_id).with_for_update()
    conversation = db.session.scalars(locked.execution_options(populate_existing=True)).one()
    if conversation.owner_id is None:
        return False
    try:
        require_addable(conversation, person, db.session.get_one(Account, person.id))
    except Refusal:
        return False  # it was said long ago: of a brand that is not theirs any more, or there by another hand
    db.session.add(join(conversation, person, since=begins(conversation, person, history)))
    db.session.flush()
    record_line(_as(by), Fact.PARTICIPANT_JOINED, conversation, person=person, title=why)
    return True


def _as(person_id: int) -> Viewer:
    """Who said so, whether they may still sign in or not: it is recorded as theirs."""
    person, account = db.session.get_one(Person, person_id), db.session.get_one(Account, person_id)
    return Viewer.system(person.id, person.public_id, person.name, person.face, account.role, Limits())


def _welcome(person: Person, joined: Iterable[AutomaticMembership]) -> None:
    """One mail, about the first space that welcomes; its words are written when it is sent."""
    conversations = {one.space_id: one.conversation_id for one in joined}
    query = select(Space.id).where(Space.id.in_(conversations), Space.welcomes).order_by(Space.id)
    space_id = db.session.scalars(query).first()
    email = db.session.scalars(_mailable(person)).first()
    if space_id is None or email is None or person.mails == Mails.NONE:
        return
    about = conversations[space_id]
    db.session.add(Mail(kind=MailKind.WELCOME, person_id=person.id, conversation_id=about, email=email))


def _mailable(person: Person) -> Select[str]:
    theirs = select(Address.email).where(Address.person_id == person.id, Address.bounced_at.is_(None))
    return theirs.where(Address.verified_at.is_not(None)).order_by(Address.id)


def _wait(locks: Iterable[Select[None]]) -> None:
    if db.engine.dialect.name == "postgresql":
        for lock in locks:
            db.session.execute(lock)
