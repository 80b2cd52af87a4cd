"""Reminders: for their person, for the worker, and for the mail about one that was left alone."""

from datetime import datetime
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, select, true
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Viewer
from portal.access.read_due import ReminderView
from portal.access.read_models import BrandChip, LastLine
from portal.extensions import db
from portal.kernel.errors import NotFound, SignedOut
from portal.models import Conversation, Mails, Message, Person, Reminder
from portal.models.later import written_since
from portal.queries import letters, said
from portal.queries.later import Due

LISTED = 200


class Ringing(NamedTuple):
    """A mail about a reminder: whose, of which discussion, and what it says."""

    person_id: int
    conversation_id: int
    email: str
    language: str
    brand: BrandChip
    view: ReminderView


def rung(viewer: Viewer, key: str = "") -> tuple[ReminderView, ...]:
    """What the viewer asked to be reminded of and is due; of one discussion, where it is named."""
    query = access.due.reminders(viewer).where(Reminder.rang_at.is_not(None)).order_by(Reminder.rang_at, Reminder.id)
    return _shown(viewer, query, key)


def of_person(viewer: Viewer) -> tuple[ReminderView, ...]:
    """All of the viewer's, what is due first."""
    order = Reminder.rang_at.is_(None), Reminder.due_at.is_(None), Reminder.due_at, Reminder.id
    return _shown(viewer, access.due.reminders(viewer).order_by(*order))


def one(viewer: Viewer, reminder_key: str) -> ReminderView:
    """One of them, where its discussion is still the viewer's to see."""
    found = _shown(viewer, access.due.reminders(viewer).where(Reminder.public_id == reminder_key))
    if not found:
        raise NotFound
    return found[0]


def due(at: datetime, most: int) -> list[int]:
    """Those whose time has come."""
    return list(db.session.scalars(ringable(), {"at": at, "most": most}))


def replied(most: int) -> list[int]:
    """Those that wait for a reply, which has come."""
    return list(db.session.scalars(answered(), {"most": most}))


def left_alone(at: datetime, most: int) -> list[Due]:
    """Those that were not attended to on any page, and are to be mailed."""
    return [Due(row.id, row.mail_at or at) for row in db.session.execute(mailable(), {"at": at, "most": most})]


def ringing(reminder_id: int) -> Ringing | None:
    """What to mail of one; None where its person wants no mails, has no address that works, or may not see it."""
    row = db.session.execute(
        letters.stays()
        .add_columns(Reminder.public_id)
        .join(Reminder, true())
        .where(Reminder.id == reminder_id, Reminder.person_id == Person.id)
        .where(Reminder.conversation_id == Conversation.id)
    ).first()
    if row is None or not row.email or row.Person.mails == Mails.NONE:
        return None
    try:
        viewer = access.as_person(row.Person.public_id)
        return _ringing(row, one(viewer, row.public_id))
    except (SignedOut, NotFound):
        return None


@cache
def ringable() -> Select[int]:
    """What `due` asks."""
    query = select(Reminder.id).where(Reminder.rang_at.is_(None), Reminder.due_at <= bindparam("at"))
    return query.order_by(Reminder.due_at).limit(bindparam("most"))


@cache
def mailable() -> Select[int, datetime | None]:
    """What `left_alone` asks."""
    query = select(Reminder.id, Reminder.mail_at).where(Reminder.mail_at <= bindparam("at"))
    return query.order_by(Reminder.mail_at).limit(bindparam("most"))


@cache
def answered() -> Select[int]:
    """What `replied` asks."""
    waiting = select(Reminder.id).join(Person, Person.id == Reminder.person_id)
    waiting = waiting.where(Reminder.rang_at.is_(None), Reminder.due_at.is_(None))
    written = written_since(Reminder.conversation_id, Reminder.since, Person.id, Person.face)
    return waiting.where(written).limit(bindparam("most"))


def _ringing(row: Row[*tuple[Any, ...]], view: ReminderView) -> Ringing:
    person, brand = row.Person, access.brand_chip(row.Conversation.brand)
    return Ringing(person.id, row.Conversation.id, row.email, person.language, brand, view)


def _shown(viewer: Viewer, query: Select[Reminder], key: str = "") -> tuple[ReminderView, ...]:
    """Those of discussions that the viewer is in, with the words of their message as it may be read now."""
    mine = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    query = query.join(Reminder.conversation).where(Conversation.id.in_(mine)).limit(LISTED)
    query = query.where(Conversation.public_id == key) if key else query
    found = db.session.scalars(query.options(joinedload(Reminder.conversation).joinedload(Conversation.brand))).all()
    messages = _messages(viewer, [row.message_id for row in found if row.message_id])
    show, points = access.shower(viewer.face, None), said.of(messages.values())
    lines = {
        message.id: show.last(message, row.conversation, points.get(message.id, access.NOTHING))
        for row in found
        if (message := messages.get(row.message_id or 0))
    }
    return tuple(_view(row, messages.get(row.message_id or 0), lines.get(row.message_id or 0)) for row in found)


def _messages(viewer: Viewer, ids: list[int]) -> dict[int, Message]:
    """Those of them that the viewer may still read, by id."""
    if not ids:
        return {}
    readable = access.scopes.messages(viewer).where(Message.id.in_(ids)).options(joinedload(Message.author))
    return {message.id: message for message in db.session.scalars(readable)}


def _view(row: Reminder, message: Message | None, line: LastLine | None) -> ReminderView:
    return ReminderView(
        id=row.public_id,
        discussion_id=row.conversation.public_id,
        message_id=message.public_id if message else None,
        title=row.conversation.title,
        words=line.text if line else "",
        due_at=row.due_at,
        rang_at=row.rang_at,
    )
