"""Reaction: an emoji that somebody put to a message."""

from datetime import datetime

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.models.base import Base, UtcDateTime
from portal.models.person import Person


class Reaction(Base):
    """One person's one emoji at one message; `Message.reactions` counts a message's."""

    __tablename__ = "reaction"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    emoji: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person] = relationship(lazy="raise")

    __table_args__ = (UniqueConstraint("message_id", "person_id", "emoji"),)
