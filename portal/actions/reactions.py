"""Reactions: an emoji put to a message, or taken back. No mail follows, and nothing becomes unread."""

import emoji
from sqlalchemy import delete, func, or_, select

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions.facts import record
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.errors import Forbidden, Invalid
from portal.models import Face, Fact, Message, MessageKind, Person, Reaction

KINDS = 20  # different emoji that one sees at one message
EACH = 10  # of one person at one message


def put(viewer: Viewer, key: str, message_key: str, sign: str) -> None:
    """Put `sign`, one emoji, to a message; twice is once. Raises `Invalid` for what is none, or for too many."""
    if not emoji.is_emoji(sign):
        raise Invalid("bad_request")
    with unit(viewer) as viewer:
        standing, message = _reachable(viewer, key, message_key)
        mine = [one for one in _of(message) if one.person_id == viewer.person_id]
        if sign in {one.emoji for one in mine}:
            return
        if len(mine) >= EACH or len(_seen(viewer, message) | {sign}) > KINDS:
            raise Invalid("too_many_reactions")
        first = not _by_staff(message, sign)
        db.session.add(Reaction(message_id=message.id, person_id=viewer.person_id, emoji=sign))
        message.reactions += 1
        _changed(viewer, standing, message, shows=first)


def take_back(viewer: Viewer, key: str, message_key: str, sign: str) -> None:
    """Take one's own `sign` away; where there is none, nothing happens."""
    with unit(viewer) as viewer:
        standing, message = _reachable(viewer, key, message_key)
        for one in _of(message):
            if (one.person_id, one.emoji) == (viewer.person_id, sign):
                db.session.delete(one)
                db.session.flush()
                message.reactions -= 1
                _changed(viewer, standing, message, shows=not _by_staff(message, sign))


def forget(message: Message) -> None:
    """Inside a unit: a message that is deleted has no reactions."""
    if message.reactions:
        db.session.execute(delete(Reaction).where(Reaction.message_id == message.id))
        message.reactions = 0


def _reachable(viewer: Viewer, key: str, message_key: str) -> tuple[Standing, Message]:
    """A text or a note that stands, for who may write there."""
    standing = access.conversation(viewer, key, lock=True)
    message = access.message(viewer, standing, message_key)
    access.require(viewer, Act.WRITE, standing)
    if message.kind == MessageKind.EVENT or message.deleted_at is not None:
        raise Forbidden("forbidden")
    return standing, message


def _of(message: Message) -> list[Reaction]:
    return list(db.session.scalars(select(Reaction).where(Reaction.message_id == message.id)))


def _seen(viewer: Viewer, message: Message) -> set[str]:
    """The kinds that the viewer sees there: a client is not stopped by what other clients put, and so told of it."""
    query = select(Reaction.emoji).join(Person, Person.id == Reaction.person_id)
    query = query.where(Reaction.message_id == message.id)
    if not viewer.is_staff:
        query = query.where(or_(Person.face == Face.STAFF, Person.id == viewer.person_id))
    return set(db.session.scalars(query))


def _by_staff(message: Message, sign: str) -> int:
    """How many of staff put it there."""
    query = select(func.count()).join(Person, Person.id == Reaction.person_id).select_from(Reaction)
    query = query.where(Reaction.message_id == message.id, Reaction.emoji == sign, Person.face == Face.STAFF)
    return db.session.scalar(query) or 0


def _changed(viewer: Viewer, standing: Standing, message: Message, *, shows: bool) -> None:
    """Staff read another message now. Clients do where staff's first emoji of a kind came, or the last one went."""
    conversation = standing.conversation
    public = viewer.is_staff and shows and message.kind == MessageKind.TEXT
    conversation.rev += 1
    message.rev = conversation.rev
    if public:
        conversation.public_rev += 1
        message.public_rev = conversation.public_rev
    fact = Fact.MESSAGE_REACTED if public else Fact.MESSAGE_REACTED_INSIDE
    db.session.flush()
    record(viewer, fact, conversation, message_id=message.id)
