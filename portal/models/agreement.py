"""Agreement: words that clients are asked to agree to, frozen as they were; AgreementAnswer: what one of them said."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, Select, String, Text, and_, exists, select
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.conversation import Conversation
from portal.models.message import Message
from portal.models.person import Person


class AnswerKind(StrEnum):
    """What a client says to words that they are asked to agree to."""

    AGREED = "agreed"
    CHANGE = "change"


class Agreement(Base):
    """A request for agreement (SPEC Z7): the message `request_id` asks it, of the words of `message_id`.

    `frozen` is the canonical form (`kernel.canonical`) of those words and files when it was asked, `sha256` the hash
    of its bytes; what was changed later, at `changed_at`, counts for nothing.
    """

    __tablename__ = "agreement"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"), index=True)
    message_id: Mapped[int] = mapped_column(ForeignKey("message.id"), index=True)
    request_id: Mapped[int] = mapped_column(ForeignKey("message.id"), unique=True)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    frozen: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    changed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asker: Mapped[Person] = relationship(lazy="raise")
    conversation: Mapped[Conversation] = relationship(lazy="raise")
    request: Mapped[Message] = relationship(lazy="raise", foreign_keys=[request_id])


class AgreementAnswer(Base):
    """What a client said: `name` as it was then, by which `way`; `record` is the canonical form, with its hash.

    Of several answers of one client the last counts; after agreeing there is none.
    """

    __tablename__ = "agreement_answer"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    agreement_id: Mapped[int] = mapped_column(ForeignKey("agreement.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    kind: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    way: Mapped[str] = mapped_column(String(8))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    record: Mapped[str] = mapped_column(Text)
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (
        Index("ix_agreement_answer_agreement_id_person_id", "agreement_id", "person_id"),
        Index("ix_agreement_answer_person_id", "person_id"),
    )


def waiting(conversation_id: object, person_id: object) -> Select[int]:
    """Ids of the open requests of a conversation to which that client has not agreed, nor asked for a change.

    Whose stay covers the request, its reader has to add; both may be columns of a statement around it.
    """
    answered = exists().where(AgreementAnswer.agreement_id == Agreement.id, AgreementAnswer.person_id == person_id)
    asked = and_(Message.id == Agreement.request_id, Message.deleted_at.is_(None))
    here = select(Agreement.id).join(Message, asked)
    return here.where(Agreement.conversation_id == conversation_id, Agreement.withdrawn_at.is_(None), ~answered)
