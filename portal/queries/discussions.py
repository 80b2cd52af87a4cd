"""Lists of discussions, and the page of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, null, select
from sqlalchemy.orm import joinedload
from sqlalchemy.sql.base import ExecutableOption

from portal import access
from portal.access import Standing, Viewer
from portal.access.read_models import DiscussionView, Row
from portal.extensions import db, rows
from portal.kernel.errors import NotFound
from portal.kernel.text import fold
from portal.models import (
    Brand,
    Conversation,
    Message,
    MessageKind,
    Participation,
    PrivateAnswer,
    Space,
)
from portal.models.record import ends_at
from portal.queries import announcements, filters, joining, said
from portal.queries.filters import Filter
from portal.queries.firm import shower
from portal.queries.participants import participants

PAGE = 40
TITLES = 2000  # looked through by name; who has more finds the newest
MARKS = 1000  # unread discussions beyond this are not counted in the tab's title


@dataclass(frozen=True)
class ListPage:
    """Rows with the reader's read mark each; `more` continues after them."""

    rows: tuple[tuple[Row, int], ...]
    more: str | None


def page(viewer: Viewer, chosen: Filter, before: str = "") -> ListPage:
    """Discussions of `viewer`, newest first, `PAGE` at a time."""
    query = filters.narrowed(viewer, access.scopes.conversations(viewer), chosen)
    query = filters.after(viewer, query, before) if before else query
    newest = filters.newest(viewer)
    # Sorted by their ids alone: of very many, whole rows would take three times as long.
    ids = query.with_only_columns(Conversation.id).order_by(*newest).limit(PAGE + 1)
    whole = access.scopes.conversations(viewer).where(Conversation.id.in_(ids)).order_by(*newest)
    found = db.session.execute(whole.options(*_with_names())).all()
    shown = as_rows(viewer, [(row.Conversation, row.Participation) for row in found[:PAGE]])
    last = shown[-1][0] if len(found) > PAGE else None
    return ListPage(shown, filters.cursor(last.active_at, last.id, pinned=last.pinned) if last else None)


def row(viewer: Viewer, key: str) -> tuple[Row, int]:
    """One discussion as it stands in the list, with the reader's read mark."""
    found = db.session.execute(_one(viewer.face, viewer.role), viewer.asked | {"key": key}).first()
    if found is None:
        raise NotFound
    return as_rows(viewer, [(found.Conversation, found.Participation)])[0]


def titled(viewer: Viewer, words: str, limit: int) -> tuple[Row, ...]:
    """Discussions with all `words` in their title or space, without case and accents, newest first; archived too.

    For clients in their title alone: whose space a discussion belongs to is not shown to them.
    """
    query = (
        access.scopes.conversations(viewer)
        .outerjoin(Space, Space.id == Conversation.space_id)
        .with_only_columns(Conversation.id, Conversation.title, Space.name if viewer.is_staff else null())
        .order_by(Conversation.archived_at.is_not(None), filters.active_at(viewer).desc())
        .limit(TITLES)
    )
    wanted = fold(words).split()
    named = ((key, fold(f"{title} {space or ''}")) for key, title, space in db.session.execute(query))
    keys = [key for key, name in named if all(word in name for word in wanted)][:limit]
    chosen = access.scopes.conversations(viewer).where(Conversation.id.in_(keys)).options(*_with_names())
    found = {row.Conversation.id: (row.Conversation, row.Participation) for row in db.session.execute(chosen)}
    return tuple(shown for shown, _ in as_rows(viewer, [found[key] for key in keys]))


def unread_marks(viewer: Viewer) -> dict[str, tuple[int, int]]:
    """{discussion id: (last number, read mark)} of every unread discussion that is not archived."""
    found = rows(_unread(viewer.face, viewer.role), viewer.asked)
    return {key: (number, read) for key, number, read in found.all()}


@cache
def _unread(face: str, role: str) -> Select[str, int, int]:
    """What the person `me` has not read: id, last number and read mark of each discussion."""
    viewer = access.anybody(face, role)
    last = filters.last_number(viewer)
    return (
        access.scopes.conversations(viewer)
        .with_only_columns(Conversation.public_id, last, Participation.read)
        .where(last > Participation.read, Conversation.archived_at.is_(None))
        .limit(MARKS)
    )


def discussion(viewer: Viewer, key: str, online: Collection[int] = ()) -> DiscussionView:
    """The page of one discussion. What a client gets has no participants in it, nor anything about them."""
    asked = viewer.asked | {"key": key}
    found = db.session.execute(_one(viewer.face, viewer.role), asked).first()
    if found is None:
        raise NotFound
    *there, link = found
    standing = Standing(*there)
    conversation, stay = standing.conversation, standing.stay
    (shown, read), *_ = as_rows(viewer, [(conversation, stay)])
    may = access.permitted(viewer, standing)
    related = announcements.related(viewer, standing, link)
    view = DiscussionView(row=shown, may=may, read=read, notify=stay.notify, related=related)
    if not viewer.is_staff:
        return view
    people = participants(viewer, standing, online)
    return replace(
        view,
        created_at=conversation.created_at,
        owner_name=next((person.name for person in people if person.owner), None),
        participants=people,
        awaited=joining.awaited(conversation),
        messages_count=conversation.seq,
        erased_at=ends_at(conversation.archived_at, conversation.brand.keep_months),
    )


@cache
def _one(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The discussion `key` of the person `me`, whether the firm has co-owners, and what it answers to privately."""
    query = access.scopes.conversations(access.anybody(face, role)).where(Conversation.public_id == bindparam("key"))
    query = query.outerjoin(PrivateAnswer, PrivateAnswer.conversation_id == Conversation.id)
    return query.add_columns(access.scopes.co_owners(), PrivateAnswer).options(*_with_names())


def ownerless(viewer: Viewer) -> tuple[tuple[str, str, datetime, int], ...]:
    """(id, brand, created, participants) of each discussion without owner; titles are not shown (SPEC D4)."""
    count = (
        select(func.count())
        .where(
            Participation.conversation_id == Conversation.id,
            Participation.left_at.is_(None),
        )
        .scalar_subquery()
    )
    query = (
        access.scopes.ownerless(viewer)
        .join(Brand, Brand.id == Conversation.brand_id)
        .with_only_columns(Conversation.public_id, Brand.name, Conversation.created_at, count)
        .order_by(Conversation.id)
    )
    return tuple((row[0], row[1], row[2], row[3]) for row in db.session.execute(query))


def as_rows(viewer: Viewer, found: Sequence[tuple[Conversation, Participation]]) -> tuple[tuple[Row, int], ...]:
    """What was found, as it stands in the viewer's lists, with the read mark of each."""
    show = shower(viewer.face)
    last = _last_messages(viewer, [conversation for conversation, _ in found])
    points = said.of(last.values())
    shown = []
    for conversation, stay in found:
        message = last.get(conversation.id)
        about = points.get(message.id, access.NOTHING) if message else access.NOTHING
        row = show.row(conversation, message, _active(viewer, conversation, stay), about)
        shown.append((replace(row, pinned=True) if stay.pinned else row, stay.read))
    return tuple(shown)


def _last_messages(viewer: Viewer, found: Sequence[Conversation]) -> dict[int, Message]:
    """The last message of each, where this viewer's stays cover it."""
    ids = [_last_id(viewer, conversation) for conversation in found]
    asked = viewer.asked | {"ids": [i for i in ids if i]}
    loaded = db.session.scalars(_by_ids(viewer.face, viewer.role), asked)
    return {message.conversation_id: message for message in loaded if message.kind != MessageKind.EVENT}


@cache
def _by_ids(face: str, role: str) -> Select[Message]:
    """Of the messages `ids`, those that the person `me` may read."""
    query = access.scopes.messages(access.anybody(face, role)).where(Message.id.in_(bindparam("ids", expanding=True)))
    return query.options(joinedload(Message.author))


def _last_id(viewer: Viewer, conversation: Conversation) -> int | None:
    return conversation.last_message_id if viewer.is_staff else conversation.last_public_message_id


def _active(viewer: Viewer, conversation: Conversation, stay: Participation) -> datetime:
    """The same of what was loaded."""
    if viewer.is_staff:
        return conversation.active_at
    heard = conversation.last_public_message_id is not None and conversation.public_seq > stay.since
    return conversation.public_active_at if heard else stay.joined_at


def _with_names() -> tuple[ExecutableOption, ...]:
    return joinedload(Conversation.brand), joinedload(Conversation.space)
