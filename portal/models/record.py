"""Sighting, Export, Erasure: the exceptions to "participants only" that are asked for, and what came of each."""

from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.person import Person

MONTH = timedelta(days=30.44)


class Contents(StrEnum):
    """What an export has: what one client may see and nothing else, or what is for the firm alone."""

    CLIENT = "client"
    FIRM = "firm"


class ExportState(StrEnum):
    """Where an export is. GONE is what was swept, and what is not the asker's any more."""

    QUEUED = "queued"
    READY = "ready"
    FAILED = "failed"
    GONE = "gone"


class Cause(StrEnum):
    """Why something was erased."""

    ASKED = "asked"
    RETENTION = "retention"


class Sighting(Base):
    """A member of staff saw a discussion as one client of it does (SPEC Z2)."""

    __tablename__ = "sighting"

    id: Mapped[int] = mapped_column(primary_key=True)
    conversation_id: Mapped[int] = mapped_column(ForeignKey("conversation.id"))
    viewer_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    client_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    __table_args__ = (Index("ix_sighting_conversation_id_viewer_id", "conversation_id", "viewer_id", "client_id"),)


class Export(Base):
    """The whole file of a discussion (`conversation_id`) or of a client (`subject_id`), made by a worker (SPEC Z9).

    `client_id` is who would see its `contents`, where these are a client's. `as_admin`: an admin asked, so that it has
    what they could not read themselves, and is nobody's who is none. The ZIP lies in the folder of exports
    by its `public_id` until `ends_at`, for its asker alone; `sha256` is of the whole. `due_at` is when it may be
    taken on, and is put off by whoever does: who dies over it leaves it to the next.
    """

    __tablename__ = "export"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    asker_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    client_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    contents: Mapped[str] = mapped_column(String(8))
    notes: Mapped[bool] = mapped_column(default=False)
    as_admin: Mapped[bool] = mapped_column(default=False)
    state: Mapped[str] = mapped_column(String(8), default=ExportState.QUEUED)
    reason: Mapped[str] = mapped_column(String(32), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int] = mapped_column(default=0)
    tries: Mapped[int] = mapped_column(default=0)
    size: Mapped[int] = mapped_column(BigInteger, default=0)
    sha256: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asker: Mapped[Person] = relationship(lazy="raise", foreign_keys=[asker_id])
    subject: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[subject_id])
    client: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[client_id])

    __table_args__ = (
        Index("ix_export_state_due_at", "state", "due_at"),
        Index("ix_export_asker_id_id", "asker_id", "id"),
    )


class Erasure(Base):
    """What was erased: a discussion or a client; when, by whom, how much, and a chain of what it was (SPEC Z9).

    It names nothing that was erased: `about` is the brand. `chain` is the SHA-256 of the chain before it and the
    newest leaf, from the first to the last `Erased`.
    """

    __tablename__ = "erasure"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    cause: Mapped[str] = mapped_column(String(9), default=Cause.ASKED)
    asker_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"), index=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    about: Mapped[str] = mapped_column(String(80), default="")
    counts: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    leaves: Mapped[int] = mapped_column(default=0)
    chain: Mapped[str] = mapped_column(String(64), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    due_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    done_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    asker: Mapped[Person | None] = relationship(lazy="raise", foreign_keys=[asker_id])

    __table_args__ = (Index("ix_erasure_done_at_due_at", "done_at", "due_at"),)


class Erased(Base):
    """One thing of an erasure: the digest of its id, by which who knows that id can show that it was among them."""

    __tablename__ = "erased"

    id: Mapped[int] = mapped_column(primary_key=True)
    erasure_id: Mapped[int] = mapped_column(ForeignKey("erasure.id"))
    place: Mapped[int]
    leaf: Mapped[str] = mapped_column(String(64))

    __table_args__ = (
        Index("uq_erased_erasure_id_place", "erasure_id", "place", unique=True),
        Index("ix_erased_erasure_id_leaf", "erasure_id", "leaf"),
    )


def ends_at(archived_at: datetime | None, keep_months: int | None) -> datetime | None:
    """When a discussion of a brand that keeps so many months is erased; None for never and while open."""
    return archived_at + MONTH * keep_months if archived_at and keep_months else None
