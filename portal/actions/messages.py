"""Writing, editing and deleting messages. One path for texts and notes, staff and clients."""

from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions.facts import record, record_line
from portal.actions.unit import unit, unless_taken
from portal.extensions import db, rows
from portal.kernel import text
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.tokens import is_send_token
from portal.models import (
    Conversation,
    Face,
    Fact,
    Message,
    MessageKind,
    MessageVersion,
    Origin,
    Participation,
    Person,
)

_BY_TOKEN = select(Message).where(Message.author_id == bindparam("author"), Message.token == bindparam("token"))
# Written without the session's bookkeeping, which takes longer than the database does.
_SET = {noun: update(noun).where(noun.id == bindparam("of")) for noun in (Conversation, Participation)}
WRITTEN = frozenset({MessageKind.TEXT, MessageKind.NOTE})  # the third kind tells what happened; nobody writes it


def post(viewer: Viewer, key: str, *, body: str, kind: str = MessageKind.TEXT, token: str) -> str:
    """Post a message in the conversation `key`; gives its public id.

    The same `token` (32 hex digits) from the same author posts once: the stored message is given
    again, or `Conflict` is raised when conversation, kind or text differ. Raises `NotFound`,
    `Forbidden`, `Invalid` (empty, too long) and `Unavailable`.
    """
    body, html = prepared(body)
    checked_token(token)
    if kind not in WRITTEN:
        raise Invalid("bad_request")
    # Two conversations, one token, at the same moment: PostgreSQL locks each conversation alone.
    with unless_taken("token_reused"), unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.NOTE if kind == MessageKind.NOTE else Act.WRITE, standing)
        return write(viewer, standing, body, html, kind, token)


def prepared(body: str) -> tuple[str, str]:
    """`body` as it is stored, and its HTML: done before the transaction, because rendering takes time."""
    body = text.clean(body)
    if text.is_blank(body):
        raise Invalid("message_empty")
    if len(body) > text.MESSAGE_LIMIT:
        raise Invalid("message_too_long", limit=text.MESSAGE_LIMIT, length=len(body))
    return body, text.render(body)


def checked_token(token: str) -> None:
    """Raise `Invalid` unless `token` is one that a page made: an empty one would be everybody's second."""
    if not is_send_token(token):
        raise Invalid("bad_token")


def write(viewer: Viewer, standing: Standing, body: str, html: str, kind: str, token: str) -> str:
    """Inside a unit: add a message with the conversation's next numbers, and its event; or find it again by `token`."""
    conversation = standing.conversation
    values = _next_numbers(conversation, kind) | {
        "conversation_id": conversation.id,
        "author_id": viewer.person_id,
        "kind": kind,
        "origin": Origin.CONSOLE if viewer.is_staff else Origin.PORTAL,
        "token": token,
        "body": body,
        "html": html,
    }
    message = rows(_add(db.engine.dialect.name), values).first()
    if message is None:
        return _known(viewer, standing, body, kind, token)
    _move_last(conversation, message)
    # Who writes has read: their own words are never unread to them.
    _set(standing.stay, read=conversation.seq if viewer.face == Face.STAFF else conversation.public_seq)
    record(viewer, Fact.MESSAGE_POSTED, conversation, message_id=message.id)
    _follow(viewer, conversation, kind)
    return str(message.public_id)


def edit(viewer: Viewer, key: str, message_key: str, *, body: str) -> None:
    """Change the words of one's own message; what it said before is kept for staff."""
    body, html = prepared(body)
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        message = access.message(viewer, standing, message_key)
        access.require(viewer, Act.EDIT, (standing, message))
        if message.body == body:
            return
        _keep_version(viewer, message)
        message.body, message.html, message.edited_at = body, html, now()
        _changed(standing.conversation, message)
        record(viewer, Fact.MESSAGE_EDITED, standing.conversation, message_id=message.id)


def delete(viewer: Viewer, key: str, message_key: str) -> None:
    """Delete a message: a line stays in its place, with its numbers. Deleting twice is deleting once."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        message = access.message(viewer, standing, message_key)
        if message.deleted_at is not None and (message.author_id == viewer.person_id or standing.owned_by(viewer)):
            return
        access.require(viewer, Act.DELETE, (standing, message))
        _keep_version(viewer, message)
        message.body, message.html, message.deleted_at = "", "", now()
        _changed(standing.conversation, message)
        record(viewer, Fact.MESSAGE_DELETED, standing.conversation, message_id=message.id)


def publish(viewer: Viewer, key: str, note_key: str, *, body: str, token: str) -> str:
    """Publish a note: a new message with the words given, by an explicit act. The note stays a note (SPEC M3)."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.PUBLISH, (standing, access.message(viewer, standing, note_key)))
    return post(viewer, key, body=body, token=token)


@cache
def _add(dialect: str) -> Executable:
    """Adds a message, unless its author already sent one with that token."""
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    added = insert(Message).on_conflict_do_nothing(index_elements=["author_id", "token"])
    numbers = (Message.seq, Message.rev, Message.public_seq, Message.public_rev)
    return added.returning(Message.id, Message.public_id, Message.created_at, *numbers)


def _known(viewer: Viewer, standing: Standing, body: str, kind: str, token: str) -> str:
    """The message that this author already posted with this token."""
    found = db.session.scalars(_BY_TOKEN, {"author": viewer.person_id, "token": token}).one()
    if (found.conversation_id, found.kind, first_words(found)) != (standing.conversation.id, kind, body):
        raise Conflict("token_reused")
    return found.public_id


def first_words(message: Message) -> str:
    """What the message said when it was sent: a late retry is the same sending, edited since or not."""
    query = select(MessageVersion.body).where(MessageVersion.message_id == message.id).order_by(MessageVersion.id)
    return db.session.scalars(query.limit(1)).first() or message.body


def _next_numbers(conversation: Conversation, kind: str) -> dict[str, Any]:
    is_text = kind == MessageKind.TEXT
    return {
        "position": conversation.rev + 1,
        "rev": conversation.rev + 1,
        "seq": conversation.seq + 1,
        "public_seq": conversation.public_seq + 1 if is_text else None,
        "public_rev": conversation.public_rev + 1 if is_text else None,
    }


def _move_last(conversation: Conversation, message: Row[*tuple[Any, ...]]) -> None:
    last = {"rev": message.rev, "seq": message.seq, "last_message_id": message.id, "active_at": message.created_at}
    if message.public_seq is not None:
        # Clients' order and times come from here, so that a note moves nothing on their side.
        last |= {"public_rev": message.public_rev, "public_seq": message.public_seq}
        last |= {"last_public_message_id": message.id, "public_active_at": message.created_at}
    _set(conversation, **last)


def _set(row: Conversation | Participation, **values: Any) -> None:
    """Change columns in the database, and the object that stands for them."""
    rows(_SET[type(row)], values | {"of": row.id})
    for name, value in values.items():
        set_committed_value(row, name, value)


def _changed(conversation: Conversation, message: Message) -> None:
    conversation.rev += 1
    message.rev = conversation.rev
    if message.kind == MessageKind.TEXT:
        conversation.public_rev += 1
        message.public_rev = conversation.public_rev


def _keep_version(viewer: Viewer, message: Message) -> None:
    message.versions += 1
    db.session.add(
        MessageVersion(
            message_id=message.id,
            editor_id=viewer.person_id,
            body=message.body,
            html=message.html,
        )
    )


def _follow(viewer: Viewer, conversation: Conversation, kind: str) -> None:
    """What a message brings about: the first answer takes a client's discussion, a client's word reopens it."""
    if kind != MessageKind.TEXT:
        return
    if viewer.is_staff and conversation.owner_id is None and _begun_by_client(conversation):
        conversation.owner_id = viewer.person_id
        record_line(viewer, Fact.OWNERSHIP_ANSWERED, conversation, person=_person(viewer))
    if not viewer.is_staff and conversation.archived_at is not None:
        conversation.archived_at = None
        record_line(viewer, Fact.DISCUSSION_REOPENED, conversation)


def _begun_by_client(conversation: Conversation) -> bool:
    return db.session.get_one(Person, conversation.creator_id).face == Face.CLIENT


def _person(viewer: Viewer) -> Person:
    return db.session.get_one(Person, viewer.person_id)
