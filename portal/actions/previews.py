"""What files look like: the worker looks at each that came, says what it is, and makes a small picture of it."""

import logging
from datetime import datetime, timedelta
from functools import cache

from sqlalchemy import Select, bindparam, func, select, update

from portal.actions.facts import record
from portal.actions.unit import transaction
from portal.extensions import db, rows
from portal.kernel import pictures
from portal.kernel.clock import now
from portal.kernel.kinds import HEAD, PREVIEWED, agreed
from portal.kernel.pictures import Preview as Picture
from portal.models import Conversation, Fact, File, Message, MessageKind, Preview
from portal.storage import Stored, storage

log = logging.getLogger(__name__)

CLAIM = timedelta(minutes=2)  # who dies over a file leaves it to others
TRIES = 3


def work() -> bool:
    """Look at the file that is due first; whether there was one."""
    found = db.session.execute(drawable(), {"at": now(), "most": 1}).first()
    db.session.rollback()
    if found is None:
        return False
    if _claim(*found):
        _look_at(found.id)
    return True


@cache
def drawable() -> Select[int, datetime | None]:
    """The files that are due, first the one that has been so for longest."""
    query = select(File.id, File.due_at).where(File.due_at <= bindparam("at"))
    return query.order_by(File.due_at).limit(bindparam("most"))


def _claim(file_id: int, due_at: object) -> bool:
    """Take it on: of all who try, one gets it. What has failed too often has no preview."""
    with transaction():
        mine = update(File).where(File.id == file_id, File.due_at == due_at)
        return rows(mine.values(due_at=now() + CLAIM, tries=File.tries + 1), {}).rowcount == 1


def _look_at(file_id: int) -> None:
    wanted = select(File.name, File.file, File.size, File.tries).where(File.id == file_id)
    found = db.session.execute(wanted).first()
    db.session.rollback()  # nothing is held while it is drawn
    if found is None:  # taken back meanwhile
        return
    name, stored, size, tries = found
    kind, picture = _seen(name, stored, size) if tries <= TRIES else ("", None)
    kept = storage().put(picture.content) if picture else None
    with transaction():
        _put(file_id, kind, picture, kept)


def _seen(name: str, stored: str, size: int) -> tuple[str, Picture | None]:
    """What a file is, and what it looks like. One that is lost is neither."""
    try:
        with storage().open(stored) as file:
            head = file.read(HEAD)
            kind = agreed(name, head)
            if kind not in PREVIEWED or size > pictures.PREVIEWED:
                return kind, None
            return kind, pictures.preview(head + file.read(), kind)
    except FileNotFoundError:
        log.warning("a file is not in storage; `comptoir check` counts them")
        return "", None


def _put(file_id: int, kind: str, picture: Picture | None, kept: Stored | None) -> None:
    """Inside a transaction: write down what was seen, and where it is shown already, have it be shown anew."""
    message = _message(file_id)
    file = db.session.scalars(select(File).where(File.id == file_id).with_for_update()).first()
    if file is None:  # taken back meanwhile; the sweep finds its picture
        return
    if file.message_id != (message.id if message else None):  # it went out at this very moment
        file.due_at = now()
        return
    changed = bool(kind) and (kind != file.type or kind in PREVIEWED)
    file.type, file.due_at = kind or file.type, None
    if picture and kept:
        db.session.add(
            Preview(file_id=file_id, file=kept.name, sha256=kept.sha256, width=picture.width, height=picture.height)
        )
    if changed and message is not None and message.deleted_at is None:
        _show(message)


def _message(file_id: int) -> Message | None:
    """The message of the file, when nobody else writes in its conversation (see `access.take_turn`)."""
    of = select(Message).join(File, File.message_id == Message.id).where(File.id == file_id)
    if db.engine.dialect.name == "postgresql":
        db.session.execute(of.with_only_columns(func.pg_advisory_xact_lock(Message.conversation_id)))
    return db.session.scalars(of).first()


def _show(message: Message) -> None:
    of = select(Conversation).where(Conversation.id == message.conversation_id).with_for_update()
    conversation = db.session.scalars(of.execution_options(populate_existing=True)).one()
    conversation.rev += 1
    message.rev = conversation.rev
    if message.kind == MessageKind.TEXT:  # of a note, clients learn nothing
        conversation.public_rev += 1
        message.public_rev = conversation.public_rev
    record(None, Fact.FILE_PREVIEWED, conversation, message_id=message.id)
