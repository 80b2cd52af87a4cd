"""Who comes into a discussion by themselves: a space's clients, or one who was invited (SPEC D2, D15)."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.models.base import Base, UtcDateTime


class AutomaticMembership(Base):
    """A shared discussion that the clients of its space join by themselves, because `marker_id` marked it for them.

    `history` says whether they read it whole (`all`) or from then on (`now`).
    """

    __tablename__ = "automatic_membership"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), index=True)
    marker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    history: Mapped[str] = mapped_column(String(4))
    marked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Awaited(Base):
    """An invited client who is in a discussion as soon as they are active; for staff alone to see."""

    __tablename__ = "awaited"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    history: Mapped[str] = mapped_column(String(4))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
