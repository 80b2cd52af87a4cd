"""Pictures for tests: those of the cast, quick to make, and images of every kind to send."""

import base64
import io
import os
import re
import shutil
import struct
import zlib
from pathlib import Path

from PIL import Image
from sqlalchemy import select

from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.pictures import SIZES
from portal.kernel.tokens import new_id
from portal.models import Person, Picture
from portal.storage import FOLDER, storage

ADDRESS = re.compile(r"/pictures/(\w+)/(?:small|large)")
# One violet pixel as WebP: the cast's faces are given by hand, without the decoder.
DOT = base64.b64decode("UklGRh4AAABXRUJQVlA4TBEAAAAvAAAAAAdQqOIVuf+BiOh/AAA=")


def give(*keys: str) -> dict[str, str]:
    """Give these people a picture each; gives {person: picture}, by public ids."""
    given = {key: new_id() for key in keys}
    kept = {(key, size): storage().put(DOT) for key in keys for size in SIZES}
    with transaction():
        people = {one.public_id: one for one in db.session.scalars(select(Person).where(Person.public_id.in_(keys)))}
        for key, picture in given.items():
            people[key].picture = picture
        for (key, size), stored in kept.items():
            db.session.add(Picture(person_id=people[key].id, size=size, file=stored.name, sha256=stored.sha256))
    return given


def folder() -> Path:
    """Where the files of the present application lie."""
    return storage().root  # type: ignore[attr-defined]


def lend(files: Path, var: Path) -> None:
    """Put the cast's files into another installation, as links: a copy of each would cost every test a moment."""
    shutil.copytree(files, var / FOLDER, copy_function=_link, dirs_exist_ok=True)


def addresses(page: str) -> set[str]:
    """The ids of the pictures that a page or frame names."""
    return set(ADDRESS.findall(page))


def image(kind: str = "PNG", width: int = 300, height: int = 200, colour: str = "teal", **more: object) -> bytes:
    """A plain image as a file."""
    written = io.BytesIO()
    Image.new("RGB", (width, height), colour).save(written, kind, **more)
    return written.getvalue()


def bomb(width: int, height: int) -> bytes:
    """A PNG of a few bytes and so many black pixels."""
    rows = zlib.compressobj(9)
    packed = b"".join(rows.compress(bytes(1 + (width + 7) // 8)) for _ in range(height)) + rows.flush()
    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", packed) + _chunk(b"IEND", b"")


def _link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:  # another file system
        shutil.copyfile(source, target)


def _chunk(name: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))
