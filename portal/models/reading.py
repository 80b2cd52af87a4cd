"""Reading: when somebody read up to where."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.models.base import Base, UtcDateTime


class Reading(Base):
    """A stay's read mark moved up to `number`, of its face: who first passed a message's number has read it then."""

    __tablename__ = "reading"

    id: Mapped[int] = mapped_column(primary_key=True)
    participation_id: Mapped[int] = mapped_column(ForeignKey("participation.id"))
    number: Mapped[int]
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (Index("ix_reading_participation_id_number", "participation_id", "number"),)
