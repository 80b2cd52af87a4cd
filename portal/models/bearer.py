"""What proves who somebody is without a password: a code sent to their address, and a browser that has given one."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime


class Purpose(StrEnum):
    """What a challenge is for: signing in (SPEC P4), or using links on a device not seen before (E3)."""

    SIGN_IN = "sign_in"
    LINK = "link"


class Challenge(Base):
    """A six-digit code, and for signing in a link, sent in the mail `mail_id`: both are made of that mail's id.

    The code counts only in the browser that asked, of whose secret the digest is here; so many `tries`, once.
    Who asks to sign in names an `email`, and is told nothing: whose it is, is looked up later, while it is `due`.
    Of an address that is nobody's, person and mail stay empty.
    """

    __tablename__ = "challenge"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    purpose: Mapped[str] = mapped_column(String(8))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
    mail_id: Mapped[int | None] = mapped_column(ForeignKey("mail.id"), unique=True)
    email: Mapped[str] = mapped_column(String(254), default="")
    due: Mapped[bool] = mapped_column(default=False)
    browser: Mapped[str] = mapped_column(String(64))
    tries: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    ends_at: Mapped[datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (
        Index("ix_challenge_person_id_created_at", "person_id", "created_at"),
        Index("ix_challenge_browser", "browser"),
        Index("ix_challenge_due_ends_at", "due", "ends_at"),
    )


class LinkDevice(Base):
    """A browser in which somebody has given the code: it may use the links of their mails, and nothing else."""

    __tablename__ = "link_device"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    digest: Mapped[str] = mapped_column(String(64), unique=True)
    label: Mapped[str] = mapped_column(String(120), default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    seen_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcDateTime)

    __table_args__ = (Index("ix_link_device_person_id_revoked_at", "person_id", "revoked_at"),)
