"""How a message is made: its words, its numbers, and what it brings about. One path for all that write."""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Executable, Row, bindparam, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm.attributes import set_committed_value

from portal.access import Standing, Viewer
from portal.access.viewer import LINK, MAIL
from portal.actions import said, search, turns
from portal.actions.beside import Beside
from portal.actions.drafts import sent
from portal.actions.facts import record, record_line
from portal.extensions import db, rows
from portal.kernel import text
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


def prepared(body: str, files: Sequence[str] = ()) -> tuple[str, str]:
    """`body` as it is stored, and its HTML: done before the transaction, because rendering takes time.

    With files, nothing need be said.
    """
    body = text.clean(body)
    if text.is_blank(body):
        if not files:
            raise Invalid("message_empty")
        return "", ""
    if len(body) > text.MESSAGE_LIMIT:
        raise Invalid("message_too_long", limit=text.MESSAGE_LIMIT, length=len(body))
    return body, text.render(body)


def checked_token(token: str) -> None:
    """Raise `Invalid` unless `token` is one that a page made: an empty one would be everybody's second."""
    if not is_send_token(token):
        raise Invalid("bad_token")


def write(
    viewer: Viewer,
    standing: Standing,
    body: str,
    html: str,
    kind: str,
    token: str,
    beside: Beside | None = None,
    words: said.Words = said.NOBODY,
    answers: Mapping[str, Any] = said.NOTHING,
) -> str:
    """Inside a unit: add a message with the conversation's next numbers, and its event; or find it again by `token`."""
    conversation = standing.conversation
    values = _next_numbers(conversation, kind) | {
        "conversation_id": conversation.id,
        "author_id": viewer.person_id,
        "kind": kind,
        "origin": _origin(viewer),
        "token": token,
        "body": body,
        "html": html,
        "files": beside.files if beside else 0,
        "quoted": beside.quoted if beside else 0,
        "mentions": said.counted(words),
        **answers,
    }
    message = rows(_add(db.engine.dialect.name), values).first()
    if message is None:
        return _known(viewer, standing, body, kind, token, beside)
    _move_last(conversation, message, turns.following(conversation, viewer.face, body, message.created_at))
    _have_read(viewer, standing, unattended=beside is not None and beside.unattended)
    record(viewer, Fact.MESSAGE_POSTED, conversation, message_id=message.id)
    if beside:
        beside.keep(message.id)
    said.keep(conversation, message.id, viewer.person_id, kind, words.mentioned)
    search.index(message.id, conversation.id, viewer.person_id, message.created_at, html, values["files"])
    sent(viewer, conversation, kind, words.typed or body)
    _follow(viewer, conversation, kind)
    return str(message.public_id)


@cache
def _add(dialect: str) -> Executable:
    """Adds a message, unless its author already sent one with that token."""
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    added = insert(Message).on_conflict_do_nothing(index_elements=["author_id", "token"])
    numbers = (Message.seq, Message.rev, Message.public_seq, Message.public_rev)
    return added.returning(Message.id, Message.public_id, Message.created_at, *numbers)


def _origin(viewer: Viewer) -> str:
    """By which way in it comes."""
    ways = {LINK: Origin.LINK, MAIL: Origin.MAIL}
    return ways.get(viewer.via, Origin.CONSOLE if viewer.is_staff else Origin.PORTAL)


def _known(viewer: Viewer, standing: Standing, body: str, kind: str, token: str, beside: Beside | None) -> str:
    """The message that this author already posted with this token."""
    found = db.session.scalars(_BY_TOKEN, {"author": viewer.person_id, "token": token}).one()
    here = (found.conversation_id, found.kind) == (standing.conversation.id, kind)
    if not here or not is_same(found, body, beside):
        raise Conflict("token_reused")
    return found.public_id


def is_same(message: Message, body: str, beside: Beside | None) -> bool:
    """Whether a message was sent with these words and what comes with them."""
    if _first_words(message) != body or message.files != (beside.files if beside else 0):
        return False
    return beside is None or beside.same(message.id)


def _first_words(message: Message) -> str:
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


def _move_last(conversation: Conversation, message: Row[*tuple[Any, ...]], waits: turns.Waits) -> None:
    last = {"rev": message.rev, "seq": message.seq, "last_message_id": message.id, "active_at": message.created_at}
    if message.public_seq is not None:
        # Clients' order and times come from here, so that a note moves nothing on their side.
        last |= {"public_rev": message.public_rev, "public_seq": message.public_seq}
        last |= {"last_public_message_id": message.id, "public_active_at": message.created_at}
        last |= {"turn": waits.turn, "turn_since": waits.since}
    _set(conversation, **last)


def _have_read(viewer: Viewer, standing: Standing, *, unattended: bool) -> None:
    """Who writes has read: their own words are never unread to them. Who is not there has read no more than before."""
    last = standing.conversation.seq if viewer.face == Face.STAFF else standing.conversation.public_seq
    if not unattended or standing.stay.read == last - 1:
        _set(standing.stay, read=last)


def _set(row: Conversation | Participation, **values: Any) -> None:
    """Change columns in the database, and the object that stands for them."""
    rows(_SET[type(row)], values | {"of": row.id})
    for name, value in values.items():
        set_committed_value(row, name, value)


def _follow(viewer: Viewer, conversation: Conversation, kind: str) -> None:
    """What a message brings about: the first answer takes a client's discussion, a client's word reopens it."""
    if kind != MessageKind.TEXT:
        return
    if viewer.is_staff and conversation.owner_id is None and _begun_by_client(conversation):
        conversation.owner_id = viewer.person_id
        record_line(viewer, Fact.OWNERSHIP_ANSWERED, conversation, person=_person(viewer))
    if not viewer.is_staff and conversation.archived_at is not None:
        conversation.archived_at = None
        turns.begin_anew(viewer, conversation)
        record_line(viewer, Fact.DISCUSSION_REOPENED, conversation)


def _begun_by_client(conversation: Conversation) -> bool:
    return db.session.get_one(Person, conversation.creator_id).face == Face.CLIENT


def _person(viewer: Viewer) -> Person:
    return db.session.get_one(Person, viewer.person_id)
