"""How mail stands, for who runs it: what waits, what failed, what nobody has decided about."""

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Address, Fate, Incoming, Mail, MailState

LATELY = timedelta(days=1)


class MailCounts(NamedTuple):
    """`waits_since` is when the oldest mail that could have been sent was due; counts are of now, `failed` of a day."""

    waits_since: datetime | None
    failed: int
    bounced: int
    unread: int
    held: int
    unknown: int


def mail_counts() -> MailCounts:
    """All of them."""
    due = select(func.min(Mail.due_at)).where(Mail.state == MailState.QUEUED, Mail.due_at <= now())
    return MailCounts(
        waits_since=db.session.scalar(due),
        failed=_count(Mail.state == MailState.FAILED, Mail.created_at > now() - LATELY),
        bounced=_count(Address.bounced_at.is_not(None)),
        unread=_count(Incoming.fate == Fate.NEW),
        held=_count(Incoming.fate == Fate.HELD),
        unknown=_count(Incoming.fate == Fate.UNKNOWN),
    )


def _count(*which: ColumnElement[bool]) -> int:
    return db.session.scalar(select(func.count()).where(*which)) or 0
