"""Picture: a person's profile picture in one of the sizes in which it is drawn."""

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class Picture(Base):
    """One file of `Person.picture`: its name in storage, and what its bytes must sum up to."""

    __tablename__ = "picture"

    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    size: Mapped[str] = mapped_column(String(8))
    file: Mapped[str] = mapped_column(String(26), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))

    __table_args__ = (UniqueConstraint("person_id", "size"),)
