"""Later: words that go out when their time has come; Reminder: what somebody wants to be told of again."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, Exists, ForeignKey, Index, String, Text, UniqueConstraint, and_, case, exists, or_
from sqlalchemy.orm import Mapped, aliased, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.conversation import Audience, Conversation, Participation
from portal.models.message import Message, MessageKind
from portal.models.person import Face, Person


class LaterState(StrEnum):
    """WAITING goes out at its time, KEPT did not (`reason`); of SENT and GONE, taken back, no word is left here."""

    WAITING = "waiting"
    KEPT = "kept"
    SENT = "sent"
    GONE = "gone"


class Later(Base):
    """A message that is not one yet: nobody but its author knows of it, and it has no number.

    `due_at` is when it goes, `look_at` when a worker looks at it next: who takes it on puts that off. With `unless`
    it goes only if the other side has written nothing after the position `since`. `held` are those that wait for some
    seconds to be undone. `more` are the further keywords of `actions.messages.post`. `created_at` is when
    it was last decided on.
    """

    __tablename__ = "later"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    author_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    kind: Mapped[str] = mapped_column(String(8), default=MessageKind.TEXT)
    body: Mapped[str] = mapped_column(Text)
    more: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    token: Mapped[str] = mapped_column(String(32))
    held: Mapped[bool] = mapped_column(default=False)
    unless: Mapped[bool] = mapped_column(default=False)
    since: Mapped[int] = mapped_column(default=0)
    state: Mapped[str] = mapped_column(String(8), default=LaterState.WAITING)
    reason: Mapped[str] = mapped_column(String(32), default="")
    due_at: Mapped[datetime] = mapped_column(UtcDateTime)
    look_at: Mapped[datetime] = mapped_column(UtcDateTime)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    author: Mapped[Person] = relationship(lazy="raise")
    conversation: Mapped[Conversation] = relationship(lazy="raise")

    __table_args__ = (
        UniqueConstraint("author_id", "token"),
        Index("ix_later_state_look_at", "state", "look_at"),
        Index("ix_later_author_id_state", "author_id", "state"),
        Index("ix_later_conversation_id_state", "conversation_id", "state"),
    )


class Reminder(Base):
    """Something that its person, and nobody else, wants to see again: a message, or a discussion as a whole.

    It rings at `due_at`, or without one when the other side writes after the position `since`. From `rang_at` on it
    stands at the top for its person until it is done or put off; a mail of it goes at `mail_at`.
    """

    __tablename__ = "reminder"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"))
    since: Mapped[int] = mapped_column(default=0)
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    rang_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    mail_at: Mapped[datetime | None] = mapped_column(UtcDateTime, index=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person] = relationship(lazy="raise")
    conversation: Mapped[Conversation] = relationship(lazy="raise")

    __table_args__ = (
        Index("ix_reminder_person_id_rang_at", "person_id", "rang_at"),
        Index("ix_reminder_conversation_id", "conversation_id"),
        Index("ix_reminder_rang_at_due_at", "rang_at", "due_at"),
    )


def written_since(conversation_id: Any, since: Any, person_id: Any, face: Any) -> Exists:
    """Whether the other side of the counter wrote a text after the position `since`; among staff, whether another did.

    Only what the person's present stay covers: who was taken out learns of nothing. All of these may be columns of a
    statement around it.
    """
    author, place, stay = aliased(Person), aliased(Conversation), aliased(Participation)
    among = and_(place.audience == Audience.INTERNAL, author.id != person_id)
    said = Message.conversation_id == conversation_id, Message.position > since, Message.kind == MessageKind.TEXT
    theirs = author.id == Message.author_id, place.id == Message.conversation_id, or_(author.face != face, among)
    here = stay.conversation_id == conversation_id, stay.person_id == person_id, stay.left_at.is_(None)
    covers = case((stay.face == Face.STAFF, Message.position), else_=Message.public_seq) > stay.since
    return exists().where(*said, *theirs, *here, covers)
