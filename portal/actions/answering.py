"""Telling the sender of a mail what became of it: at most once a day in the same words, and never a cannon (M6)."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from portal.actions.cannon import too_often
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import Mail, MailKind

DAY = timedelta(days=1)


def answer(written: Mapping[str, Any] | None) -> None:
    """Inside a transaction: put it into the outbox, unless they were told the same today, or were told enough."""
    if written is None or too_often(written["email"]) or _told(written):
        return
    db.session.add(Mail(kind=MailKind.ANSWER, **written))


def _told(written: Mapping[str, Any]) -> bool:
    """Whether the same words went to the same address of late."""
    same = select(Mail.id).where(
        Mail.email == written["email"],
        Mail.created_at > now() - DAY,
        Mail.kind == MailKind.ANSWER,
        Mail.text == written["text"],
    )
    return db.session.scalar(same.limit(1)) is not None
