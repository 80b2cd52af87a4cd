"""What goes into an export, and how one's own exports stand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, func, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_models import MessageView
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import SignedOut
from portal.models import (
    Brand,
    Contents,
    Conversation,
    Event,
    Export,
    ExportState,
    Firm,
    Message,
    Participation,
    Person,
)
from portal.queries import agreed, around, left, messages
from portal.queries.agreed import OnRecord
from portal.queries.around import Before, Part, ReadMark

BATCH = 200  # messages read in one go
SHOWN = 20


class Due(NamedTuple):
    """An export to be made, and when it was due."""

    id: int
    at: datetime


@dataclass(frozen=True)
class Entry:
    """A message of an export with all that belongs to it; `before` and `mail` are for the firm's file alone."""

    view: MessageView
    files: tuple[Part, ...] = ()
    before: tuple[Before, ...] = ()
    mail: Part | None = None
    agreement: OnRecord | None = None


class Piece(NamedTuple):
    """A discussion of an export. `participants` are named in the firm's file alone, and `read` in that with notes.

    `left_at` is when the client as whom it is seen left it, if they did.
    """

    id: int
    key: str
    title: str
    brand: str
    created_at: datetime
    participants: tuple[str, ...] = ()
    read: tuple[ReadMark, ...] = ()
    left_at: datetime | None = None


class Job(NamedTuple):
    """What is to be made, for whom and in whose language; `total` messages in its pieces."""

    id: int
    key: str
    for_firm: bool
    notes: bool
    language: str
    time_zone: str
    firm: str
    name: str
    client: str
    asked_at: datetime
    pieces: tuple[Piece, ...]
    total: int
    tries: int


def due() -> list[Due]:
    """Those that may be made now, the oldest first."""
    query = select(Export.id, Export.due_at).where(Export.state == ExportState.QUEUED, Export.due_at <= now())
    return [Due(*row) for row in db.session.execute(query.order_by(Export.due_at).limit(SHOWN))]


def over(keys: Sequence[str]) -> list[str]:
    """Those of these exports, by public ids, whose files nobody may have any more."""
    kept = select(Export.public_id).where(Export.state.in_((ExportState.QUEUED, ExportState.READY)))
    there = set(db.session.scalars(kept.where(Export.public_id.in_(keys))))
    return [key for key in keys if key not in there]


def job(export_id: int) -> Job | None:
    """What is to be made; None where its asker may not have it any more."""
    found = _loaded(export_id)
    try:
        viewer = access.as_person(found.asker.public_id)
    except SignedOut:
        return None
    if db.session.scalars(access.exports(viewer).where(Export.id == export_id)).first() is None:
        return None
    pieces = tuple(_piece(row, viewer, found) for row in db.session.scalars(_conversations(found)))
    counted = [_count(viewer, found, piece) for piece in pieces]
    firm = db.session.scalars(select(Firm)).one()
    reader = found.client or found.asker
    return Job(
        id=found.id,
        key=found.public_id,
        for_firm=found.contents == Contents.FIRM,
        notes=found.notes,
        language=reader.language,
        time_zone=reader.time_zone,
        firm=firm.name,
        name=found.subject.name if found.subject else pieces[0].title if pieces else "",
        client=found.client.name if found.client else "",
        asked_at=found.created_at,
        pieces=pieces,
        total=sum(counted),
        tries=found.tries,
    )


def entries(job: Job, piece: Piece) -> Iterator[list[Entry]]:
    """The messages of a piece in their order, some at a time: what was asked for, and nothing else."""
    found = _loaded(job.id)
    viewer = access.as_person(found.asker.public_id)
    reader = access.as_client(found.client, piece.id) if found.client else viewer
    after = -1
    while True:
        readable = access.exported(viewer, found, piece.id)
        query = readable.where(Message.position > after)
        query = query.options(joinedload(Message.author), joinedload(Message.event).joinedload(Event.subject))
        batch = db.session.scalars(query.order_by(Message.position).limit(BATCH)).all()
        if not batch:
            return
        after = batch[-1].position
        conversation = _whole(piece.id)
        views = messages.views(reader, conversation, batch)
        if piece.left_at:
            views = left.words(reader, conversation, batch, views, piece.left_at)
        yield _entries(batch, views, found, readable, conversation.brand)
        db.session.expire_all()
        db.session.rollback()


AROUND = (joinedload(Export.asker), joinedload(Export.subject), joinedload(Export.client))


def _loaded(export_id: int) -> Export:
    return db.session.scalars(select(Export).where(Export.id == export_id).options(*AROUND)).one()


def _whole(conversation_id: int) -> Conversation:
    query = select(Conversation).where(Conversation.id == conversation_id).options(joinedload(Conversation.brand))
    return db.session.scalars(query.execution_options(populate_existing=True)).one()


def _conversations(found: Export) -> Select[Conversation]:
    query = select(Conversation).where(Conversation.title != "").options(joinedload(Conversation.brand))
    if found.conversation_id is not None:
        return query.where(Conversation.id == found.conversation_id)
    theirs = select(Participation.conversation_id).where(Participation.person_id == found.subject_id)
    return query.where(Conversation.id.in_(theirs)).order_by(Conversation.id)


def _piece(row: Conversation, viewer: Viewer, found: Export) -> Piece:
    people = _people(row.id) if found.contents == Contents.FIRM else ()
    read = around.read(row.id, access.exported(viewer, found, row.id)) if found.notes else ()
    gone = left.left_at(row.id, found.client_id) if found.client_id else None
    return Piece(row.id, row.public_id, left.title(row, gone), row.brand.name, row.created_at, people, read, gone)


def _people(conversation_id: int) -> tuple[str, ...]:
    query = select(Person.name, Person.face).join(Participation, Participation.person_id == Person.id)
    query = query.where(Participation.conversation_id == conversation_id).distinct().order_by(Person.face, Person.name)
    return tuple(name for name, _ in db.session.execute(query))


def _count(viewer: Viewer, found: Export, piece: Piece) -> int:
    query = access.exported(viewer, found, piece.id)
    return db.session.scalar(query.with_only_columns(func.count(Message.id), maintain_column_froms=True)) or 0


def _entries(
    batch: Sequence[Message], views: Sequence[MessageView], export: Export, readable: Any, brand: Brand
) -> list[Entry]:
    ids = [message.id for message in batch]
    files, for_firm = around.files(ids), export.contents == Contents.FIRM
    before, mails = (around.before(batch, brand), around.mails(ids)) if for_firm else ({}, {})
    asked = agreed.of([message.id for message in batch if message.asks], export.client_id, readable)
    return [
        Entry(
            view,
            tuple(files.get(message.id, ())) if message.deleted_at is None else (),
            tuple(before.get(message.id, ())),
            next(iter(mails.get(message.id, ())), None),
            asked.get(message.id) if for_firm or message.deleted_at is None else None,
        )
        for message, view in zip(batch, views, strict=True)
    ]
