"""Stays: who comes into a conversation, from where on they read, and whose it is."""

from sqlalchemy import select

from portal.access import Viewer
from portal.extensions import db
from portal.kernel.errors import Forbidden
from portal.models import Conversation, Face, Participation, Person


def join(conversation: Conversation, person: Person, since: int = 0) -> Participation:
    """A new stay of `person` from `since` on; everything up to now counts as read and mailed (SPEC D7)."""
    if person.face == Face.CLIENT and not conversation.is_shared:
        raise Forbidden("internal_discussion")
    last = conversation.seq if person.face == Face.STAFF else conversation.public_seq
    return Participation(
        conversation_id=conversation.id,
        person_id=person.id,
        face=person.face,
        since=since,
        read=last,
        seen=last,
        mailed=last,
    )


def own(conversation: Conversation, stay: Participation) -> None:
    """Inside a unit: make the person of `stay` the owner, who is no co-owner besides."""
    conversation.owner_id, stay.co_owner = stay.person_id, False


def current_stay(conversation: Conversation, person: Person) -> Participation | None:
    """The stay of `person` that lasts, if there is one."""
    query = select(Participation).where(
        Participation.conversation_id == conversation.id,
        Participation.person_id == person.id,
        Participation.left_at.is_(None),
    )
    return db.session.scalars(query).first()


def require_added_once(viewer: Viewer) -> None:
    """A client starts discussions only after somebody has added them to one (SPEC D11); else raises `Forbidden`."""
    was_added = select(Participation.id).where(Participation.person_id == viewer.person_id).limit(1)
    if db.session.scalar(was_added) is None:
        raise Forbidden("not_added_yet")
