"""A ZIP written part by part, with a list of what is in it: never more than a piece of a file in memory."""

import hashlib
import re
import shutil
import unicodedata
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

PIECE = 1024 * 1024  # bytes
MANIFEST = "MANIFEST.sha256"
SPARE = 128 * 1024 * 1024  # bytes that stay free for everybody else
_BAD = re.compile(r'[\x00-\x1f<>:"/\\|?*\u200e\u200f\u202a-\u202e\u2066-\u2069]+')
_SQUEEZED = frozenset({"pdf", "png", "jpg", "jpeg", "gif", "webp", "zip", "mp4", "mp3", "docx", "xlsx", "pptx", "heic"})


class Bundle:
    """A ZIP in which every part has its line in `MANIFEST.sha256`, as `sha256sum -c` reads it.

    All parts bear the time `at`, so that it tells nothing of when or where they were made. `told` is called with the
    bytes of each piece written, so that who waits knows that it goes on.
    """

    def __init__(self, path: Path, at: datetime, told: Callable[[], None] = lambda: None) -> None:
        self._zip = ZipFile(path, "w", allowZip64=True)
        self._at = at.timetuple()[:6]
        self._sums: list[str] = []
        self._names: set[str] = set()
        self._told = told

    def __enter__(self) -> "Bundle":
        return self

    def __exit__(self, kind: type[BaseException] | None, error: object, trace: TracebackType | None) -> None:
        if kind is None:
            self._list()
        self._zip.close()

    def add(self, name: str, source: BinaryIO) -> str:
        """Add what is read from `source`, under this name or, if it is taken, one like it; gives the name."""
        name = self._free(name)
        digest = hashlib.sha256()
        with self._zip.open(self._info(name), "w", force_zip64=True) as part:
            while piece := source.read(PIECE):
                digest.update(piece)
                part.write(piece)
                self._told()
        self._sums.append(f"{digest.hexdigest()}  {name}\n")
        return name

    def _list(self) -> None:
        with self._zip.open(self._info(MANIFEST), "w") as part:
            part.write("".join(self._sums).encode())

    def _info(self, name: str) -> ZipInfo:
        info = ZipInfo(name, self._at)
        info.compress_type = ZIP_STORED if name.rpartition(".")[2].lower() in _SQUEEZED else ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        info.create_system = 3
        return info

    def _free(self, name: str) -> str:
        """Two files of one name are two; also where a system knows no capitals."""
        stem, dot, kind = name.rpartition(".")
        wanted, number = name, 2
        while wanted.casefold() in self._names:
            wanted = f"{stem} ({number}).{kind}" if dot else f"{name} ({number})"
            number += 1
        self._names.add(wanted.casefold())
        return wanted


def called(words: str, otherwise: str, most: int = 80) -> str:
    """A name that every system takes: no path, nothing hidden, not too long; `otherwise` where nothing is left."""
    words = _BAD.sub(" ", unicodedata.normalize("NFC", words)).strip(" .")
    stem, dot, kind = words.rpartition(".")
    if dot and len(kind) <= 8:
        return f"{stem[: most - len(kind) - 1].strip(' .') or otherwise}.{kind}"
    return words[:most].strip(" .") or otherwise


def has_room(folder: Path, size: int) -> bool:
    """Whether so many bytes fit, with something left."""
    return shutil.disk_usage(folder).free > size + SPARE


def sum_of(path: Path) -> str:
    """The SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
