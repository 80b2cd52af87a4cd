"""What an export has of messages beside their words: files, what they said before, mails, and who has read them."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, case, func, select
from sqlalchemy.orm import joinedload

from portal import access
from portal.extensions import db
from portal.models import (
    Brand,
    Face,
    File,
    Incoming,
    Message,
    MessageKind,
    MessageVersion,
    Participation,
    Person,
    Reading,
)
from portal.queries import said
from portal.queries.firm import shower


class Part(NamedTuple):
    """A file that goes into an export: what it is called, and where its bytes lie in storage."""

    id: str
    name: str
    size: int
    file: str
    sha256: str


class Before(NamedTuple):
    """What a message said before an edit."""

    body: str
    editor: str
    at: datetime


class ReadMark(NamedTuple):
    """Up to which message, by its public id, somebody has read, and when that was."""

    name: str
    message: str
    posted_at: datetime
    at: datetime


def files(ids: list[int]) -> dict[int, list[Part]]:
    """{message: its files in their order}, by internal ids."""
    columns = (File.message_id, File.public_id, File.name, File.size, File.file, File.sha256)
    query = select(*columns).where(File.message_id.in_(ids)).order_by(File.message_id, File.place, File.id)
    return _grouped(_parts(query))


def mails(ids: list[int]) -> dict[int, list[Part]]:
    """{message: the mail by which it came}."""
    columns = (Incoming.message_id, Incoming.public_id, Incoming.subject, Incoming.size, Incoming.file, Incoming.sha256)
    query = select(*columns).where(Incoming.message_id.in_(ids))
    return _grouped(_parts(query))


def before(batch: Sequence[Message], brand: Brand) -> dict[int, list[Before]]:
    """{message: what it said before each edit}, with the names of whom it mentioned, as staff read them."""
    edited = {message.id: message for message in batch if message.versions}
    points, show = said.of(edited.values()), shower(Face.STAFF)
    query = select(MessageVersion).where(MessageVersion.message_id.in_(edited)).order_by(MessageVersion.id)
    found = []
    for one in db.session.scalars(query.options(joinedload(MessageVersion.editor))):
        names = access.Names(show, brand, points.get(one.message_id, access.NOTHING).called)
        found.append((one.message_id, Before(names.plain(one.body), one.editor.name, one.replaced_at)))
    return _grouped(found)


def read(conversation_id: int, readable: Select[Message]) -> tuple[ReadMark, ...]:
    """How far everybody who is or was in it has read of what is `readable`, the furthest last."""
    number = case((Participation.face == Face.STAFF, Message.seq), else_=Message.public_seq)
    query = (
        select(Person.id, Person.name, Message.public_id, Message.created_at, func.min(Reading.at))
        .join(Participation, Participation.person_id == Person.id)
        .join(Reading, Reading.participation_id == Participation.id)
        .join(Message, and_(Message.conversation_id == conversation_id, number == Reading.number))
        .where(Participation.conversation_id == conversation_id, Message.kind != MessageKind.EVENT)
        .where(Message.id.in_(readable.with_only_columns(Message.id)))
        .group_by(Person.id, Person.name, Message.id, Message.public_id, Message.created_at, Message.position)
        .order_by(Message.position)
    )
    furthest = {row[0]: ReadMark(*row[1:]) for row in db.session.execute(query)}
    return tuple(sorted(furthest.values(), key=lambda mark: mark.posted_at))


def _parts(query: Select[*tuple[Any, ...]]) -> Iterator[tuple[int, Part]]:
    """Of rows that begin with the message's id, what they say of its files."""
    for row in db.session.execute(query):
        yield row[0], Part(*row[1:])


def _grouped(found: Iterable[tuple[int, Any]]) -> dict[int, list[Any]]:
    groups: dict[int, list[Any]] = {}
    for key, value in found:
        groups.setdefault(key, []).append(value)
    return groups
