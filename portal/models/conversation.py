"""Conversation: one path for everything people say; Participation: one stay of a person in it."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String, case, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id, new_start
from portal.models.base import Base, UtcDateTime
from portal.models.brand import Brand, Space
from portal.models.person import Face, Person
from portal.models.turn import Turn


class Kind(StrEnum):
    """What a conversation is."""

    DISCUSSION = "discussion"
    ANNOUNCEMENT = "announcement"  # clients read; what they answer opens a discussion of their own (SPEC D16)


class Audience(StrEnum):
    """Who may ever be in it; chosen at creation, never changed (SPEC D1)."""

    INTERNAL = "internal"
    SHARED = "shared"


class Notify(StrEnum):
    """Which messages of a conversation somebody wants mails about (SPEC E10)."""

    ALL = "all"
    MENTIONS = "mentions"
    NONE = "none"


class Conversation(Base):
    """A conversation and its counters.

    `seq` numbers texts and notes, `public_seq` texts only; `rev` and `public_rev` grow with every
    change that staff, or clients, can see. Clients are given the public ones alone, which begin anywhere:
    from one on, they would tell who reads from now on how much was said and changed before.
    `token` makes a creation that is sent again the same one (staff; a client's is its first message's).
    """

    __tablename__ = "conversation"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    kind: Mapped[str] = mapped_column(String(12), default=Kind.DISCUSSION)
    audience: Mapped[str] = mapped_column(String(8))
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), index=True)
    space_id: Mapped[int | None] = mapped_column(ForeignKey("space.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    creator_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    seq: Mapped[int] = mapped_column(default=0)
    public_seq: Mapped[int] = mapped_column(default=new_start)
    rev: Mapped[int] = mapped_column(default=0)
    public_rev: Mapped[int] = mapped_column(default=new_start)
    last_message_id: Mapped[int | None]
    last_public_message_id: Mapped[int | None]
    active_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    public_active_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    archived_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    turn: Mapped[str] = mapped_column(String(6), default=Turn.NONE)
    turn_since: Mapped[datetime | None] = mapped_column(UtcDateTime)
    token: Mapped[str | None] = mapped_column(String(32))

    brand: Mapped[Brand] = relationship(lazy="raise")
    space: Mapped[Space | None] = relationship(lazy="raise")
    creator: Mapped[Person] = relationship(lazy="raise", foreign_keys=[creator_id])

    __table_args__ = (
        Index("uq_conversation_creator_id_token", "creator_id", "token", unique=True),
        Index("ix_conversation_turn_turn_since", "turn", "turn_since"),
    )

    @property
    def is_shared(self) -> bool:
        """Whether clients may be in it."""
        return self.audience == Audience.SHARED

    @property
    def has_turns(self) -> bool:
        """Whether somebody may be waited for in it: where clients write."""
        return self.is_shared and not self.is_announcement

    @property
    def is_announcement(self) -> bool:
        """Whether clients only read it, and never see one another."""
        return self.kind == Kind.ANNOUNCEMENT


class Participation(Base):
    """One stay of a person in a conversation.

    `since` and `until` bound the history that belongs to the stay: positions for staff, public
    numbers for clients; `since` is exclusive, `until` inclusive and empty while the stay lasts.
    The marks are numbers of the person's own face: read, seen in a list, told by mail (at `mailed_at` last).
    `co_owner` counts where the firm has co-owners.
    """

    __tablename__ = "participation"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    face: Mapped[str] = mapped_column(String(8))
    since: Mapped[int] = mapped_column(default=0)
    until: Mapped[int | None]
    joined_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    read: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    mailed: Mapped[int] = mapped_column(default=0)
    mailed_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    notify: Mapped[str] = mapped_column(String(8), default=Notify.ALL)
    co_owner: Mapped[bool] = mapped_column(default=False)
    pinned: Mapped[bool] = mapped_column(default=False)

    person: Mapped[Person] = relationship(lazy="raise")
    conversation: Mapped[Conversation] = relationship(lazy="raise")

    __table_args__ = (
        Index(
            "uq_participation_current",
            "conversation_id",
            "person_id",
            unique=True,
            sqlite_where=text("left_at IS NULL"),
            postgresql_where=text("left_at IS NULL"),
        ),
        Index(
            "ix_participation_person_id_left_at",
            "person_id",
            "left_at",
            "conversation_id",
        ),
        Index("ix_participation_conversation_id_person_id", "conversation_id", "person_id"),
    )


# The number of the last message, as the face of a stay counts them: for statements that join both.
LAST_NUMBER = case((Participation.face == Face.STAFF, Conversation.seq), else_=Conversation.public_seq)
