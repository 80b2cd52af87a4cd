"""How far events were read for mails, who is due a notice, and which mails wait to be sent."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, bindparam, exists, select, true

from portal.extensions import db
from portal.kernel.clock import now
from portal.models import (
    LAST_NUMBER,
    Account,
    Conversation,
    Cursor,
    Event,
    Fact,
    Firm,
    Mail,
    MailKind,
    MailState,
    Notice,
    Participation,
    State,
)
from portal.queries import digests, facts

GOOD = timedelta(minutes=10)  # a code that its mail server takes later is over when it is read
READER = "mail"  # whose cursor it is


class Due(NamedTuple):
    """Something to look at again: a notice (by its stay) or a mail, and when it was due."""

    id: int
    at: datetime


class Outgoing(NamedTuple):
    """A mail that is to be sent now, or `reason`, why it is not any more."""

    id: int
    key: str
    kind: str
    written_at: datetime
    email: str
    sender: str
    subject: str
    text: str
    html: str
    headers: dict[str, str]
    tries: int
    reason: str
    answerable: bool
    lines: tuple[str, ...] = ()  # other mails whose links are in this one's words


def cursor() -> facts.Cursor | None:
    """How far events were read for mails; None before the first look."""
    row = db.session.scalars(select(Cursor).where(Cursor.name == READER)).first()
    return facts.Cursor(row.xid, row.event_id) if row else None


def unnoticed(events: Iterable[Event]) -> list[tuple[int, datetime]]:
    """(stay, when to look) of everybody to whom messages among these events may be news, and who has no notice yet."""
    posted = {event.conversation_id: event.at for event in events if event.name == Fact.MESSAGE_POSTED}
    query = (
        select(Participation.id, Participation.conversation_id, Participation.mailed_at, Firm.mail_wait, Firm.mail_gap)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Firm, true())
        .where(Participation.conversation_id.in_(posted), Participation.left_at.is_(None))
        .where(Participation.read < LAST_NUMBER, Participation.mailed < LAST_NUMBER)
        .where(~exists().where(Notice.participation_id == Participation.id))
    )
    return [(row.id, _when(row, posted[row.conversation_id])) for row in db.session.execute(query)]


def notices(at: datetime, most: int) -> list[Due]:
    """Notices that are due, the oldest first."""
    return [Due(*row) for row in db.session.execute(tellable(), {"at": at, "most": most})]


def queued(at: datetime, most: int) -> list[Due]:
    """Mails that may be sent, the oldest first."""
    return [Due(*row) for row in db.session.execute(sendable(), {"at": at, "most": most})]


@cache
def tellable() -> Select[int, datetime]:
    """What `notices` asks."""
    query = select(Notice.participation_id, Notice.due_at).where(Notice.due_at <= bindparam("at"))
    return query.order_by(Notice.due_at).limit(bindparam("most"))


@cache
def sendable() -> Select[int, datetime]:
    """What `queued` asks."""
    query = select(Mail.id, Mail.due_at).where(Mail.state == MailState.QUEUED, Mail.due_at <= bindparam("at"))
    return query.order_by(Mail.due_at).limit(bindparam("most"))


def outgoing(mail_id: int) -> Outgoing | None:
    """A queued mail, with the reason not to send it any more if there is one."""
    query = (
        select(Mail, Account.state, Participation)
        .outerjoin(Account, Account.person_id == Mail.person_id)
        .outerjoin(
            Participation,
            (Participation.conversation_id == Mail.conversation_id)
            & (Participation.person_id == Mail.person_id)
            & Participation.left_at.is_(None),
        )
        .where(Mail.id == mail_id, Mail.state == MailState.QUEUED)
    )
    row = db.session.execute(query).first()
    return _outgoing(row) if row else None


def _when(row: Row[*tuple[Any, ...]], posted_at: datetime) -> datetime:
    """After the wait, and no sooner after the last mail of this discussion than the firm lets (SPEC E1, E2)."""
    when = posted_at + timedelta(minutes=row.mail_wait)
    return max(when, row.mailed_at + timedelta(minutes=row.mail_gap)) if row.mailed_at else when


def _outgoing(row: Row[*tuple[Any, ...]]) -> Outgoing:
    mail = row.Mail
    return Outgoing(
        id=mail.id,
        key=mail.public_id,
        kind=mail.kind,
        written_at=mail.created_at,
        email=mail.email,
        sender=mail.sender,
        subject=mail.subject,
        text=mail.text,
        html=mail.html,
        headers=dict(mail.headers),
        tries=mail.tries,
        reason=_over(mail, row.state, row.Participation),
        answerable=mail.reply is not None and mail.kind == MailKind.NOTICE,
    )


def _over(mail: Mail, state: str, stay: Participation | None) -> str:
    """Who was removed or disabled meanwhile hears nothing more; who has read it needs no mail, nor an old code."""
    if mail.kind in {MailKind.CODE, MailKind.SIGN_IN}:
        return "late" if mail.created_at < now() - GOOD else ""
    if mail.kind == MailKind.NEEDS:
        return "" if state == State.ACTIVE else "disabled"  # what is in it is looked at when it is written
    if mail.kind not in {MailKind.NOTICE, MailKind.DIGEST, MailKind.REMINDER, MailKind.WELCOME}:
        return ""
    if state != State.ACTIVE:
        return "disabled"
    if mail.kind == MailKind.DIGEST:
        return "removed" if digests.left_since(mail) else ""
    if stay is None:
        return "removed"
    return "read" if mail.kind == MailKind.NOTICE and stay.read >= mail.until else ""
