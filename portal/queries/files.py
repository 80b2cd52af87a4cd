"""Files: of messages, in lists, their bytes; and what the mails said by which messages came."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import cache
from io import BufferedReader
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, select

from portal import access
from portal.access import Viewer
from portal.access.read_models import FileView
from portal.extensions import db, rows
from portal.kernel.errors import NotFound
from portal.kernel.kinds import PREVIEWED, look
from portal.kernel.mime import blank
from portal.kernel.pictures import TYPE
from portal.models import File, Firm, Preview
from portal.storage import storage

SHOWN = 2 * 1024 * 1024  # bytes of a mail's source
MEGABYTE = 1024 * 1024
_ENCODED = re.compile(r"(?:^[A-Za-z0-9+/…]{24,}={0,2}[ \t]*\n?)+", re.MULTILINE)
COLUMNS = (File.public_id, File.name, File.size, File.type, Preview.width, Preview.height, File.due_at)


class FileContent(NamedTuple):
    """A file, open, to be sent."""

    name: str
    type: str
    size: int
    content: BufferedReader


class OriginalView(NamedTuple):
    """What a mail said: (text, whether it is folded) in order, and how many lines are."""

    pieces: tuple[tuple[str, bool], ...]
    lines: int


class Source(NamedTuple):
    """A mail as it came, with our links and addresses blanked; `cut` is whether it goes on."""

    text: str
    size: int
    cut: bool


def of(messages: Iterable[Any]) -> dict[int, tuple[FileView, ...]]:
    """{internal id: files} of those of these messages, which somebody may read, that have any. Mostly that is none."""
    having = [message.id for message in messages if message.files and message.deleted_at is None]
    found: dict[int, list[FileView]] = defaultdict(list)
    if having:
        for message_id, *values in rows(_of(), {"messages": having}):
            found[message_id].append(shown(values))
    return {message_id: tuple(files) for message_id, files in found.items()}


def shown(values: Sequence[Any]) -> FileView:
    """A file as it is shown, of a row of `COLUMNS`."""
    key, name, size, kind, width, height, due_at = values
    coming = width is None and due_at is not None and kind in PREVIEWED
    return FileView(key, name, size, look(kind, name), width or 0, height or 0, coming)


def waiting(viewer: Viewer, keys: Sequence[str]) -> tuple[FileView, ...]:
    """Those of the viewer's own files that went out with no message yet, in the order given."""
    query = access.unsent(viewer).where(File.public_id.in_(keys)).outerjoin(Preview, Preview.file_id == File.id)
    found = {row[0]: shown(row) for row in db.session.execute(query.with_only_columns(*COLUMNS))}
    return tuple(found[key] for key in keys if key in found)


def content(viewer: Viewer, key: str) -> FileContent:
    """A file of a message that the viewer may read. Raises `NotFound` for missing, lost and forbidden alike."""
    found = access.file(viewer, key)
    return FileContent(found.name, found.type, found.size, _open(found.file))


def preview(viewer: Viewer, key: str) -> FileContent:
    """How a file looks, as a picture of our own making."""
    found = _open(access.preview(viewer, key).file)
    found.seek(0, 2)
    size = found.tell()
    found.seek(0)
    return FileContent("", TYPE, size, found)


def limit() -> int:
    """How many bytes a file may have, as the firm says."""
    return (db.session.scalar(select(Firm.file_limit)) or 0) * MEGABYTE


def arrived(viewer: Viewer, key: str) -> tuple[int, int]:
    """(bytes that are there, bytes it will have) of a file that the viewer is bringing; once whole, both are the same.

    Raises `NotFound` where it is not there any more.
    """
    whole = db.session.scalars(access.unsent(viewer).where(File.public_id == key)).first()
    if whole is not None:
        return whole.size, whole.size
    found = access.upload(viewer, key)
    return storage().arrived(found.part), found.size


def original(viewer: Viewer, key: str, message_key: str) -> OriginalView:
    """What the mail of a message said, to staff and its author."""
    found = access.original(viewer, access.conversation(viewer, key), message_key)
    return OriginalView(tuple((text, folded) for text, folded, _ in found.pieces), found.lines)


def source(viewer: Viewer, key: str, message_key: str) -> Source:
    """The mail of a message as it came, to admins in its conversation."""
    found = access.source(viewer, access.conversation(viewer, key), message_key)
    with _open(found.file) as file:
        raw = file.read(SHOWN)
    text = raw.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "\ufffd")
    # What is encoded may hold the same links, and says nothing to a reader.
    return Source(_ENCODED.sub("[…]\n", blank(text)), found.size, found.size > SHOWN)


@cache
def _of() -> Select[*tuple[Any, ...]]:
    """The files of the messages `messages`, by internal ids."""
    query = select(File.message_id, *COLUMNS).outerjoin(Preview, Preview.file_id == File.id)
    return query.where(File.message_id.in_(bindparam("messages", expanding=True))).order_by(File.place)


def _open(name: str) -> BufferedReader:
    try:
        return storage().open(name)
    except FileNotFoundError as lost:
        raise NotFound from lost
