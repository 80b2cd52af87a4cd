"""Mentions: whom one may name while one writes, what one answers, and where one was named."""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, func, select
from sqlalchemy.orm import aliased, joinedload

from portal import access
from portal.access import Act, Standing, Viewer
from portal.access.known import known
from portal.access.read_models import Author, LastLine, MentionedIn, QuoteView
from portal.extensions import db, rows
from portal.kernel.errors import NotFound
from portal.kernel.text import TEAM_SIGN, fold
from portal.models import Conversation, Face, Mention, Message, MessageKind, Participation, Person
from portal.queries import said
from portal.queries.firm import shower

FOUND = 8
PAGE = 30
COUNTED = 100  # of the newest, for the rail


class Suggestion(NamedTuple):
    """Somebody to mention; `away` are colleagues who are not in the discussion."""

    author: Author
    away: bool


class Page(NamedTuple):
    """Where one was mentioned, the newest first; `more` is the message to go on after."""

    found: tuple[MentionedIn, ...]
    more: str | None


class Away(NamedTuple):
    """A colleague who is not in a discussion, and who can add them."""

    name: str
    adders: tuple[str, ...]


def suggestions(viewer: Viewer, key: str, words: str) -> tuple[Suggestion, ...]:
    """Whom the viewer may name there, and who is called so; the team for clients, whatever the firm shows of it."""
    standing = access.conversation(viewer, key)
    wanted = fold(words).strip()
    found = [one for one in known(viewer, standing) if _called(one.author.name, wanted)]
    listed = {one.author.key: Suggestion(one.author, not one.here) for one in reversed(found)}
    shown = [listed.pop(one.author.key) for one in found if one.author.key in listed][:FOUND]
    return tuple(shown if viewer.is_staff else [*shown, _team(standing)][: FOUND + 1])


def replying(viewer: Viewer, key: str, message_key: str) -> QuoteView | None:
    """The message that the viewer is about to answer, as the viewer may read it; None for none."""
    if not message_key:
        return None
    standing = access.conversation(viewer, key)
    try:
        found = access.message(viewer, standing, message_key)
    except NotFound:
        return None
    if found.kind == MessageKind.EVENT or found.deleted_at is not None:
        return None
    show = shower(viewer.face)
    line = show.last(found, standing.conversation, said.of([found]).get(found.id, access.NOTHING))
    author = show.author(found.author, standing.conversation.brand)
    return QuoteView(found.public_id, author.key, author.name, line.text if line else "", found.kind == "note")


def away(viewer: Viewer, key: str, person_key: str) -> Away | None:
    """A colleague who was mentioned and is not in the discussion, for who cannot add them; None for who can.

    Raises `NotFound` for everybody whom the viewer may not mention there.
    """
    standing = access.conversation(viewer, key)
    found = [one for one in known(viewer, standing) if one.author.key == person_key and not one.here]
    if not viewer.is_staff or not found:
        raise NotFound
    if access.can(viewer, Act.ADD, standing):
        return None
    return Away(found[0].author.name, _adders(standing))


def page(viewer: Viewer, before: str = "") -> Page:
    """Messages that mention the viewer, of those that the viewer may read now; after the message `before`."""
    query = _mine(viewer.role).options(joinedload(Message.author), joinedload(Conversation.brand))
    if before:
        place = select(func.max(Mention.id)).join(Message, Message.id == Mention.message_id)
        place = place.where(Message.public_id == before, Mention.person_id == viewer.person_id)
        query = query.where(Mention.id < place.scalar_subquery())
    found = db.session.execute(query.limit(PAGE + 1), viewer.asked).all()
    points = said.of([row.Message for row in found])
    shown = tuple(_shown(row, points.get(row.Message.id, access.NOTHING)) for row in found[:PAGE])
    return Page(shown, shown[-1].message_id if len(found) > PAGE else None)


def count(viewer: Viewer) -> int:
    """How many of the newest of them the viewer has not read."""
    return int(rows(_unread(viewer.role), viewer.asked).scalar_one()) if viewer.is_staff else 0


@cache
def _mine(role: str) -> Select[*tuple[Any, ...]]:
    """Messages that mention the person `me`, of staff, with where they stand and how far that was read."""
    stay = aliased(Participation)
    return (
        access.scopes.messages(access.anybody(Face.STAFF, role))
        .join(Mention, Mention.message_id == Message.id)
        .join(stay, (stay.conversation_id == Message.conversation_id) & stay.left_at.is_(None))
        .where(Mention.person_id == bindparam("me"), Mention.current, stay.person_id == bindparam("me"))
        .where(Message.deleted_at.is_(None), Message.author_id != bindparam("me"))
        .add_columns(Conversation, (Message.seq > stay.read).label("unread"))
        .order_by(Mention.id.desc())
    )


@cache
def _unread(role: str) -> Select[int]:
    mine = _mine.__wrapped__(role)  # of its own: the one that is kept may be in use by another thread
    newest = mine.with_only_columns(mine.selected_columns.unread).limit(COUNTED).subquery()
    return select(func.count()).select_from(newest).where(newest.c.unread)


def _shown(row: Row[*tuple[Any, ...]], points: access.Said) -> MentionedIn:
    show = access.shower(Face.STAFF, None)
    line: LastLine | None = show.last(row.Message, row.Conversation, points)
    return MentionedIn(
        message_id=row.Message.public_id,
        discussion_id=row.Conversation.public_id,
        title=row.Conversation.title,
        author=show.author(row.Message.author, row.Conversation.brand),
        text=line.text if line else "",
        note=row.Message.kind == MessageKind.NOTE,
        posted_at=row.Message.created_at,
        unread=row.unread,
    )


def _adders(standing: Standing) -> tuple[str, ...]:
    """The owner, and where the firm has co-owners, these."""
    conversation = standing.conversation
    query = select(Person.name).join(Participation, Participation.person_id == Person.id)
    may = Person.id == conversation.owner_id
    may = may | Participation.co_owner if standing.co_owners else may
    here = Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    return tuple(db.session.scalars(query.where(*here, may).order_by(Person.folded)))


def _called(name: str, wanted: str) -> bool:
    """Whether a name, or a word of it, begins so."""
    folded = fold(name)
    return folded.startswith(wanted) or any(word.startswith(wanted) for word in folded.split())


def _team(standing: Standing) -> Suggestion:
    brand = access.brand_chip(standing.conversation.brand)
    return Suggestion(Author(access.TEAM, TEAM_SIGN, brand.initials, brand.hue, True), False)
