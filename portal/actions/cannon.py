"""No cannon: who is written to without having asked, at any door, is written to now and then only (RELIABILITY M6)."""

from datetime import timedelta

from sqlalchemy import func, select

from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Mail, MailKind, MailState

MOST, WITHIN = 3, timedelta(hours=1)
# Anybody who knows an address can cause these; notices come of discussions in which its person is.
ASKED_BY_ANYBODY = (MailKind.INVITATION, MailKind.SIGN_IN, MailKind.CODE, MailKind.ANSWER)
ASKED_FOR = Mail.kind.in_(ASKED_BY_ANYBODY), Mail.state != MailState.NONE
TOO_MANY = "too_many"


def too_often(email: str) -> bool:
    """Inside a transaction: whether `email` has had as many such mails of late as it may."""
    recent = select(func.count()).where(Mail.email == email, Mail.created_at > now() - WITHIN, *ASKED_FOR)
    return (db.session.scalar(recent) or 0) >= MOST
