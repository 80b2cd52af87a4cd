"""Reminders: somebody wants to see something again, at a time or when there is a reply (SPEC M16). Theirs alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, select, update

from portal import access
from portal.access import Viewer
from portal.actions.facts import record
from portal.actions.unit import transaction, unit
from portal.extensions import db, rows
from portal.kernel import when
from portal.kernel.clock import now
from portal.kernel.errors import TooMany
from portal.models import Conversation, Fact, Firm, Mail, MailKind, Participation, Person, Reminder

REPLY = "reply"  # in place of a time
MOST = 500  # of one person


def remind(viewer: Viewer, key: str, *, due: str, message_key: str = "") -> None:
    """Have the discussion, or a message of it, come back at `due` (`kernel.when`, or `REPLY`). Of each there is one."""
    due_at = _due(viewer, due)
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key)
        about = access.message(viewer, standing, message_key).id if message_key else None
        place = standing.conversation
        same = access.due.reminders(viewer).where(Reminder.conversation_id == place.id, Reminder.message_id == about)
        row = db.session.scalars(same).first()
        if row is None:
            _in_measure(viewer)
            row = Reminder(person_id=viewer.person_id, conversation_id=place.id, message_id=about)
            db.session.add(row)
        _wait(viewer, row, due_at, place)


def snooze(viewer: Viewer, reminder_key: str, *, due: str) -> None:
    """Once more, later."""
    due_at = _due(viewer, due)
    with unit(viewer) as viewer:
        row = access.due.reminder(viewer, reminder_key)
        _wait(viewer, row, due_at, access.conversation(viewer, row.conversation.public_id).conversation)


def done(viewer: Viewer, reminder_key: str) -> None:
    """No more of it."""
    with unit(viewer) as viewer:
        db.session.delete(access.due.reminder(viewer, reminder_key))
        _tell(viewer, viewer.person_id)


def ring(reminder_id: int) -> bool:
    """Have it stand at the top for its person, once; that of somebody who is out of the discussion is forgotten."""
    with transaction():
        row = db.session.get(Reminder, reminder_id, populate_existing=True)
        if row is None or row.rang_at is not None:
            return False
        if not _in_it(row):
            db.session.delete(row)
            return False
        wait = timedelta(minutes=db.session.scalar(select(Firm.mail_wait)) or 0)
        rung = update(Reminder).where(Reminder.id == reminder_id, Reminder.rang_at.is_(None))
        if not rows(rung.values(rang_at=now(), mail_at=now() + wait), {}).rowcount:
            return False
        _tell(None, row.person_id)
    return True


def mail(reminder_id: int, mail_at: datetime, written: Mapping[str, Any] | None) -> bool:
    """Write the mail of a reminder that was left alone; None for who wants none. Of all who try, one does."""
    claimed = update(Reminder).where(Reminder.id == reminder_id, Reminder.mail_at == mail_at)
    with transaction():
        hit = rows(claimed.values(mail_at=None), {}).rowcount == 1
        if hit and written:
            db.session.add(Mail(kind=MailKind.REMINDER, **written))
    return hit


def forget(reminder_id: int) -> None:
    """Of what its person may not see any more."""
    with transaction():
        db.session.execute(delete(Reminder).where(Reminder.id == reminder_id))


def _due(viewer: Viewer, due: str) -> datetime | None:
    return None if due == REPLY else when.moment(due, viewer.time_zone, now())


def _wait(viewer: Viewer, row: Reminder, due_at: datetime | None, place: Conversation) -> None:
    row.due_at, row.rang_at, row.mail_at, row.since = due_at, None, None, place.rev
    _tell(viewer, viewer.person_id)


def _in_measure(viewer: Viewer) -> None:
    if len(db.session.scalars(access.due.reminders(viewer).with_only_columns(Reminder.id).limit(MOST)).all()) >= MOST:
        raise TooMany(60)


def _in_it(row: Reminder) -> bool:
    there = select(Participation.id).where(
        Participation.conversation_id == row.conversation_id,
        Participation.person_id == row.person_id,
        Participation.left_at.is_(None),
        access.scopes.active_account(row.person_id),
    )
    return db.session.scalar(there) is not None


def _tell(viewer: Viewer | None, person_id: int) -> None:
    record(viewer, Fact.REMINDER_RANG, person=db.session.get_one(Person, person_id))
