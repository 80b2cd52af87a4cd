"""The weekly mail of what we need from a client: who is due one, and its lines, each with a link of its own."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Executable, Update, select, update
from sqlalchemy.dialects import postgresql, sqlite

from portal import access
from portal.access import Act, Viewer
from portal.actions.unit import transaction, unit
from portal.extensions import db, rows
from portal.kernel.clock import now
from portal.kernel.errors import Invalid
from portal.models import Firm, Mail, MailKind, MailState, Weekly
from portal.models.mail import IN_WEEKLY


def update_weekly(viewer: Viewer, *, day: int | None, hour: int) -> None:
    """Choose the weekday (Monday is 0; None for never) and hour of the weekly mail, in each client's zone."""
    if not (day is None or 0 <= day <= 6) or not 0 <= hour <= 23:
        raise Invalid("bad_waits")
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        firm = db.session.scalars(select(Firm)).one()
        if (firm.weekly_day, firm.weekly_hour) != (day, hour):
            firm.weekly_day, firm.weekly_hour = day, hour
            # Each is looked at now, found to be at no such moment any more, and put off to the next one.
            db.session.execute(update(Weekly).values(due_at=now()))


def expect(found: Iterable[Mapping[str, Any]]) -> None:
    """Note clients of whom something is expected for the first time, each with the moment to look."""
    with transaction():
        db.session.execute(_note(db.engine.dialect.name), list(found))


def put_off(person_id: int, brand_id: int, due_at: datetime, next_at: datetime) -> bool:
    """Look again at `next_at`: of many who try, one does."""
    with transaction():
        return _claimed(_due(person_id, brand_id, due_at).values(due_at=next_at))


def tell(person_id: int, brand_id: int, due_at: datetime, next_at: datetime, mail: Mapping[str, Any]) -> bool:
    """Queue the mail of that moment, and look again at `next_at`; False where another worker was faster."""
    with transaction():
        told = _due(person_id, brand_id, due_at).values(due_at=next_at, told_for=due_at, mail_key=mail["public_id"])
        done = _claimed(told)
        if done:
            db.session.add(Mail(kind=MailKind.NEEDS, person_id=person_id, **mail))
    return done


def lines(mail_key: str, person_id: int, named: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """{conversation: its line's public id}: of each that the mail names, with its link; the same at a second try."""
    with transaction():
        reason = IN_WEEKLY + mail_key
        known = select(Mail.conversation_id, Mail.public_id).where(Mail.person_id == person_id, Mail.reason == reason)
        there = {conversation_id: key for conversation_id, key in db.session.execute(known).all() if conversation_id}
        for line in named:
            if line["conversation_id"] not in there:
                one = Mail(kind=MailKind.NEED, person_id=person_id, state=MailState.NONE, reason=reason, **line)
                db.session.add(one)
                db.session.flush()
                there[line["conversation_id"]] = one.public_id
    return there


def _due(person_id: int, brand_id: int, due_at: datetime) -> Update:
    return update(Weekly).where(Weekly.person_id == person_id, Weekly.brand_id == brand_id, Weekly.due_at == due_at)


def _claimed(change: Update) -> bool:
    return rows(change, {}).rowcount == 1


@cache
def _note(dialect: str) -> Executable:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Weekly).on_conflict_do_nothing()
