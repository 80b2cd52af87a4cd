"""PrivateAnswer: a discussion in which one client's answers to an announcement stand (SPEC D16)."""

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class PrivateAnswer(Base):
    """The discussion `conversation_id` holds what the client answered to the announcement, and what came of it.

    `message_id` is the announcement's message that was answered first, if there was one. A client has one of these
    for each announcement, and another one only after they were removed from the first.
    """

    __tablename__ = "private_answer"

    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), primary_key=True)
    announcement_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    message_id: Mapped[int | None]

    __table_args__ = (Index("ix_private_answer_announcement_id_client_id", "announcement_id", "client_id"),)
