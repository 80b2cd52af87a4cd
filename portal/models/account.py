"""Account: a person's sign-in; Device: a signed-in browser; Invitation: a way to become active."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime
from portal.models.person import Person


class Role(StrEnum):
    """What an account may do. The first three together are staff."""

    OWNER = "owner"
    ADMIN = "admin"
    AGENT = "agent"
    CLIENT = "client"


class State(StrEnum):
    """Where an account is in its life."""

    INVITED = "invited"
    ACTIVE = "active"
    DISABLED = "disabled"


class Account(Base):
    """The sign-in of one person. `reach` (an `AgentReach`) is an agent's exception from the firm's."""

    __tablename__ = "account"

    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True)
    role: Mapped[str] = mapped_column(String(8))
    state: Mapped[str] = mapped_column(String(8), default=State.INVITED)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    reach: Mapped[str | None] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    person: Mapped[Person] = relationship(lazy="raise")


class Device(Base):
    """One signed-in browser. Its cookie holds a secret, of which only the digest is here."""

    __tablename__ = "device"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_device_person_id_revoked_at", "person_id", "revoked_at"),)


class Invitation(Base):
    """One link that makes an invited account active. A newer one withdraws the older ones."""

    __tablename__ = "invitation"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    inviter_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    accepted_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
