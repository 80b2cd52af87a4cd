"""Message: a text, a note or a line about what happened; MessageVersion: what it said before."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.event import Event
from portal.models.person import Person


class MessageKind(StrEnum):
    """TEXT reaches all participants, NOTE and EVENT staff only; a message never changes its kind."""

    TEXT = "text"
    NOTE = "note"
    EVENT = "event"


class Origin(StrEnum):
    """By which way in it came."""

    CONSOLE = "console"
    PORTAL = "portal"
    LINK = "link"
    MAIL = "mail"


class Message(Base):
    """One entry of a conversation.

    `position` orders all entries for staff; `seq` is the number of the last text or note up to
    here; `public_seq` numbers texts alone and is empty for all else, so that a client's numbers
    have no holes. A deleted message keeps its numbers and loses its words. `files` came with it, and
    so many lines of the mail it came by are `quoted` beside its words. It answers `reply_to_id`, whose words are quoted
    to staff or clients where every reader of theirs that it will ever have may read those (see `actions.said`); and it
    has had so many `mentions`, also before an edit.
    """

    __tablename__ = "message"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    position: Mapped[int]
    seq: Mapped[int]
    public_seq: Mapped[int | None]
    rev: Mapped[int]
    public_rev: Mapped[int | None]
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    origin: Mapped[str] = mapped_column(String(8))
    token: Mapped[str | None] = mapped_column(String(32))
    versions: Mapped[int] = mapped_column(default=0)
    files: Mapped[int] = mapped_column(default=0)
    quoted: Mapped[int] = mapped_column(default=0)
    asks: Mapped[bool] = mapped_column(default=False)  # for agreement: see `Agreement`
    reply_to_id: Mapped[int | None] = mapped_column(index=True)
    quote_staff: Mapped[bool] = mapped_column(default=False)
    quote_clients: Mapped[bool] = mapped_column(default=False)
    mentions: Mapped[int] = mapped_column(default=0)
    reactions: Mapped[int] = mapped_column(default=0)
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id"))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    edited_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    deleted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    author: Mapped[Person] = relationship(lazy="raise")
    event: Mapped[Event | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("conversation_id", "position"),
        UniqueConstraint("conversation_id", "public_seq"),
        UniqueConstraint("author_id", "token"),
        Index("ix_message_conversation_id_rev", "conversation_id", "rev"),
        Index("ix_message_conversation_id_public_rev", "conversation_id", "public_rev"),
    )


class MessageVersion(Base):
    """What a message said before an edit or its deletion; staff can read it."""

    __tablename__ = "message_version"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    editor_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    html: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    replaced_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    editor: Mapped[Person] = relationship(lazy="raise")
