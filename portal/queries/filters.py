"""What a list of discussions is narrowed to, and its order: pinned ones first, then newest first."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, case, false, or_
from sqlalchemy.orm import InstrumentedAttribute

from portal import access
from portal.access import Viewer
from portal.kernel.errors import NotFound
from portal.models import Audience, Brand, Conversation, Kind, Participation, Space, Turn

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
PINNED = "p"  # begins the cursor of a pinned row

Stays = Select[Conversation, Participation]


@dataclass(frozen=True)
class Filter:
    """What a list is narrowed to. Keys are public ids; unknown ones find nothing. `turn` is staff's alone."""

    unread: bool = False
    mine: bool = False
    archived: bool = False
    brand: str = ""
    space: str = ""
    turn: str = ""

    @property
    def narrowed(self) -> bool:
        """Whether this shows less than all current discussions."""
        return self != Filter()


def narrowed(viewer: Viewer, query: Stays, chosen: Filter) -> Stays:
    """`query`, of somebody's conversations, for a filter: each part of it takes away."""
    archived = Conversation.archived_at
    query = query.where(archived.is_not(None) if chosen.archived else archived.is_(None))
    if chosen.unread:
        query = query.where(last_number(viewer) > Participation.read)
    if chosen.mine:
        query = query.where(Conversation.owner_id == viewer.person_id)
    if chosen.brand:
        query = query.where(Conversation.brand.has(Brand.public_id == chosen.brand))
    if chosen.space:
        # What lies in a space that is not theirs is told to nobody by what a filter finds.
        own = access.scopes.spaces(viewer).where(Space.public_id == chosen.space).with_only_columns(Space.id)
        query = query.where(Conversation.space_id.in_(own))
    # Whose turn it is tells of notes' silence and of other clients: a client's address cannot ask for it.
    return query.where(waits(chosen.turn)) if chosen.turn and viewer.is_staff else query


def waits(turn: str) -> ColumnElement[bool]:
    """Whether a conversation, not archived, waits for those whom `turn`, a `Turn`, names."""
    if turn not in set(Turn):
        return false()
    here = Conversation.turn == turn, Conversation.archived_at.is_(None)
    return and_(*here, Conversation.audience == Audience.SHARED, Conversation.kind != Kind.ANNOUNCEMENT)


def newest(viewer: Viewer) -> tuple[ColumnElement[bool], ColumnElement[datetime], ColumnElement[str]]:
    """The order of a list."""
    return Participation.pinned.desc(), active_at(viewer).desc(), Conversation.public_id.desc()


def after(viewer: Viewer, query: Stays, cursor: str) -> Stays:
    """What comes after the row that `cursor` names. Raises `NotFound` for what is none."""
    pinned, (moment, key) = cursor.startswith(PINNED), _place(cursor.removeprefix(PINNED))
    at = active_at(viewer)
    rest = or_(at < moment, and_(at == moment, Conversation.public_id < key))
    if pinned:
        return query.where(or_(and_(Participation.pinned, rest), ~Participation.pinned))
    return query.where(~Participation.pinned, rest)


def cursor(at: datetime, key: str, *, pinned: bool) -> str:
    """The place of a row."""
    return f"{PINNED if pinned else ''}{(at - EPOCH) // timedelta(microseconds=1)}.{key}"


def active_at(viewer: Viewer) -> ColumnElement[datetime]:
    """When something happened last, for this reader.

    To a client who reads from now on (or came back without the gap) it tells nothing of when others talked before.
    """
    if viewer.is_staff:
        return Conversation.active_at.expression
    heard = and_(Conversation.last_public_message_id.is_not(None), Conversation.public_seq > Participation.since)
    return case((heard, Conversation.public_active_at), else_=Participation.joined_at)


def last_number(viewer: Viewer) -> InstrumentedAttribute[int]:
    """The number of the last message, as this reader counts them."""
    return Conversation.seq if viewer.is_staff else Conversation.public_seq


def _place(text: str) -> tuple[datetime, str]:
    number, _, key = text.partition(".")
    if not number.isascii() or not number.isdigit() or len(number) > 17:
        raise NotFound
    return EPOCH + timedelta(microseconds=int(number)), key
