"""Mention: a message speaks of somebody by name. The name itself stands in no message."""

from typing import Any

from sqlalchemy import Exists, ForeignKey, Index, UniqueConstraint, exists
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.message import Message
from portal.models.person import Person


class Mention(Base):
    """Somebody, or without a person the team, whom a message mentions at its `place` (`kernel.mentions`).

    At place 0 stand staff whom a mention of the team reaches. `shown` is decided when the message is written: whether
    every client who may ever read it was shown that name before. What the message said before an edit keeps its
    mentions, which are not `current` any more.
    """

    __tablename__ = "mention"

    id: Mapped[int] = mapped_column(primary_key=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    place: Mapped[int]
    shown: Mapped[bool] = mapped_column(default=False)
    current: Mapped[bool] = mapped_column(default=True)

    person: Mapped[Person | None] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("message_id", "place", "person_id"),
        Index("ix_mention_person_id_current_id", "person_id", "current", "id"),
    )


def mentions(person_id: Any) -> Exists:
    """Whether a message mentions that person, by name or with the team."""
    return exists().where(Mention.message_id == Message.id, Mention.person_id == person_id, Mention.current)
