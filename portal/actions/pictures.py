"""One's own profile picture (SPEC P8): decoded and stored before the transaction, replaced files deleted after it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import delete, select, union_all

from portal.access import Viewer
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel import pictures
from portal.kernel.tokens import new_id
from portal.models import FILED, Person, Picture, Upload
from portal.storage import PART, Stored, storage

log = logging.getLogger(__name__)

YOUNG = 3600.0  # seconds; a file as young may belong to a transaction on its way


def set_picture(viewer: Viewer, content: bytes) -> str:
    """Take the middle of a picture as one's own; nothing of the file itself is kept. Gives the new address's id.

    Raises `TooLarge`, or `Invalid` for what is no PNG, JPEG, GIF or WebP that can be read.
    """
    db.session.rollback()  # nothing is held while it is decoded
    kept = {size: storage().put(square) for size, square in pictures.squares(content).items()}
    with _replacing(viewer) as person:
        return _name(person, kept)


def remove_picture(viewer: Viewer) -> None:
    """Be drawn by one's initials again."""
    with _replacing(viewer):
        pass


def sweep(older: float = YOUNG) -> int:
    """Delete files that belong to nobody: left by a crash between file and transaction. Gives how many."""
    there = set(storage().names(older))
    names = (*(select(noun.file) for noun in FILED), select(Upload.part))
    used = set(db.session.scalars(union_all(*names)))
    unused = {name for name in there if name.removesuffix(PART) not in used}
    for name in unused:
        storage().delete(name)
    if unused:
        log.info("%s files that belonged to nobody were deleted", len(unused))
    return len(unused)


@contextmanager
def _replacing(viewer: Viewer) -> Iterator[Person]:
    """A unit in which a person's picture is taken away, to put another in its place; its files go after the commit."""
    with unit(viewer) as viewer:
        # Locked, so that of two pictures at once (PostgreSQL) the second replaces the first.
        person = db.session.scalars(select(Person).where(Person.id == viewer.person_id).with_for_update()).one()
        mine = Picture.person_id == person.id
        old = db.session.scalars(select(Picture.file).where(mine)).all()
        db.session.execute(delete(Picture).where(mine))
        person.picture = None
        yield person
    with suppress(OSError):  # the sweep deletes what stays
        for name in old:
            storage().delete(name)


def _name(person: Person, kept: dict[str, Stored]) -> str:
    """A new address with every picture: who kept the old one finds nothing, and no cache shows the old face."""
    key = person.picture = new_id()
    for size, stored in kept.items():
        db.session.add(Picture(person_id=person.id, size=size, file=stored.name, sha256=stored.sha256))
    return key
