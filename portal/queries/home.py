"""The console's home: of somebody's discussions, those that wait for us, and those that wait for clients."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_due import ReminderView
from portal.access.read_models import Row
from portal.extensions import db
from portal.models import Conversation, Face, Participation, Person, Turn
from portal.queries import discussions, filters, reminders

MOST = 20  # of a section; the list has all of them

Found = list[tuple[Conversation, Participation]]


@dataclass(frozen=True)
class Entry:
    """A discussion on the home; `mailed` are the clients who were told by mail since it waits for them."""

    row: Row
    read: int
    mine: bool
    mailed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Section:
    """Discussions that wait, the longest first; `more` is whether there are others."""

    entries: tuple[Entry, ...]
    more: bool


@dataclass(frozen=True)
class Home:
    """What is on the page; `reminders` have rung; `ownerless` counts discussions without owner, for admins.

    `begun` is whether there is anything to be done with: who is in no discussion yet has not answered all.
    """

    answer: Section
    waiting: Section
    ownerless: int
    reminders: tuple[ReminderView, ...] = ()
    begun: bool = True


def home(viewer: Viewer) -> Home:
    """Of the discussions that the viewer is in, and of no others (SPEC D3, D8)."""
    # What is one's own comes first: the rest waits for somebody else before it waits for them.
    answer = _waiting(viewer, Turn.US, Conversation.owner_id.is_distinct_from(viewer.person_id))
    waiting = _waiting(viewer, Turn.CLIENT)
    shown = answer[:MOST] + waiting[:MOST]
    mailed = _mailed([conversation.id for conversation, _ in waiting[:MOST]])
    rows = zip(shown, discussions.as_rows(viewer, shown), strict=True)
    entries = [
        Entry(row, read, conversation.owner_id == viewer.person_id, tuple(mailed.get(conversation.id, ())))
        for (conversation, _), (row, read) in rows
    ]
    first = len(answer[:MOST])
    return Home(
        answer=Section(tuple(entries[:first]), len(answer) > MOST),
        waiting=Section(tuple(entries[first:]), len(waiting) > MOST),
        ownerless=_ownerless(viewer),
        reminders=reminders.rung(viewer),
        begun=bool(shown) or _in_any(viewer),
    )


def _in_any(viewer: Viewer) -> bool:
    any_at_all = access.scopes.conversations(viewer).with_only_columns(Conversation.id).limit(1)
    return db.session.execute(any_at_all).first() is not None


def _waiting(viewer: Viewer, turn: str, *first: ColumnElement[bool]) -> Found:
    query = access.scopes.conversations(viewer).where(filters.waits(turn))
    order = *first, Conversation.turn_since, Conversation.id
    ids = query.with_only_columns(Conversation.id).order_by(*order).limit(MOST + 1)
    whole = access.scopes.conversations(viewer).where(Conversation.id.in_(ids)).order_by(*order)
    names = joinedload(Conversation.brand), joinedload(Conversation.space)
    return [(row.Conversation, row.Participation) for row in db.session.execute(whole.options(*names))]


def _mailed(ids: list[int]) -> dict[int, list[str]]:
    """{conversation: clients in it to whom a mail was written since it is their turn}."""
    query = (
        select(Participation.conversation_id, Person.name)
        .join(Person, Person.id == Participation.person_id)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .where(Participation.conversation_id.in_(ids), Participation.left_at.is_(None))
        .where(Participation.face == Face.CLIENT, Participation.mailed_at >= Conversation.turn_since)
        .order_by(Person.folded, Person.id)
    )
    found: dict[int, list[str]] = defaultdict(list)
    for conversation_id, name in db.session.execute(query):
        found[conversation_id].append(name)
    return found


def _ownerless(viewer: Viewer) -> int:
    if not viewer.is_admin:
        return 0
    return db.session.scalar(access.scopes.ownerless(viewer).with_only_columns(func.count(Conversation.id))) or 0
