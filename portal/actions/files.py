"""Files on their way to a message: brought in parts, kept for their uploader, and taken along by what they post."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import IO

from sqlalchemy import String, and_, cast, delete, exists, func, select, update

from portal import access
from portal.access import Act, Viewer
from portal.actions.beside import Beside
from portal.actions.stays import require_added_once
from portal.actions.unit import transaction, unit
from portal.extensions import db, rows
from portal.kernel import text
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound, TooLarge
from portal.kernel.kinds import HEAD, agreed
from portal.kernel.tokens import new_id
from portal.models import Draft, File, Firm, Message, Preview, Upload
from portal.storage import Stored, storage

MANY = 30  # files of one message
WAITING = 120  # files of one person that went out with no message yet
NAME = 255  # characters
MEGABYTE = 1024 * 1024
PART = 1024 * 1024  # bytes of a plain form's file that are written at once
# Whether a draft holds a file.
DRAFTED = and_(Draft.person_id == File.uploader_id, cast(Draft.more, String).contains(File.public_id))


def announce(viewer: Viewer, key: str, *, name: str, size: int) -> str:
    """Announce a file of `size` bytes for the discussion `key`, or for one to be started (""); gives the file's id.

    Raises `TooLarge` for more than the firm takes, before anything is stored, and as writing there does.
    """
    name, part = checked_name(name), new_id()
    _meant(viewer, key)  # for nobody else is anything stored
    storage().start(part)
    with unit(viewer, by_mail=True) as viewer:
        conversation_id = _meant(viewer, key)
        _require_room(viewer, name, size)
        coming = Upload(uploader_id=viewer.person_id, conversation_id=conversation_id, name=name, size=size, part=part)
        db.session.add(coming)
        db.session.flush()
        return coming.public_id


def bring(viewer: Viewer, key: str, offset: int, content: bytes) -> int:
    """Add what follows at `offset`; gives how many bytes are there, and when that is all of them, the file is whole.

    At another offset than where the last ended nothing is added. Raises `NotFound` where the file is not expected any
    more, `TooLarge` for more than was announced.
    """
    if db.session.scalar(access.unsent(viewer).where(File.public_id == key).with_only_columns(File.id)):
        return offset + len(content)  # it was all there, and is told again
    coming = access.upload(viewer, key)
    part, size = coming.part, coming.size
    if offset + len(content) > size:
        raise TooLarge("file_longer")
    db.session.rollback()  # nothing is held while bytes are written
    try:
        there = storage().grow(part, offset, content) if content else storage().arrived(part)
        if there == size:
            _finish(viewer, key, storage().finish(part), _head(part))
    except FileNotFoundError as lost:
        raise NotFound from lost
    return there


def take_in(viewer: Viewer, key: str, *, name: str, size: int, content: IO[bytes]) -> str:
    """A whole file, as a plain form sends it; gives its id."""
    file, offset = announce(viewer, key, name=name, size=size), 0
    while part := content.read(PART):
        offset = bring(viewer, file, offset, part)
    return file


def leave_out(viewer: Viewer, key: str) -> None:
    """Take back a file that went out with no message, whole or not. One that is gone is gone already."""
    with unit(viewer, by_mail=True) as viewer:
        mine = access.unsent(viewer).where(File.public_id == key).with_only_columns(File.id)
        whole = db.session.scalar(mine)
        gone = _drop([whole]) if whole else []
        unfinished = delete(Upload).where(Upload.public_id == key, Upload.uploader_id == viewer.person_id)
        gone += db.session.scalars(unfinished.returning(Upload.part)).all()
    for name in gone:
        storage().delete_all(name)


def keep_until(viewer: Viewer, keys: Sequence[str], until: datetime, *, longer: bool = False) -> None:
    """Inside a unit: keep files of the viewer's that went out with no message yet so long, wherever they are meant.

    With `longer`, those that are kept beyond that stay so.
    """
    if not keys:
        return
    mine = [File.uploader_id == viewer.person_id, File.message_id.is_(None), File.public_id.in_(keys)]
    if longer:
        mine.append(File.wanted_until < until)
    rows(update(File).where(*mine).values(wanted_until=until), {})


def sweep() -> bool:
    """Forget what nobody wants any more, but for what a draft holds, however old; whether there may be more."""
    lost = select(File.id).where(File.message_id.is_(None), File.wanted_until < now(), ~exists().where(DRAFTED))
    lost = lost.limit(WAITING)
    late = select(Upload.id).where(Upload.wanted_until < now()).limit(WAITING)
    found = db.session.execute(lost).first() or db.session.execute(late).first()
    db.session.rollback()  # to look takes no turn from who writes
    if found is None:
        return False
    with transaction():
        gone = _drop(list(db.session.scalars(lost)))
        gone += db.session.scalars(delete(Upload).where(Upload.id.in_(late)).returning(Upload.part)).all()
    for name in gone:
        storage().delete_all(name)
    return bool(gone)


def attaching(viewer: Viewer, keys: Sequence[str]) -> Beside | None:
    """The files `keys` as what comes with a message of their uploader; None without any."""
    keys = tuple(dict.fromkeys(keys))
    if len(keys) > MANY:
        raise Invalid("too_many_files", limit=MANY)
    return Beside(len(keys), 0, partial(_attach, viewer, keys), partial(_are_those_of, viewer, keys)) if keys else None


def checked_name(name: str) -> str:
    """A file's name as one line, without folders and what cannot be seen; it keeps its ending."""
    name = text.clean_line(name).replace("\\", "/").rpartition("/")[2].strip()
    stem, dot, ending = name.rpartition(".")
    if len(name) > NAME:
        name = f"{stem[: NAME - 20]}…{dot}{ending[:18]}" if dot else name[:NAME]
    return name or "file"


def _meant(viewer: Viewer, key: str) -> int | None:
    """The internal id of the discussion that a file is for."""
    if not key:
        access.require(viewer, Act.CREATE if viewer.is_staff else Act.START)
        if not viewer.is_staff:
            require_added_once(viewer)
        return None
    standing = access.conversation(viewer, key)
    if not access.can(viewer, Act.ANSWER, standing):
        access.require(viewer, Act.WRITE, standing)
    return standing.conversation.id


def _require_room(viewer: Viewer, name: str, size: int) -> None:
    most = db.session.scalar(select(Firm.file_limit)) or 0
    if size > most * MEGABYTE:
        raise TooLarge("file_too_large", name=name, limit=most)
    if size < 1:
        raise Invalid("file_empty", name=name)
    waiting = select(func.count()).where(File.uploader_id == viewer.person_id, File.message_id.is_(None))
    coming = select(func.count()).where(Upload.uploader_id == viewer.person_id)
    if (db.session.scalar(waiting) or 0) + (db.session.scalar(coming) or 0) >= WAITING:
        raise Invalid("too_many_waiting")


def _finish(viewer: Viewer, key: str, stored: Stored, head: bytes) -> None:
    """All of it is there: from now on it is a file."""
    with unit(viewer, by_mail=True) as viewer:
        mine = Upload.public_id == key, Upload.uploader_id == viewer.person_id
        columns = (Upload.conversation_id, Upload.name, Upload.size)
        coming = db.session.execute(delete(Upload).where(*mine).returning(*columns)).first()
        if coming is None:  # the same part came twice
            return
        db.session.add(
            File(
                public_id=key,
                uploader_id=viewer.person_id,
                conversation_id=coming.conversation_id,
                name=coming.name,
                type=agreed(coming.name, head),
                size=coming.size,
                file=stored.name,
                sha256=stored.sha256,
            )
        )


def _head(name: str) -> bytes:
    with storage().open(name) as file:
        return file.read(HEAD)


def _drop(ids: Sequence[int]) -> list[str]:
    """Inside a transaction: files that are still no message's, and their previews; gives what they are called."""
    of = select(File.id).where(File.id.in_(ids), File.message_id.is_(None)).with_for_update()
    still = list(db.session.scalars(of))
    previews = db.session.scalars(delete(Preview).where(Preview.file_id.in_(still)).returning(Preview.file)).all()
    files = db.session.scalars(delete(File).where(File.id.in_(still)).returning(File.file)).all()
    return [*previews, *files]


def _attach(viewer: Viewer, keys: tuple[str, ...], message_id: int) -> None:
    """Inside the message's transaction: they are its files now. Raises `Invalid` where one is not there."""
    where = db.session.execute(select(Message.conversation_id).where(Message.id == message_id)).scalar_one()
    mine = [File.uploader_id == viewer.person_id, File.message_id.is_(None)]
    if viewer.limit is not None:
        mine.append(File.conversation_id == viewer.limit)
    for place, key in enumerate(keys):
        taken = update(File).where(File.public_id == key, *mine)
        if rows(taken.values(message_id=message_id, conversation_id=where, place=place), {}).rowcount != 1:
            raise Invalid("file_gone")


def _are_those_of(viewer: Viewer, keys: tuple[str, ...], message_id: int) -> bool:
    """Whether they are what the message has: the same, or chosen once more in a form that was sent twice."""
    said = select(File.name, File.sha256).order_by(File.name, File.sha256)
    mine = said.where(File.public_id.in_(keys), File.uploader_id == viewer.person_id)
    return db.session.execute(mine).all() == db.session.execute(said.where(File.message_id == message_id)).all()
