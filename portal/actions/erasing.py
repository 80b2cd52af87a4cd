"""Erasure (SPEC Z9, D12): of a discussion, or of a client. Closed at once, erased in batches by a worker, with a proof.

Nothing else deletes what was said. A client's own words go everywhere; discussions whose only client they ever were
go whole; in others a line stays in the place of each message, without words, name or files.
"""

from sqlalchemy import Select, select, update

from portal import access
from portal.access import Act, Viewer
from portal.access.viewer import Limits
from portal.actions import links, participants
from portal.actions.echoes import end_exports
from portal.actions.facts import record
from portal.actions.people import end_invitations
from portal.actions.unit import transaction, unit
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.kernel.text import fold
from portal.models import (
    Account,
    Brand,
    Cause,
    Conversation,
    Device,
    Erasure,
    Export,
    Fact,
    Message,
    Participation,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
    Turn,
)
from portal.models.record import ends_at


def ask_discussion(viewer: Viewer, key: str, *, typed: str) -> str:
    """Erase a discussion (admins): `typed` is its name, to show that it is meant. Gives the proof's public id."""
    with unit(viewer) as viewer:
        access.require(viewer, Act.ERASE)
        conversation = access.recorded_conversation(viewer, key)
        _require_typed(typed, conversation.title)
        return _begin(viewer, conversation, Cause.ASKED)


def ask_client(viewer: Viewer, key: str, *, typed: str) -> str:
    """Erase a client with all that they said (admins): `typed` is their name. Nobody of staff is erased here."""
    with unit(viewer) as viewer:
        access.require(viewer, Act.ERASE)
        person, account = access.person(viewer, key)
        if account.role != Role.CLIENT:
            raise Invalid("not_erasable")
        _require_typed(typed, person.name)
        access.take_turn(viewer, theirs(person.id))
        erasure = Erasure(asker_id=viewer.person_id, subject_id=person.id, about=_brand_of(person))
        db.session.add(erasure)
        _shut_out(viewer, person, account)
        of = Export.subject_id == person.id, Export.client_id == person.id
        end_exports(theirs(person.id).with_only_columns(Conversation.id).order_by(None), *of)
        db.session.flush()
        return erasure.public_id


def retire(conversation_id: int) -> None:
    """Erase a discussion whose brand keeps none so old: asked again here, where neither can change until it is done."""
    with transaction():
        query = select(Conversation, Brand).join(Brand, Brand.id == Conversation.brand_id)
        query = query.where(Conversation.id == conversation_id)
        asker = system(db.session.get_one(Person, db.session.execute(query).one().Brand.owner_id))
        access.take_turn(asker, select(Conversation).where(Conversation.id == conversation_id))
        still = query.with_for_update(read=True, of=Brand).execution_options(populate_existing=True)
        conversation, brand = db.session.execute(still).one()
        over = ends_at(conversation.archived_at, brand.keep_months)
        if conversation.title and over and over < now():
            _begin(asker, conversation, Cause.RETENTION)


def _require_typed(typed: str, name: str) -> None:
    if fold(typed).split() != fold(name).split():
        raise Invalid("not_typed")


def _begin(viewer: Viewer, conversation: Conversation, cause: str) -> str:
    brand = db.session.get_one(Brand, conversation.brand_id)
    asker = viewer.person_id if cause == Cause.ASKED else None
    erasure = Erasure(asker_id=asker, conversation_id=conversation.id, about=brand.name, cause=cause)
    db.session.add(erasure)
    close(viewer, conversation)
    db.session.flush()
    return erasure.public_id


def close(viewer: Viewer, conversation: Conversation) -> None:
    """Inside a unit: nobody is in it any more, and nothing tells what it was. Pages of it close, links are over."""
    access.take_turn(viewer, select(Conversation).where(Conversation.id == conversation.id))
    current = select(Participation, Person).join(Person, Person.id == Participation.person_id)
    current = current.where(Participation.conversation_id == conversation.id, Participation.left_at.is_(None))
    people = db.session.execute(current).all()
    for stay, person in people:
        participants.end(conversation, stay)
        record(viewer, Fact.DISCUSSION_ERASED, conversation, person=person)
    end_exports([conversation.id])
    conversation.title, conversation.token, conversation.owner_id, conversation.space_id = "", None, None, None
    conversation.last_message_id = conversation.last_public_message_id = None
    conversation.turn, conversation.turn_since = Turn.NONE, None
    conversation.archived_at = conversation.archived_at or now()


def _shut_out(viewer: Viewer, person: Person, account: Account) -> None:
    """Inside a unit: signed out everywhere, and no way in is left."""
    account.state, account.password_hash = State.DISABLED, None
    end_invitations(person)
    still = Device.person_id == person.id, Device.revoked_at.is_(None)
    db.session.execute(update(Device).where(*still).values(revoked_at=now()))
    links.end_all(viewer, person)
    record(viewer, Fact.ACCOUNT_DISABLED, person=person)


def _brand_of(person: Person) -> str:
    query = select(Brand.name).join(Space, Space.brand_id == Brand.id)
    query = query.join(SpaceMember, SpaceMember.space_id == Space.id).where(SpaceMember.person_id == person.id)
    return db.session.scalar(query.order_by(Brand.id).limit(1)) or ""


def system(person: Person) -> Viewer:
    """The person on whose behalf the worker erases: who asked for it, or the brand's owner."""
    return Viewer.system(person.id, person.public_id, person.name, person.face, Role.ADMIN, Limits())


def theirs(person_id: int) -> Select[Conversation]:
    """What somebody is or was in, or wrote in, that is not erased as a whole."""
    stays = select(Participation.conversation_id).where(Participation.person_id == person_id)
    wrote = select(Message.conversation_id).where(Message.author_id == person_id)
    return (
        select(Conversation)
        .where(Conversation.id.in_(stays.union(wrote)), Conversation.title != "")
        .order_by(Conversation.id)
    )
