"""Mail: one e-mail to one person; Notice: somebody who may be due one; Cursor: how far a reader of events has come."""

from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.person import Person

UNSUBSCRIBED_WITHIN = timedelta(days=365)  # of a mail, its link that ends such mails is good
IN_DIGEST = "digest "  # and a digest's public id: why there was no mail about a discussion by itself
IN_WEEKLY = "weekly "  # and the public id of the weekly mail whose line it is


class MailKind(StrEnum):
    """What a mail is for; `portal.mailer` has one function for each."""

    NOTICE = "notice"
    DIGEST = "digest"
    NEEDS = "needs"
    NEED = "need"  # one line of the weekly mail, whose link it is
    INVITATION = "invitation"
    SIGN_IN = "sign_in"
    CODE = "code"
    ANSWER = "answer"
    REMINDER = "reminder"
    WELCOME = "welcome"


class MailState(StrEnum):
    """Where a mail is: NONE says that there was none, and `reason` why (SPEC E12)."""

    QUEUED = "queued"
    SENT = "sent"
    FAILED = "failed"
    BOUNCED = "bounced"
    NONE = "none"


class Mail(Base):
    """One mail and its line in the delivery record. `sender` is the name in its From: a brand's, or the firm's.

    `public_id` stands in its Message-ID, so that every try and every answer names the same mail. `since` and
    `until` are the numbers, of the person's face, of the messages that it tells; `notes` is whether a note is among
    them, so that an answer to it is one. `due_at` is when it may be sent next, and is put off by whoever takes it
    on: who dies over it leaves it to the next.

    No secret stands in it: `[[purpose:public_id]]` in its words becomes one when it is built (`mailer.building`), and
    of the address that answers it, only the digest is kept (`reply`). Its link ends at `link_ends_at`.
    An answer to a stranger's mail has no person.
    """

    __tablename__ = "mail"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    sender: Mapped[str] = mapped_column(String(80), default="")
    email: Mapped[str] = mapped_column(String(254), default="")
    headers: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    subject: Mapped[str] = mapped_column(String(255), default="")
    text: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    since: Mapped[int] = mapped_column(default=0)
    until: Mapped[int] = mapped_column(default=0)
    notes: Mapped[bool] = mapped_column(default=False)
    reply: Mapped[str | None] = mapped_column(String(64), unique=True)
    link_ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    link_used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    state: Mapped[str] = mapped_column(String(8), default=MailState.QUEUED)
    reason: Mapped[str] = mapped_column(String(255), default="")
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    sent_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_mail_state_due_at", "state", "due_at"),
        Index("ix_mail_conversation_id_person_id", "conversation_id", "person_id"),
        Index("ix_mail_person_id_link_ends_at", "person_id", "link_ends_at"),
        Index("ix_mail_email_created_at", "email", "created_at"),
    )


class Notice(Base):
    """A stay with something unread that no mail has told of yet: at `due_at` somebody looks."""

    __tablename__ = "notice"

    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)


class Cursor(Base):
    """How far a reader of events has come; see `queries.facts.Cursor`."""

    __tablename__ = "cursor"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(16), unique=True)
    xid: Mapped[int] = mapped_column(BigInteger, default=0)
    event_id: Mapped[int] = mapped_column(BigInteger, default=0)
