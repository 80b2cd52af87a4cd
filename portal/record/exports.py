"""Makes the exports that were asked for: read some at a time, written to disk, and whole or not there at all."""

import errno
import logging
import os
import shutil
import time
from io import BytesIO
from pathlib import Path
from tempfile import mkdtemp
from typing import BinaryIO

from portal.actions import exports as actions
from portal.kernel.mime import Attachment
from portal.kernel.mime.blanking import blank_file
from portal.queries import exports as queries
from portal.queries.exports import Job, Part, Piece
from portal.record.bundle import Bundle, called, has_room, sum_of
from portal.storage import storage

log = logging.getLogger(__name__)

FOLDER = "exports"  # in VAR
ENDING, MAKING = ".zip", ".making"
SAID_EVERY = 2.0  # seconds between two words of how far it is
ABOUT = 4096  # bytes that a message takes in three forms, generously
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Unwanted(Exception):
    """It was given up, or erased, while it was made."""


def make(var: Path) -> bool:
    """Make one that is due; whether there may be more."""
    for one in queries.due():
        if actions.take(one.id, one.at):
            make_one(var, one.id)
            return True
    return False


def make_one(var: Path, export_id: int) -> None:
    """Make an export that was claimed. What a crash left of an earlier try is made anew."""
    job = queries.job(export_id)
    if job is None:
        return actions.failed(export_id, "removed")
    if job.tries > actions.TRIES:
        return actions.failed(export_id, "given_up")
    folder = _folder(var)
    room = Path(mkdtemp(prefix=f"{job.key}-", suffix=MAKING, dir=folder))
    try:
        _make(job, room, folder / f"{job.key}{ENDING}")
    except Unwanted:
        log.info("an export was given up while it was made")
    except OSError as error:
        if error.errno not in FULL:
            raise
        actions.failed(export_id, "storage_full")
    finally:
        shutil.rmtree(room, ignore_errors=True)


def path_of(var: Path, key: str) -> Path:
    """Where the ZIP of an export lies."""
    return var / FOLDER / f"{key}{ENDING}"


def sweep(var: Path) -> bool:
    """Delete files of exports that are over, and what was left by tries that nobody is at any more. False: no more."""
    actions.end_old()
    folder = var / FOLDER
    there = [path.name.removesuffix(ENDING) for path in folder.glob(f"*{ENDING}")]
    for key in queries.over(there):
        path_of(var, key).unlink(missing_ok=True)
    for left in folder.glob(f"*{MAKING}"):
        if time.time() - left.stat().st_mtime > actions.CLAIM.total_seconds() * 20:
            shutil.rmtree(left, ignore_errors=True)
    return False


class _Teller:
    """Says how far it is, now and then; raises `Unwanted` where nobody wants it any more."""

    def __init__(self, job: Job) -> None:
        self._job, self.done, self._said = job, 0, 0.0

    def __call__(self) -> None:
        if time.monotonic() - self._said < SAID_EVERY:
            return
        self._said = time.monotonic()
        if not actions.progress(self._job.id, self.done, self._job.total):
            raise Unwanted


def _make(job: Job, room: Path, end: Path) -> None:
    teller = _Teller(job)
    teller()
    if not has_room(room, job.total * ABOUT):
        raise OSError(errno.ENOSPC, "no room")
    made = room / "export.zip"
    with Bundle(made, job.asked_at, teller) as bundle:
        for place, piece in enumerate(job.pieces, 1):
            _add(bundle, job, piece, room, _within(job, piece, place), teller)
    _keep(made)
    size, sum_ = made.stat().st_size, sum_of(made)
    os.replace(made, end)
    if not actions.ready(job.id, size, sum_):
        end.unlink(missing_ok=True)


def _within(job: Job, piece: Piece, place: int) -> str:
    """Each discussion of a client has a folder of its own."""
    return "" if len(job.pieces) == 1 else f"{place:03} {called(piece.title, 'discussion')}/"


def _add(bundle: Bundle, job: Job, piece: Piece, room: Path, within: str, teller: _Teller) -> None:
    """The files while the pages are written, and the pages then: links in them say what the files are called."""
    from portal.record.pages import Pages  # what writes PDFs loads an image library: only the worker may, and only now

    pages = Pages(room, job, piece)
    for batch in queries.entries(job, piece):
        wanted = sum(file.size for entry in batch for file in (*entry.files, *((entry.mail,) if entry.mail else ())))
        if not has_room(room, wanted):
            raise OSError(errno.ENOSPC, "no room")
        for entry in batch:
            files = [_file(bundle, within, "files", file) for file in entry.files]
            mail = _mail(bundle, within, entry.mail) if entry.mail else ""
            pages.add(entry, files, mail)
        teller.done += len(batch)
        teller()
    pages.close()
    for name in Pages.NAMES:
        with (room / name).open("rb") as source:
            bundle.add(within + name, source)
        (room / name).unlink()


def _file(bundle: Bundle, within: str, where: str, file: Part) -> str:
    """Add a file; gives what it is called beside the pages. One that storage has lost says so in its place."""
    name = f"{within}{where}/{called(file.name, 'file')}"
    try:
        source: BinaryIO = storage().open(file.file)
    except FileNotFoundError:
        return f"{where}/{called(file.name, 'file')} (lost)"
    with source:
        return bundle.add(name, source).removeprefix(within)


def _mail(bundle: Bundle, within: str, mail: Part) -> str:
    """Add the mail by which a message came; gives what it is called.

    What it quotes lets its writer in: links and addresses of ours are blanked (SPEC E6). Where they are encoded, its
    words take its place.
    """
    try:
        with storage().open(mail.file) as source:
            came = Attachment("mail.eml", "message/rfc822", source.read(), "", False)
    except FileNotFoundError:
        return "mails/mail.eml (lost)"
    said = blank_file(came)[0]
    return bundle.add(f"{within}mails/{said.name}", BytesIO(said.content)).removeprefix(within)


def _keep(path: Path) -> None:
    """On the disk, and not only on its way there, before anybody is told that it is ready."""
    with path.open("rb") as file:
        os.fsync(file.fileno())


def _folder(var: Path) -> Path:
    folder = var / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder
