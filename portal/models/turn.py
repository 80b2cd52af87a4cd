"""Turn: whose word is expected next in a discussion; TurnMark: staff said so by hand; Weekly: who is due the mail
that says what we need of them."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.models.base import Base, UtcDateTime


class Turn(StrEnum):
    """Whom a discussion waits for (SPEC Z4): us, the client, or nobody."""

    US = "us"
    CLIENT = "client"
    NONE = "none"


class TurnMark(Base):
    """A member of staff said whose turn it was, when the last text was `number`; only later texts change it."""

    __tablename__ = "turn_mark"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    number: Mapped[int]
    turn: Mapped[str] = mapped_column(String(6))
    since: Mapped[datetime] = mapped_column(UtcDateTime)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (Index("ix_turn_mark_conversation_id_id", "conversation_id", "id"),)


class Weekly(Base):
    """A client of a brand from whom something was ever expected, and when to look whether it still is.

    `told_for` is the moment, of all weekly ones, that the last mail was for, and `mail_key` that mail's public id.
    """

    __tablename__ = "weekly"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, index=True)
    told_for: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_key: Mapped[str | None] = mapped_column(String(26), unique=True)
