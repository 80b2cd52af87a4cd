"""Lists of discussions, and the page of one."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, case, func, or_, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload
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
    Space,
)
from portal.queries.firm import shower
from portal.queries.participants import participants

PAGE = 40
TITLES = 2000  # looked through by name; who has more finds the newest
MARKS = 1000  # unread discussions beyond this are not counted in the tab's title
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. Keys are public ids; unknown ones find nothing."""

    unread: bool = False
    mine: bool = False
    archived: bool = False
    brand: str = ""
    space: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether this shows less than all current discussions."""
        return self != Filter()


@dataclass(frozen=True)
class ListPage:
    """Rows with the reader's read mark each; `more` continues after them."""

    rows: tuple[tuple[Row, int], ...]
    more: str | None


def page(viewer: Viewer, chosen: Filter, before: str = "") -> ListPage:
    """Discussions of `viewer`, newest first, `PAGE` at a time."""
    at = _active_at(viewer)
    query = _narrowed(viewer, access.scopes.conversations(viewer), chosen)
    if before:
        moment, key = _cursor(before)
        query = query.where(or_(at < moment, and_(at == moment, Conversation.public_id < key)))
    newest = at.desc(), Conversation.public_id.desc()
    # Sorted by their ids alone: of very many, whole rows would take three times as long.
    ids = query.with_only_columns(Conversation.id).order_by(*newest).limit(PAGE + 1)
    whole = access.scopes.conversations(viewer).where(Conversation.id.in_(ids)).order_by(*newest)
    found = db.session.execute(whole.options(*_with_names())).all()
    shown = _rows(viewer, [(row.Conversation, row.Participation) for row in found[:PAGE]])
    return ListPage(shown, _next(shown[-1][0].active_at, shown[-1][0].id) if len(found) > PAGE else None)


def row(viewer: Viewer, key: str) -> tuple[Row, int]:
    """One discussion as it stands in the list, with the reader's read mark."""
    found = db.session.execute(_one(viewer.face, viewer.role), {"me": viewer.person_id, "key": key}).first()
    if found is None:
        raise NotFound
    return _rows(viewer, [(found.Conversation, found.Participation)])[0]


def titled(viewer: Viewer, words: str, limit: int) -> tuple[Row, ...]:
    """Discussions with all `words` in their title or space, without case and accents, newest first; archived too."""
    query = (
        access.scopes.conversations(viewer)
        .outerjoin(Space, Space.id == Conversation.space_id)
        .with_only_columns(Conversation.id, Conversation.title, Space.name)
        .order_by(Conversation.archived_at.is_not(None), _active_at(viewer).desc())
        .limit(TITLES)
    )
    wanted = fold(words).split()
    named = ((key, fold(f"{title} {space or ''}")) for key, title, space in db.session.execute(query))
    keys = [key for key, name in named if all(word in name for word in wanted)][:limit]
    chosen = access.scopes.conversations(viewer).where(Conversation.id.in_(keys)).options(*_with_names())
    found = {row.Conversation.id: (row.Conversation, row.Participation) for row in db.session.execute(chosen)}
    return tuple(shown for shown, _ in _rows(viewer, [found[key] for key in keys]))


def unread_marks(viewer: Viewer) -> dict[str, tuple[int, int]]:
    """{discussion id: (last number, read mark)} of every unread discussion that is not archived."""
    found = rows(_unread(viewer.face, viewer.role), {"me": viewer.person_id})
    return {key: (number, read) for key, number, read in found.all()}


@cache
def _unread(face: str, role: str) -> Select[str, int, int]:
    """What the person `me` has not read: id, last number and read mark of each discussion."""
    viewer = access.anybody(face, role)
    last = _last_number(viewer)
    return (
        access.scopes.conversations(viewer)
        .with_only_columns(Conversation.public_id, last, Participation.read)
        .where(last > Participation.read, Conversation.archived_at.is_(None))
        .limit(MARKS)
    )


def discussion(viewer: Viewer, key: str, online: Collection[int] = ()) -> DiscussionView:
    """The page of one discussion. What a client gets has no participants in it, nor anything about them."""
    asked = {"me": viewer.person_id, "key": key}
    found = db.session.execute(_one(viewer.face, viewer.role), asked).first()
    if found is None:
        raise NotFound
    standing = Standing(*found)
    conversation, stay = standing.conversation, standing.stay
    (shown, read), *_ = _rows(viewer, [(conversation, stay)])
    view = DiscussionView(row=shown, may=access.permitted(viewer, standing), read=read)
    if not viewer.is_staff:
        return view
    people = participants(viewer, standing, online)
    return replace(
        view,
        created_at=conversation.created_at,
        owner_name=next((person.name for person in people if person.owner), None),
        participants=people,
        messages_count=conversation.seq,
    )


@cache
def _one(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The discussion `key` of the person `me`, and whether the firm has co-owners."""
    query = access.scopes.conversations(access.anybody(face, role)).where(Conversation.public_id == bindparam("key"))
    return query.add_columns(access.scopes.co_owners()).options(*_with_names())


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


def _rows(viewer: Viewer, found: Sequence[tuple[Conversation, Participation]]) -> tuple[tuple[Row, int], ...]:
    show = shower(viewer.face)
    last = _last_messages(viewer, [conversation for conversation, _ in found])
    return tuple(
        (show.row(conversation, last.get(conversation.id), _active(viewer, conversation, stay)), stay.read)
        for conversation, stay in found
    )


def _last_messages(viewer: Viewer, found: Sequence[Conversation]) -> dict[int, Message]:
    """The last message of each, where this viewer's stays cover it."""
    ids = [_last_id(viewer, conversation) for conversation in found]
    asked = {"me": viewer.person_id, "ids": [i for i in ids if i]}
    loaded = db.session.scalars(_by_ids(viewer.face, viewer.role), asked)
    return {message.conversation_id: message for message in loaded if message.kind != MessageKind.EVENT}


@cache
def _by_ids(face: str, role: str) -> Select[Message]:
    """Of the messages `ids`, those that the person `me` may read."""
    query = access.scopes.messages(access.anybody(face, role)).where(Message.id.in_(bindparam("ids", expanding=True)))
    return query.options(joinedload(Message.author))


def _last_id(viewer: Viewer, conversation: Conversation) -> int | None:
    return conversation.last_message_id if viewer.is_staff else conversation.last_public_message_id


def _narrowed(
    viewer: Viewer, query: Select[Conversation, Participation], chosen: Filter
) -> Select[Conversation, Participation]:
    archived = Conversation.archived_at
    query = query.where(archived.is_not(None) if chosen.archived else archived.is_(None))
    if chosen.unread:
        query = query.where(_last_number(viewer) > Participation.read)
    if chosen.mine:
        query = query.where(Conversation.owner_id == viewer.person_id)
    if chosen.brand:
        query = query.where(Conversation.brand.has(Brand.public_id == chosen.brand))
    if chosen.space:
        query = query.where(Conversation.space.has(Space.public_id == chosen.space))
    return query


def _active_at(viewer: Viewer) -> ColumnElement[datetime]:
    """When something happened last, for this reader.

    To a client who reads from now on (or came back without the gap) it tells nothing of when others talked before.
    """
    if viewer.is_staff:
        return Conversation.active_at.expression
    heard = and_(Conversation.last_public_message_id.is_not(None), Conversation.public_seq > Participation.since)
    return case((heard, Conversation.public_active_at), else_=Participation.joined_at)


def _active(viewer: Viewer, conversation: Conversation, stay: Participation) -> datetime:
    """The same of what was loaded."""
    if viewer.is_staff:
        return conversation.active_at
    heard = conversation.last_public_message_id is not None and conversation.public_seq > stay.since
    return conversation.public_active_at if heard else stay.joined_at


def _last_number(viewer: Viewer) -> InstrumentedAttribute[int]:
    return Conversation.seq if viewer.is_staff else Conversation.public_seq


def _with_names() -> tuple[ExecutableOption, ...]:
    return joinedload(Conversation.brand), joinedload(Conversation.space)


def _next(at: datetime, key: str) -> str:
    return f"{(at - EPOCH) // timedelta(microseconds=1)}.{key}"


def _cursor(text: str) -> tuple[datetime, str]:
    number, _, key = text.partition(".")
    if not number.isascii() or not number.isdigit() or len(number) > 17:
        raise NotFound
    return EPOCH + timedelta(microseconds=int(number)), key
