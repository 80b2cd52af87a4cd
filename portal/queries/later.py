"""What waits to go out: for its author, and for the worker."""

from datetime import datetime, timedelta
from functools import cache
from typing import NamedTuple

from sqlalchemy import Select, bindparam, select

from portal import access
from portal.access import Viewer
from portal.access.read_due import LaterView
from portal.extensions import db
from portal.kernel import when
from portal.kernel.errors import NotFound
from portal.models import Conversation, Later, LaterState, MessageKind, Person
from portal.models.later import written_since
from portal.queries import files

LISTED = 200
FORGOTTEN = timedelta(days=2)


class Due(NamedTuple):
    """Something to be taken on, and when it was to be."""

    id: int
    at: datetime


def must_be_in(viewer: Viewer, key: str) -> None:
    """Raise `NotFound` for who is not in the discussion."""
    access.conversation(viewer, key)


def of_discussion(viewer: Viewer, key: str) -> tuple[LaterView, ...]:
    """What waits of the viewer's in a discussion, in the order in which it goes."""
    query = access.due.laters(viewer).join(Later.conversation).where(Conversation.public_id == key)
    return _shown(viewer, query.add_columns(Conversation))


def of_person(viewer: Viewer) -> tuple[LaterView, ...]:
    """What waits of the viewer's anywhere."""
    return _shown(viewer, access.due.laters(viewer).join(Later.conversation).add_columns(Conversation))


def kept(viewer: Viewer) -> tuple[LaterView, ...]:
    """What was not sent."""
    query = access.due.laters(viewer).where(Later.state == LaterState.KEPT).join(Later.conversation)
    return _shown(viewer, query.add_columns(Conversation))


def one(viewer: Viewer, later_key: str) -> LaterView:
    """One of them. Raises `NotFound` for what is not the viewer's, or is over."""
    query = access.due.laters(viewer).where(Later.public_id == later_key).join(Later.conversation)
    found = _shown(viewer, query.add_columns(Conversation))
    if not found:
        raise NotFound
    return found[0]


def due(at: datetime, most: int) -> list[Due]:
    """What is to be sent, the oldest first."""
    return [Due(*row) for row in db.session.execute(deliverable(), {"at": at, "most": most})]


def overtaken(most: int) -> list[int]:
    """What was to go out unless the other side writes, and they wrote."""
    return list(db.session.scalars(keepable(), {"most": most}))


def forgettable(at: datetime) -> bool:
    """Whether there is something that is long over."""
    over = (LaterState.SENT, LaterState.GONE)
    old = select(Later.id).where(Later.state.in_(over), Later.look_at < at - FORGOTTEN)
    return db.session.scalar(old.limit(1)) is not None


@cache
def deliverable() -> Select[int, datetime]:
    """What `due` asks."""
    query = select(Later.id, Later.look_at).where(Later.state == LaterState.WAITING, Later.look_at <= bindparam("at"))
    return query.order_by(Later.look_at, Later.id).limit(bindparam("most"))


@cache
def keepable() -> Select[int]:
    """What `overtaken` asks."""
    waiting = select(Later.id).join(Person, Person.id == Later.author_id)
    waiting = waiting.where(Later.state == LaterState.WAITING, Later.unless)
    written = written_since(Later.conversation_id, Later.since, Person.id, Person.face)
    return waiting.where(written).limit(bindparam("most"))


def _shown(viewer: Viewer, query: Select[Later, Conversation]) -> tuple[LaterView, ...]:
    rows = db.session.execute(query.order_by(Later.due_at, Later.id).limit(LISTED)).all()
    mine = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    places = {row.Conversation.id for row in rows}
    there = set(db.session.scalars(mine.where(Conversation.id.in_(places)))) if places else set()
    return tuple(_view(viewer, row.Later, row.Conversation, inside=row.Conversation.id in there) for row in rows)


def _view(viewer: Viewer, row: Later, place: Conversation, *, inside: bool) -> LaterView:
    return LaterView(
        id=row.public_id,
        discussion_id=place.public_id,
        title=place.title if inside else None,
        body=row.body,
        note=row.kind == MessageKind.NOTE,
        held=row.held,
        unless=row.unless,
        due_at=row.due_at,
        stamp=when.stamp(row.due_at, viewer.time_zone),
        reason=row.reason if row.state == LaterState.KEPT else "",
        files=files.waiting(viewer, row.more["files"]) if row.more.get("files") else (),
        more={"reply_to": row.more.get("reply_to", ""), "chosen": " ".join(row.more.get("chosen", ()))},
    )
