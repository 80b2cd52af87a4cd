"""Stretches of a conversation: the newest, the older ones, and what changed since."""

from collections.abc import Sequence

from markupsafe import Markup
from sqlalchemy import Select, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal import access
from portal.access import Act, Standing, Viewer
from portal.access.read_models import MessagesPage, MessageView, VersionView
from portal.extensions import db
from portal.models import Conversation, Event, Message, MessageVersion
from portal.queries.firm import shower

PAGE = 50
CHANGES = 500  # a page that missed more than this loads itself anew


def page(viewer: Viewer, key: str, before: int | None = None, read: int | None = None) -> MessagesPage:
    """The newest `PAGE` messages, or those before the position `before`, oldest first.

    `read` is the read mark at which the page was opened; without it, today's.
    """
    standing = access.conversation(viewer, key)
    where = access.scopes.place(viewer.face)
    query = _of(viewer, standing)
    if before is not None:
        query = query.where(where < before)
    found = db.session.scalars(query.order_by(where.desc()).limit(PAGE + 1)).all()
    shown = _show(viewer, standing.conversation, found[:PAGE][::-1])
    mark = standing.stay.read if read is None else read
    return MessagesPage(
        messages=shown,
        older=shown[0].position if len(found) > PAGE else None,
        rev=_rev_of(viewer, standing.conversation),
        read=mark,
        end=before is None,
        first_unread=_first_unread(viewer, standing, mark),
    )


def changes(viewer: Viewer, key: str, after_rev: int) -> MessagesPage | None:
    """Every message that is new, edited or deleted since the revision; None when there are too many."""
    standing = access.conversation(viewer, key)
    rev = _rev_column(viewer)
    query = _of(viewer, standing).where(rev > after_rev).order_by(access.scopes.place(viewer.face))
    found = db.session.scalars(query.limit(CHANGES + 1)).all()
    if len(found) > CHANGES:
        return None
    shown = _show(viewer, standing.conversation, found)
    return MessagesPage(shown, None, _rev_of(viewer, standing.conversation), standing.stay.read)


def message(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """One message that the viewer may read."""
    standing = access.conversation(viewer, key)
    found = access.message(viewer, standing, message_key)
    return shower(viewer.face).message(found, standing.conversation)


def own_message(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """One message that the viewer may edit. Raises `Forbidden` for others."""
    standing = access.conversation(viewer, key)
    found = access.message(viewer, standing, message_key)
    access.require(viewer, Act.EDIT, (standing, found))
    return shower(viewer.face).message(found, standing.conversation)


def note_to_publish(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """A note that the viewer may publish the words of."""
    standing = access.conversation(viewer, key)
    found = access.message(viewer, standing, message_key)
    access.require(viewer, Act.PUBLISH, (standing, found))
    return shower(viewer.face).message(found, standing.conversation)


def versions(viewer: Viewer, key: str, message_key: str) -> tuple[VersionView, ...]:
    """What a message said before, newest first (staff)."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.VERSIONS, standing)
    found = access.message(viewer, standing, message_key)
    query = (
        select(MessageVersion)
        .where(MessageVersion.message_id == found.id)
        .options(joinedload(MessageVersion.editor))
        .order_by(MessageVersion.id.desc())
    )
    return tuple(
        VersionView(Markup(version.html), version.editor.name, version.replaced_at)
        for version in db.session.scalars(query)
    )


def _of(viewer: Viewer, standing: Standing) -> Select[Message]:
    query = access.scopes.messages(viewer).where(Message.conversation_id == standing.conversation.id)
    return query.options(joinedload(Message.author), joinedload(Message.event).joinedload(Event.subject))


def _first_unread(viewer: Viewer, standing: Standing, read: int) -> int | None:
    """None where nothing was ever read: all of it is new then, and no line says so."""
    number = Message.seq if viewer.is_staff else Message.public_seq
    theirs = access.scopes.messages(viewer).where(
        Message.conversation_id == standing.conversation.id, Message.author_id != viewer.person_id, number > read
    )
    return db.session.scalar(theirs.with_only_columns(number).order_by(number).limit(1)) if read else None


def _show(viewer: Viewer, conversation: Conversation, found: Sequence[Message]) -> tuple[MessageView, ...]:
    show = shower(viewer.face)
    return tuple(show.message(message, conversation) for message in found)


def _rev_column(
    viewer: Viewer,
) -> InstrumentedAttribute[int] | InstrumentedAttribute[int | None]:
    return Message.rev if viewer.is_staff else Message.public_rev


def _rev_of(viewer: Viewer, conversation: Conversation) -> int:
    return conversation.rev if viewer.is_staff else conversation.public_rev
