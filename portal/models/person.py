"""Person: somebody with a name; Address: an e-mail address that belongs to one person."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship, validates

from portal.kernel.clock import now
from portal.kernel.text import fold
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime


class Face(StrEnum):
    """Which side of the counter somebody stands on. A person never changes sides."""

    STAFF = "staff"
    CLIENT = "client"


class Mails(StrEnum):
    """Which e-mails about messages somebody wants (SPEC E2, E9): of each discussion, one of links, or none."""

    EACH = "each"
    DIGEST = "digest"
    NONE = "none"


class Person(Base):
    """Staff, client or visitor. Account and addresses hang on it.

    `mails` is a `Mails`; a digest is for staff, who were sent the last one at `digest_at`; a client has, or wants
    none of, the `weekly` one of what we need from them.
    `undo` is whether what they send can be undone for some seconds.
    `picture` is the random id in the address of the profile picture, another one with every new picture.
    """

    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    face: Mapped[str] = mapped_column(String(8))
    name: Mapped[str] = mapped_column(String(80))
    folded: Mapped[str] = mapped_column(String(160))
    language: Mapped[str] = mapped_column(String(2), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    enter_sends: Mapped[bool] = mapped_column(default=True)
    undo: Mapped[bool] = mapped_column(default=False)
    mails: Mapped[str] = mapped_column(String(8), default=Mails.EACH)
    digest_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    weekly: Mapped[bool] = mapped_column(default=True)
    picture: Mapped[str | None] = mapped_column(String(26), index=True, unique=True)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)

    addresses: Mapped[list["Address"]] = relationship(lazy="raise", order_by="Address.id")

    __table_args__ = (Index("ix_person_face_folded", "face", "folded"),)

    @validates("name")
    def _fold(self, _key: str, name: str) -> str:
        """Keep `folded`, by which lists sort and search, in step with the name."""
        self.folded = fold(name)
        return name


class Address(Base):
    """An e-mail address, kept case-folded; staff and clients never share one, because it is unique."""

    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    verified_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounced_at: Mapped[datetime | None] = mapped_column(UtcDateTime)
    bounce: Mapped[str] = mapped_column(String(255), default="")
