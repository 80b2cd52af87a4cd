"""From what is wanted to hits: ids within the rights, then what is shown of them."""

from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal import access
from portal.access import Said, Shower, Viewer
from portal.access.read_models import Author
from portal.extensions import db, rows
from portal.kernel import text
from portal.kernel.errors import NotFound
from portal.models import File, Message, MessageKind
from portal.queries import said
from portal.queries.search import postgresql, rights, sqlite
from portal.queries.search.about import about
from portal.queries.search.snippets import Pieces, snippet
from portal.queries.search.wanted import Group, Wanted
from portal.queries.told import parts, told

PAGE = 20
NAMED = 8  # authors who are named to the full-text index; of more, one of two messages would be theirs anyway
NOWHERE = (0,)  # no conversation's id, and nobody's
BACK_ENDS = {"sqlite": sqlite, "postgresql": postgresql}


@dataclass(frozen=True)
class Hit:
    """A message that was found: where, whose, when, and the stretch of it that shows why."""

    id: str
    discussion_id: str
    title: str
    author: Author
    note: bool
    archived: bool
    posted_at: datetime
    pieces: Pieces
    files: tuple[Pieces, ...] = ()


@dataclass(frozen=True)
class Hits:
    """Some, the newest first; `older` is the id of the message to go on before."""

    hits: tuple[Hit, ...] = ()
    older: str | None = None


def hits(viewer: Viewer, wanted: Wanted, before: str = "") -> Hits:
    """Messages that `viewer` may read and that are `wanted`; `before` is the message that the last ones ended with.

    Raises `NotFound` for who came by a link, and for a message that is not theirs.
    """
    if viewer.limit is not None:
        raise NotFound
    end = _id(viewer, before) if before else None
    found = [] if wanted.nothing else _ids(viewer, wanted, end)
    shown = _shown(viewer, found[:PAGE], wanted.groups)
    return Hits(shown, shown[-1].id if len(found) > PAGE and shown else None)


def _ids(viewer: Viewer, wanted: Wanted, end: int | None) -> list[int]:
    """Internal ids of the newest `PAGE` and one more."""
    # Where there is nothing, it is asked all the same, of nowhere: whether a word was said in a note, or somebody is
    # called like that, must not show in how long the answer takes.
    places = rights.places(viewer, wanted.places, wanted.groups)
    places = places if places is None else places or NOWHERE
    authors = rights.authors(viewer, wanted.authors) or (NOWHERE if wanted.authors else ())
    back_end = BACK_ENDS[db.engine.dialect.name]
    named = authors if len(authors) <= NAMED else ()
    match = back_end.expression(wanted.groups, about(wanted, named, places or (), partial(rights.begun, viewer)))
    query = access.scopes.messages(viewer).where(Message.deleted_at.is_(None))
    if authors and not named:
        query = query.where(Message.author_id.in_(authors))
    if wanted.before is not None:
        query = query.where(Message.created_at < wanted.before)
    if wanted.after is not None:
        query = query.where(Message.created_at >= wanted.after)
    if places is None:
        query = rights.inside(query, viewer, wanted.places)
    found: list[int] = []
    for attempt in back_end.attempts(query, match, wanted.before is None and places is None, end):
        found = list(db.session.scalars(attempt.limit(PAGE + 1)))
        if len(found) > PAGE:
            break
    return found


def _id(viewer: Viewer, key: str) -> int:
    query = access.scopes.messages(viewer).where(Message.public_id == key).with_only_columns(Message.id)
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def _shown(viewer: Viewer, ids: list[int], groups: tuple[Group, ...]) -> tuple[Hit, ...]:
    found = [parts(row) for row in rows(_told(viewer.face, viewer.role), viewer.asked | {"ids": ids})]
    names = _names([message.id for message, _, _ in found if message.files])
    points = said.of([message for message, _, _ in found])
    return tuple(
        _hit(
            access.shower(viewer.face, staff_names),
            message,
            conversation,
            groups,
            names.get(message.id, ()),
            points.get(message.id, access.NOTHING),
        )
        for message, conversation, staff_names in found
    )


def _hit(
    show: Shower, message: Any, conversation: Any, groups: tuple[Group, ...], names: tuple[str, ...], points: Said
) -> Hit:
    html = access.Names(show, conversation.brand, points.called).plain_html(message.html)
    return Hit(
        id=message.public_id,
        discussion_id=conversation.public_id,
        title=conversation.title,
        author=show.author(message.author, conversation.brand),
        note=message.kind == MessageKind.NOTE,
        archived=conversation.archived_at is not None,
        posted_at=message.created_at,
        pieces=snippet(text.plain_line(html, text.MESSAGE_LIMIT), groups),
        files=tuple(snippet(name, groups) for name in names),
    )


@cache
def _told(face: str, role: str) -> Select[*tuple[Any, ...]]:
    """The messages `ids` of those that the person `me` may read, with what is shown around them."""
    query = told(access.scopes.messages(access.anybody(face, role)))
    return query.where(Message.id.in_(bindparam("ids", expanding=True))).order_by(Message.id.desc())


def _names(ids: list[int]) -> dict[int, tuple[str, ...]]:
    """The names of the files of messages that were found."""
    named: dict[int, tuple[str, ...]] = {}
    if ids:
        query = select(File.message_id, File.name).where(File.message_id.in_(ids)).order_by(File.place, File.id)
        for message_id, name in rows(query, {}):
            named[message_id] = (*named.get(message_id, ()), name)
    return named
