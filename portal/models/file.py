"""File: what was sent with a message, or is about to be; Upload: one that is still coming; Preview: how it looks."""

from datetime import datetime, timedelta

from sqlalchemy import BigInteger, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models.base import Base, UtcDateTime

WAITS = timedelta(hours=26)  # for its message: a browser tries to send words for a day


def _until() -> datetime:
    return now() + WAITS


class File(Base):
    """A file; its bytes are the stored file `file`, whole and synced before this row was there.

    Until it goes out with a message it is its uploader's alone, and of the conversation it was meant for (none, where
    that is still to be started); `wanted_until` says when one that never went out is swept. `type` is what its content
    and its name agree on, else the neutral one. While `due_at` is set, the worker is to look at it for a preview.
    """

    __tablename__ = "file"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("person.id"))
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    message_id: Mapped[int | None] = mapped_column(ForeignKey("message.id"), index=True)
    place: Mapped[int] = mapped_column(default=0)
    name: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(127))
    size: Mapped[int] = mapped_column(BigInteger)
    file: Mapped[str] = mapped_column(String(26), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    due_at: Mapped[datetime | None] = mapped_column(UtcDateTime, default=now, index=True)
    tries: Mapped[int] = mapped_column(default=0)
    wanted_until: Mapped[datetime] = mapped_column(UtcDateTime, default=_until)

    __table_args__ = (
        # The files of a conversation, the newest first; message ids follow each other as the messages do.
        Index("ix_file_conversation_id_message_id_place", "conversation_id", "message_id", "place"),
        Index("ix_file_uploader_id_message_id", "uploader_id", "message_id"),
    )


class Upload(Base):
    """A file of which something is still to come: so much as there is lies in storage as the part `part`.

    When all of it is there, a `File` of the same public id takes its place.
    """

    __tablename__ = "upload"

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    uploader_id: Mapped[int] = mapped_column(ForeignKey("person.id"), index=True)
    conversation_id: Mapped[int | None] = mapped_column(ForeignKey("conversation.id"))
    name: Mapped[str] = mapped_column(String(255))
    size: Mapped[int] = mapped_column(BigInteger)
    part: Mapped[str] = mapped_column(String(26), unique=True, default=new_id)
    wanted_until: Mapped[datetime] = mapped_column(UtcDateTime, default=_until, index=True)


class Preview(Base):
    """A small picture of a file, made anew from its pixels: nothing else of the file is in it. Sizes are its pixels."""

    __tablename__ = "preview"

    id: Mapped[int] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(ForeignKey("file.id"), unique=True)
    file: Mapped[str] = mapped_column(String(26), unique=True)
    sha256: Mapped[str] = mapped_column(String(64))
    width: Mapped[int]
    height: Mapped[int]
