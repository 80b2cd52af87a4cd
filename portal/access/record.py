"""The exceptions to "participants only" that are asked for (SPEC P12): seeing as a client, exporting, erasing."""

from datetime import timedelta

from sqlalchemy import ColumnElement, Select, exists, select
from sqlalchemy.orm import joinedload

from portal.access import scopes
from portal.access.getters import Standing, conversation, one, person
from portal.access.rules import Act, can
from portal.access.viewer import SEEN_AS, Limits, Viewer
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, NotFound
from portal.models import (
    Account,
    Conversation,
    Export,
    ExportState,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
    Role,
    Sighting,
)

SIGHT = timedelta(hours=1)  # that one recorded look lasts


def seen_as(viewer: Viewer, key: str, person_key: str) -> Viewer:
    """The client `person_key` of a discussion that the viewer, of staff, is in: to read that one alone, nothing more.

    Raises `NotFound` for who is not in it, and for whoever is no client in it now. Raises `Forbidden` where the client
    reads what the viewer does not: who was added from some point on must not see what went before.
    """
    standing = staff_standing(viewer, key)
    found = _client_in(standing, person_key)
    client = as_client(found, standing.conversation.id)
    if db.session.execute(_only_theirs(viewer, client)).first() is not None:
        raise Forbidden("sees_more")
    return client


def looked(viewer: Viewer, key: str, person_key: str) -> Viewer:
    """The same for who has that look on record, of late. Raises `NotFound` otherwise: nobody sees unrecorded."""
    client = seen_as(viewer, key, person_key)
    if db.session.scalar(_sighting(viewer, client)) is None:
        raise NotFound
    return client


def sighted(viewer: Viewer, client: Viewer) -> bool:
    """Whether that look was recorded a moment ago: a second click is the same look."""
    return db.session.scalar(_sighting(viewer, client)) is not None


def staff_standing(viewer: Viewer, key: str, *, lock: bool = False) -> Standing:
    """The conversation of a member of staff who is in it and signed in, or works for them; `NotFound` otherwise."""
    if not viewer.is_staff or viewer.limit is not None:
        raise NotFound
    return conversation(viewer, key, lock=lock)


def recorded_conversation(viewer: Viewer, key: str) -> Conversation:
    """A conversation that the viewer may export or, for admins, erase: in it, or an admin. Not an erased one."""
    if not viewer.is_staff or viewer.limit is not None:
        raise NotFound
    query = select(Conversation).where(Conversation.public_id == key, Conversation.title != "")
    if not viewer.is_admin:
        query = query.where(Conversation.id.in_(scopes.conversations(viewer).with_only_columns(Conversation.id)))
    return one(query.options(joinedload(Conversation.brand)))


def knows(viewer: Viewer, found: Conversation) -> bool:
    """Whether the viewer may be told what it is called and who is in it: staff in it; of others, who has an export.

    An admin who is not in it reads neither before that is on record.
    """
    inside = scopes.conversations(viewer).with_only_columns(Conversation.id)
    asked = exports(viewer).with_only_columns(Export.conversation_id).where(Export.state != ExportState.GONE)
    both = select(Conversation.id).where(Conversation.id == found.id)
    return db.session.scalar(both.where(Conversation.id.in_(inside) | Conversation.id.in_(asked))) is not None


def recorded_client(viewer: Viewer, key: str) -> Person:
    """A client whom an admin may export or erase."""
    if not viewer.is_admin or viewer.limit is not None:
        raise NotFound
    found, account = person(viewer, key)
    if account.role != Role.CLIENT:
        raise NotFound
    return found


def exports(viewer: Viewer) -> Select[Export]:
    """Those that the viewer asked for and may still have: who was removed since has none, nor who may export no more.

    What somebody asked for as an admin has more than they could read, and is theirs only while they are one.
    """
    mine = select(Export).where(Export.asker_id == viewer.person_id)
    if not can(viewer, Act.EXPORT):
        return mine.where(Export.id.is_(None))
    stayed = _stayed(viewer)
    return mine.where(Export.as_admin | stayed if viewer.is_admin else ~Export.as_admin & stayed)


def export(viewer: Viewer, key: str) -> Export:
    """The export `key` of the viewer's own."""
    return one(exports(viewer).where(Export.public_id == key))


def exported(viewer: Viewer, found: Export, conversation_id: int) -> Select[Message]:
    """The messages of a conversation that go into an export of the viewer's, with their conversations joined."""
    query = select(Message).join(Conversation, Conversation.id == Message.conversation_id)
    query = query.where(Message.conversation_id == conversation_id)
    if not (found.as_admin and viewer.is_admin):
        query = query.where(Message.id.in_(scopes.messages(viewer).with_only_columns(Message.id)))
    if found.client_id is not None:
        return query.where(scopes.readable(Face.CLIENT), scopes.covered(Face.CLIENT, found.client_id))
    return query if found.notes else query.where(Message.kind != MessageKind.NOTE)


def _stayed(viewer: Viewer) -> ColumnElement[bool]:
    """Whether the viewer has been in the export's conversation ever since it was asked for."""
    return exists().where(
        Participation.conversation_id == Export.conversation_id,
        Participation.person_id == viewer.person_id,
        Participation.left_at.is_(None),
        Participation.joined_at <= Export.created_at,
    )


def _client_in(standing: Standing, key: str) -> Person:
    if not standing.conversation.is_shared:
        raise NotFound
    query = (
        select(Person)
        .join(Participation, Participation.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Participation.conversation_id == standing.conversation.id, Participation.left_at.is_(None))
        .where(Person.public_id == key, Person.face == Face.CLIENT, Account.role == Role.CLIENT)
    )
    return one(query)


def as_client(person: Person, limit: int) -> Viewer:
    """That client, in one conversation (its internal id) alone, to read: for exports, and for `seen_as`."""
    asks = (person.id, person.public_id, person.name, person.face, Role.CLIENT)
    more = (person.language, person.time_zone, person.enter_sends)
    return Viewer(*asks, *more, Limits(), picture=person.picture, via=SEEN_AS, limit=limit)


def _only_theirs(viewer: Viewer, client: Viewer) -> Select[int]:
    mine = scopes.messages(viewer).with_only_columns(Message.id)
    theirs = scopes.messages(client).where(Message.conversation_id == client.limit)
    return theirs.with_only_columns(Message.id).where(Message.id.not_in(mine)).limit(1)


def _sighting(viewer: Viewer, client: Viewer) -> Select[int]:
    late = Sighting.at > now() - SIGHT
    who = Sighting.viewer_id == viewer.person_id, Sighting.client_id == client.person_id
    return select(Sighting.id).where(Sighting.conversation_id == client.limit, *who, late).limit(1)
