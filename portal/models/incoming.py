"""Incoming: a mail that came in, kept as it came; Original: what the mail of a message said."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime


class Way(StrEnum):
    """By which way in a mail came (SPEC E8)."""

    LISTENER = "listener"
    IMAP = "imap"
    PIPE = "pipe"
    WEBHOOK = "webhook"


class Fate(StrEnum):
    """What became of a mail that came in: each ends in exactly one place, and `reason` says why."""

    NEW = "new"
    POSTED = "posted"
    REPEATED = "repeated"
    HELD = "held"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    AUTOMATIC = "automatic"
    BOUNCE = "bounce"


class Incoming(Base):
    """A mail as it came: its bytes are the stored file `file`, whatever became of it.

    `mark` names it at its way in (an IMAP mailbox and UID, a webhook's id), so that it is taken once. `mail_id` is
    the mail of ours that it answers or that came back, and with it whose and which conversation's it is. `words` are
    what its author wrote, and `files` the names of theirs, for who decides about a held one; `token` is the same of
    a mail that comes again.
    """

    __tablename__ = "incoming"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    way: Mapped[str] = mapped_column(String(8))
    mark: Mapped[str | None] = mapped_column(String(255), unique=True)
    file: Mapped[str] = mapped_column(String(26), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    sender: Mapped[str] = mapped_column(String(320), default="")
    recipients: Mapped[list[str]] = mapped_column(JSON, default=list)
    fate: Mapped[str] = mapped_column(String(9), default=Fate.NEW)
    reason: Mapped[str] = mapped_column(String(255), default="")
    email: Mapped[str] = mapped_column(String(320), default="")
    subject: Mapped[str] = mapped_column(String(500), default="")
    words: Mapped[str] = mapped_column(Text, default="")
    files: Mapped[list[str]] = mapped_column(JSON, default=list)
    token: Mapped[str | None] = mapped_column(String(32))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    tries: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    received_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    decider_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    decided_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_incoming_fate_due_at", "fate", "due_at"),
        Index("ix_incoming_fate_decided_at", "fate", "decided_at"),
        Index("ix_incoming_conversation_id_fate", "conversation_id", "fate"),
        Index("ix_incoming_mail_id_token", "mail_id", "token"),
    )


class Original(Base):
    """The whole text of the mail that a message came by, for staff and its author alone (SPEC E6).

    `pieces` are [text, whether it is folded, its kind] in their order, with our links and addresses blanked;
    `lines` counts those that are folded.
    """

    __tablename__ = "original"

    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), primary_key=True)
    incoming_id: Mapped[int] = mapped_column(ForeignKey("incoming.id"), index=True)
    pieces: Mapped[list[list[Any]]] = mapped_column(JSON, default=list)
    lines: Mapped[int] = mapped_column(default=0)
