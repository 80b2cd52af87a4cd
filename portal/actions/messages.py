"""Writing, editing and deleting messages. One path for texts and notes, staff and clients."""

from collections.abc import Collection, Sequence

from portal import access
from portal.access import Act, Viewer
from portal.actions import drafts, frozen, said, search, turns
from portal.actions.answers import place
from portal.actions.beside import Beside
from portal.actions.facts import record
from portal.actions.files import attaching
from portal.actions.reactions import forget
from portal.actions.unit import unit, unless_taken
from portal.actions.writing import WRITTEN, checked_token, prepared, write
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.models import Conversation, Fact, Message, MessageKind, MessageVersion


def post(
    viewer: Viewer,
    key: str,
    *,
    body: str,
    kind: str = MessageKind.TEXT,
    token: str,
    beside: Beside | None = None,
    files: Sequence[str] = (),
    reply_to: str = "",
    chosen: Collection[str] = (),
) -> str:
    """Post a message in the conversation `key`, with `files` of its author's that wait; gives its public id.

    It answers the message `reply_to`, and mentions whom it names; see `said.named` for `chosen`.

    The same `token` (32 hex digits) from the same author posts once: the stored message is given
    again, or `Conflict` is raised when conversation, kind, text or files differ. Raises `NotFound`,
    `Forbidden`, `Invalid` (empty, too long) and `Unavailable`. A client's answer to an announcement is posted in a
    discussion of their own.
    """
    body, html = prepared(body, files)
    checked_token(token)
    if kind not in WRITTEN:
        raise Invalid("bad_request")
    attached = attaching(viewer, files)
    beside = beside.also(attached) if beside else attached
    words = said.named(viewer, key, body, html, chosen=chosen)
    # Two conversations, one token, at the same moment: PostgreSQL locks each conversation alone.
    with unless_taken("token_reused"), place(viewer, key, kind) as (viewer, standing):
        # What answers an announcement stands elsewhere, and quotes nothing.
        here = standing.conversation.public_id == key
        answers = said.answering(viewer, standing, kind, reply_to if here else "")
        message = write(viewer, standing, words.body, words.html, kind, token, beside, words, answers)
        if not here:
            drafts.answered(viewer, key, body)
        return message


def edit(viewer: Viewer, key: str, message_key: str, *, body: str) -> None:
    """Change the words of one's own message; what it said before is kept for staff."""
    body, html = prepared(body, (message_key,))
    words = said.named(viewer, key, body, html, message_key=message_key)
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        message = access.message(viewer, standing, message_key)
        access.require(viewer, Act.EDIT, (standing, message))
        if not (body or message.files):
            raise Invalid("message_empty")
        if words.mentioned and words.before != message.mentions:  # edited meanwhile
            words = said.named(viewer, key, body, html, message_key=message_key)
        body = words.body
        if message.body == body:
            return
        _keep_version(viewer, message)
        message.body, message.html, message.edited_at = body, words.html, now()
        said.change(standing.conversation, message, words)
        search.index_again(
            message.id, message.conversation_id, message.author_id, message.created_at, message.html, message.files
        )
        _changed(standing.conversation, message)
        record(viewer, Fact.MESSAGE_EDITED, standing.conversation, message_id=message.id)
        frozen.changed(viewer, standing.conversation, message)
        said.redraw(viewer, standing.conversation, message)


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
        forget(message)
        search.forget(message.id)
        _changed(standing.conversation, message)
        record(viewer, Fact.MESSAGE_DELETED, standing.conversation, message_id=message.id)
        frozen.changed(viewer, standing.conversation, message)
        said.redraw(viewer, standing.conversation, message)
        if message.kind == MessageKind.TEXT:
            turns.after_deletion(viewer, standing.conversation)


def publish(viewer: Viewer, key: str, note_key: str, *, body: str, token: str) -> str:
    """Publish a note: a new message with the words given, by an explicit act. The note stays a note (SPEC M3)."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.PUBLISH, (standing, access.message(viewer, standing, note_key)))
    return post(viewer, key, body=body, token=token)


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
