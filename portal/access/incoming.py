"""Mail that came in, and the texts that came with it: who may see which."""

from sqlalchemy import Select, or_, select

from portal.access import scopes
from portal.access.getters import Standing, one
from portal.access.viewer import Viewer
from portal.kernel.errors import NotFound
from portal.models import Conversation, Fate, Incoming, Message, Original


def held(viewer: Viewer) -> Select[Incoming]:
    """Mails that staff of a conversation are to decide about: of the viewer's. For clients there are none."""
    query = select(Incoming).where(Incoming.fate == Fate.HELD, Incoming.conversation_id.is_not(None))
    if not viewer.is_staff or viewer.limit is not None:
        return query.where(Incoming.id.is_(None))
    return query.where(Incoming.conversation_id.in_(scopes.conversations(viewer).with_only_columns(Conversation.id)))


def unknown(viewer: Viewer) -> Select[Incoming]:
    """Mails that answer none of ours, and those that came of a mail without a conversation: for admins."""
    query = select(Incoming).where(
        or_(Incoming.fate == Fate.UNKNOWN, (Incoming.fate == Fate.HELD) & Incoming.conversation_id.is_(None)),
        Incoming.decided_at.is_(None),
    )
    return query if viewer.is_admin and viewer.limit is None else query.where(Incoming.id.is_(None))


def held_mail(viewer: Viewer, key: str) -> Incoming:
    """The mail `key` that the viewer may decide about."""
    return one(held(viewer).where(Incoming.public_id == key))


def unknown_mail(viewer: Viewer, key: str) -> Incoming:
    """The mail `key` that an admin may set aside."""
    return one(unknown(viewer).where(Incoming.public_id == key))


def original(viewer: Viewer, standing: Standing, message_key: str) -> Original:
    """What the mail of a message said: to staff who read it, and to its author (SPEC E6)."""
    query = _mailed(viewer, standing, message_key).join(Original, Original.message_id == Message.id)
    if not viewer.is_staff:
        query = query.where(Message.author_id == viewer.person_id)
    return one(query.with_only_columns(Original))


def source(viewer: Viewer, standing: Standing, message_key: str) -> Incoming:
    """The mail by which a message came: to admins who are in its conversation."""
    if not viewer.is_admin:
        raise NotFound
    query = _mailed(viewer, standing, message_key).join(Incoming, Incoming.message_id == Message.id)
    return one(query.with_only_columns(Incoming))


def _mailed(viewer: Viewer, standing: Standing, message_key: str) -> Select[Message]:
    return scopes.messages(viewer).where(
        Message.conversation_id == standing.conversation.id,
        Message.public_id == message_key,
        Message.deleted_at.is_(None),
    )
