"""Stretches of a conversation: the newest, the older ones, and what changed since."""

from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Standing, Viewer
from portal.access.read_models import MessagesPage, MessageView, VersionView
from portal.extensions import db, rows
from portal.kernel.errors import NotFound
from portal.models import Conversation, Event, Face, Message, MessageVersion
from portal.queries import files, reactions, said, seen
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
    older = shown[0].position if len(found) > PAGE else None
    return replace(_stretch(viewer, standing, shown, read), older=older, end=before is None)


def around(viewer: Viewer, key: str, message_key: str) -> MessagesPage:
    """The stretch around a message, to open the conversation at; the newest ones where the viewer sees no such one."""
    standing = access.conversation(viewer, key)
    try:
        at = _place_of(viewer, access.message(viewer, standing, message_key))
    except NotFound:
        return replace(page(viewer, key), missing=True)
    asked, half = _asked(viewer, standing), PAGE // 2
    older = db.session.scalars(_newest(viewer.face, viewer.role, True), asked | {"before": at + 1}).all()
    newer = db.session.scalars(_following(viewer.face, viewer.role), asked | {"after": at}).all()
    shown = _show(viewer, standing.conversation, [*older[:half][::-1], *newer[:half]])
    found = replace(_stretch(viewer, standing, shown, None), at=message_key)
    found = replace(found, older=shown[0].position if len(older) > half else None)
    more = len(newer) > half
    return replace(found, newer=shown[-1].position if more else None, end=not more)


def following(viewer: Viewer, key: str, after: int, read: int) -> MessagesPage:
    """The `PAGE` messages after the position `after`; with `newer` where there are more."""
    standing = access.conversation(viewer, key)
    asked = _asked(viewer, standing) | {"after": after}
    found = db.session.scalars(_following(viewer.face, viewer.role), asked).all()
    shown = _show(viewer, standing.conversation, found[:PAGE])
    more = len(found) > PAGE
    return replace(_stretch(viewer, standing, shown, read), newer=shown[-1].position if more else None, end=not more)


def _stretch(viewer: Viewer, standing: Standing, shown: tuple[MessageView, ...], read: int | None) -> MessagesPage:
    mark = standing.stay.read if read is None else read
    return MessagesPage(
        messages=shown,
        older=None,
        rev=_rev_of(viewer, standing.conversation),
        read=mark,
        first_unread=_first_unread(viewer, standing, mark),
        seen_by=seen.by(viewer, standing),
        seen=seen.own(viewer, standing),
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
    asked = viewer.asked | {"key": key, "message": message_key}
    found = rows(_one(viewer.face, viewer.role), asked).first()
    if found is None:
        raise NotFound
    shown, conversation, staff_names = parts(found)
    came, put = files.of([shown]).get(shown.id, ()), reactions.of([shown]).get(shown.id, ())
    points = said.of([shown]).get(shown.id, access.NOTHING)
    return access.shower(viewer.face, staff_names).message(shown, conversation, came, put, points)


@cache
def _one(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The message `message` of the conversation `key`, to the person `me`."""
    query = told(access.scopes.messages(access.anybody(face, role)))
    return query.where(Conversation.public_id == bindparam("key"), Message.public_id == bindparam("message"))


def discussion_of(viewer: Viewer, message_key: str) -> str:
    """The discussion in which that message stands."""
    query = access.scopes.messages(viewer).where(Message.public_id == message_key)
    found = db.session.scalar(query.with_only_columns(Conversation.public_id))
    if found is None:
        raise NotFound
    return str(found)


def own_message(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """One message that the viewer may edit. Raises `Forbidden` for others."""
    standing = access.conversation(viewer, key)
    found = access.message(viewer, standing, message_key)
    access.require(viewer, Act.EDIT, (standing, found))
    return _show(viewer, standing.conversation, [found])[0]


def note_to_publish(viewer: Viewer, key: str, message_key: str) -> MessageView:
    """A note that the viewer may publish the words of."""
    standing = access.conversation(viewer, key)
    found = access.message(viewer, standing, message_key)
    access.require(viewer, Act.PUBLISH, (standing, found))
    return _show(viewer, standing.conversation, [found])[0]


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
    names = access.Names(shower(viewer.face), standing.conversation.brand, said.named(found))
    return tuple(
        VersionView(names.html(version.html), version.editor.name, version.replaced_at)
        for version in db.session.scalars(query)
    )


def _asked(viewer: Viewer, standing: Standing) -> dict[str, int]:
    return viewer.asked | {"conversation": standing.conversation.id}


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
def _following(face: str, role: str) -> Select[Message]:
    where = access.scopes.place(face)
    query = _here(face, role).where(where > bindparam("after"))
    return query.options(*_AROUND).order_by(where).limit(PAGE + 1)


def _place_of(viewer: Viewer, message: Message) -> int:
    """Where it stands for the viewer's face; for clients only texts stand anywhere, and only these do they see."""
    return message.position if viewer.is_staff else message.public_seq or 0


@cache
def _changed(face: str, role: str) -> Select[Message]:
    rev = Message.rev if face == Face.STAFF else Message.public_rev
    query = _here(face, role).where(rev > bindparam("rev")).options(*_AROUND)
    return query.order_by(access.scopes.place(face)).limit(CHANGES + 1)


def _first_unread(viewer: Viewer, standing: Standing, read: int) -> int | None:
    """None where nothing was ever read: all of it is new then, and no line says so."""
    if not read:
        return None
    asked = _asked(viewer, standing) | {"read": read}
    return db.session.scalar(_unread(viewer.face, viewer.role), asked)


@cache
def _unread(face: str, role: str) -> Select[int | None]:
    number = Message.seq if face == Face.STAFF else Message.public_seq
    here, read = _here(face, role), bindparam("read", type_=Integer)
    begun = here.where(number.between(1, read)).correlate(None).exists()
    theirs = here.where(Message.author_id != bindparam("me"), number > read, begun)
    return theirs.with_only_columns(number).order_by(number).limit(1)


def views(viewer: Viewer, conversation: Conversation, found: Sequence[Message]) -> tuple[MessageView, ...]:
    """Messages that the viewer may read, with their authors and events loaded, as they are shown to the viewer."""
    return _show(viewer, conversation, found)


def _show(viewer: Viewer, conversation: Conversation, found: Sequence[Message]) -> tuple[MessageView, ...]:
    show, came, put = shower(viewer.face), files.of(found), reactions.of(found)
    points = said.of(found)
    return tuple(
        show.message(one, conversation, came.get(one.id, ()), put.get(one.id, ()), points.get(one.id, access.NOTHING))
        for one in found
    )


def _rev_of(viewer: Viewer, conversation: Conversation) -> int:
    return conversation.rev if viewer.is_staff else conversation.public_rev
