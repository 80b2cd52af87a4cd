"""Firm, its Brands with their staff, and the Spaces of clients in a brand."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime


class StaffNames(StrEnum):
    """What clients read as the author of a message from staff (SPEC D5)."""

    FULL = "full"
    FIRST = "first"
    BRAND = "brand"


class AgentReach(StrEnum):
    """Whose clients an agent finds (SPEC P11): those of their brands, or of these their own alone.

    Teams will add theirs between the two; what is not known here reaches no further than one's own.
    """

    ALL = "all"
    OWN = "own"


class Firm(Base):
    """The one firm that runs this installation.

    `withheld` are the rights (acts of `access.rules`) that it keeps from its agents. `co_owners` lets
    owners of discussions share that; switched off, nobody's co-ownership counts, and none is forgotten.
    `mail_wait` and `mail_gap` are minutes: before a mail tells of a message, and between two of a conversation;
    `digest_gap` those between two digests. Links in mails end after `link_days`, and on a new device ask for a code
    where `link_codes` says so, and a file may have `file_limit` MB. What we need from clients is mailed to them
    on `weekly_day` (Monday is 0; None for never) at `weekly_hour`, both in their zone.
    """

    __tablename__ = "firm"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80))
    staff_names: Mapped[str] = mapped_column(String(8), default=StaffNames.FULL)
    language: Mapped[str] = mapped_column(String(2), default="en")
    time_zone: Mapped[str] = mapped_column(String(64), default="UTC")
    withheld: Mapped[list[str]] = mapped_column(JSON, default=list)
    agents_reach: Mapped[str] = mapped_column(String(8), default=AgentReach.ALL)
    co_owners: Mapped[bool] = mapped_column(default=False)
    mail_wait: Mapped[int] = mapped_column(default=1)
    mail_gap: Mapped[int] = mapped_column(default=30)
    digest_gap: Mapped[int] = mapped_column(default=60)
    link_days: Mapped[int] = mapped_column(default=30)
    link_codes: Mapped[bool] = mapped_column(default=True)
    file_limit: Mapped[int] = mapped_column(default=25)
    weekly_day: Mapped[int | None] = mapped_column(default=0)
    weekly_hour: Mapped[int] = mapped_column(default=9)
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class Brand(Base):
    """A website or brand of the firm. `host` chooses it by address; else the default one shows.

    Its discussions are erased so many months (`keep_months`) after they were archived; never where that is empty.
    """

    __tablename__ = "brand"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    name: Mapped[str] = mapped_column(String(80))
    hue: Mapped[int] = mapped_column(default=165)
    host: Mapped[str | None] = mapped_column(String(253), unique=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    is_default: Mapped[bool] = mapped_column(default=False)
    keep_months: Mapped[int | None]


class BrandStaff(Base):
    """A member of staff works for a brand. Owners and admins work for all without a row."""

    __tablename__ = "brand_staff"

    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)


class Space(Base):
    """The portal space of one client (a person, a couple, a company) in a brand.

    Where it `welcomes`, who joins its discussions by themselves gets a mail that says so, in the words of `welcome`
    or, where that is empty, in ours.
    """

    __tablename__ = "space"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    brand_id: Mapped[int] = mapped_column(ForeignKey("brand.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    welcomes: Mapped[bool] = mapped_column(default=False)
    welcome: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(UtcDateTime, default=now)


class SpaceMember(Base):
    """A person, staff or client, of a space."""

    __tablename__ = "space_member"

    space_id: Mapped[int] = mapped_column(ForeignKey("space.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"), primary_key=True, index=True)
