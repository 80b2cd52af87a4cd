"""Stretches of a conversation: the newest, the older ones, and what changed since."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from markupsafe import Markup
from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Standing, Viewer
from portal.access.read_models import MessagesPage, MessageView, VersionView
from portal.extensions import db, rows
from portal.kernel.errors import NotFound
from portal.models import Conversation, Event, Face, Message, MessageVersion
from portal.queries.firm import shower
from portal.queries.told import parts, told

PAGE = 50
_AROUND = (joinedload(Message.author), joinedload(Message.event).joinedload(Event.subject))
CHANGES = 500  # a page that missed more than this loads itself anew


def page(viewer: Viewer, key: str, before: int | None = None, read: int | None = None) -> MessagesPage:
    """The newest `PAGE` messages, or those before the position `before`, oldest first.

    `read` is the read mark at which the page was opened; without it, today's.
    """
    standing = access.conversation(viewer, key)
    asked = _asked(viewer, standing) | ({} if before is None else {"before": before})
    found = db.session.scalars(_newest(viewer.face, viewer.role, before is not None), asked).all()
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
    asked = _asked(viewer, standing) | {"rev": after_rev}
    found = db.session.scalars(_changed(viewer.face, viewer.role), asked).all()
    if len(found) > CHANGES:
        return None
    shown = _show(viewer, standing.conversation, found)
    return MessagesPage(shown, None, _rev_of(viewer, standing.conversation), standing.stay.read)


def message(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """One message that the viewer may read. Asked after every post, so in one statement."""
    asked = {"me": viewer.person_id, "key": key, "message": message_key}
    found = rows(_one(viewer.face, viewer.role), asked).first()
    if found is None:
        raise NotFound
    shown, conversation, staff_names = parts(found)
    return access.shower(viewer.face, staff_names).message(shown, conversation)


@cache
def _one(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The message `message` of the conversation `key`, to the person `me`."""
    query = told(access.scopes.messages(access.anybody(face, role)))
    return query.where(Conversation.public_id == bindparam("key"), Message.public_id == bindparam("message"))


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


def _asked(viewer: Viewer, standing: Standing) -> dict[str, int]:
    return {"me": viewer.person_id, "conversation": standing.conversation.id}


@cache
def _here(face: str, role: str) -> Select[Message]:
    """Messages of the conversation (by its internal id) that the person `me` may read."""
    query = access.scopes.messages(access.anybody(face, role))
    return query.where(Message.conversation_id == bindparam("conversation"))


@cache
def _newest(face: str, role: str, before: bool) -> Select[Message]:
    where = access.scopes.place(face)
    query = _here(face, role).where(where < bindparam("before")) if before else _here(face, role)
    return query.options(*_AROUND).order_by(where.desc()).limit(PAGE + 1)


@cache
def _changed(face: str, role: str) -> Select[Message]:
    rev = Message.rev if face == Face.STAFF else Message.public_rev
    query = _here(face, role).where(rev > bindparam("rev")).options(*_AROUND)
    return query.order_by(access.scopes.place(face)).limit(CHANGES + 1)


def _first_unread(viewer: Viewer, standing: Standing, read: int) -> int | None:
    """None where nothing was ever read: all of it is new then, and no line says so."""
    asked = _asked(viewer, standing) | {"read": read}
    return db.session.scalar(_unread(viewer.face, viewer.role), asked)


@cache
def _unread(face: str, role: str) -> Select[int | None]:
    number = Message.seq if face == Face.STAFF else Message.public_seq
    here, read = _here(face, role), bindparam("read", type_=Integer)
    begun = here.where(number.between(1, read)).correlate(None).exists()
    theirs = here.where(Message.author_id != bindparam("me"), number > read, begun)
    return theirs.with_only_columns(number).order_by(number).limit(1)


def _show(viewer: Viewer, conversation: Conversation, found: Sequence[Message]) -> tuple[MessageView, ...]:
    show = shower(viewer.face)
    return tuple(show.message(message, conversation) for message in found)


def _rev_of(viewer: Viewer, conversation: Conversation) -> int:
    return conversation.rev if viewer.is_staff else conversation.public_rev
