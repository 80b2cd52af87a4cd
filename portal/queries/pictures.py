"""Profile pictures, as those get them who may see the person."""

import hashlib
import logging

from sqlalchemy import select, union_all

from portal import access
from portal.access import Viewer
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import FILED
from portal.storage import storage

log = logging.getLogger(__name__)


def picture(viewer: Viewer, key: str, size: str) -> bytes:
    """The picture at an address. Raises `NotFound` for missing, lost and forbidden alike."""
    found = access.picture(viewer, key, size)
    try:
        with storage().open(found.file) as file:
            return file.read()
    except FileNotFoundError as lost:
        log.warning("a picture's file is not in storage; `comptoir check` counts them")
        raise NotFound from lost


def lost() -> int:
    """How many files are missing from storage, or are not what was stored. For the command line."""
    stored = union_all(*(select(noun.file, noun.sha256) for noun in FILED))
    return sum(not _is_kept(file, sha256) for file, sha256 in db.session.execute(stored))


def _is_kept(file: str, sha256: str) -> bool:
    try:
        with storage().open(file) as kept:
            return hashlib.file_digest(kept, "sha256").hexdigest() == sha256
    except OSError:
        return False
