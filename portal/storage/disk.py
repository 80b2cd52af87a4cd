"""Files in a folder: VAR/files/ab/abcdef…, readable by their owner alone, whole or not at all."""

import errno
import fcntl
import hashlib
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from io import BufferedReader
from pathlib import Path

from portal.kernel.errors import Unavailable
from portal.kernel.tokens import new_id
from portal.storage.port import Stored

NAME = re.compile(r"[a-z2-7]{26}")
PART = ".part"  # ends the name of a file that is being written
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Disk:
    """A folder as a store."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def put(self, content: bytes, name: str = "") -> Stored:
        """Write beside the final name, sync, rename, sync the folder."""
        name = name or new_id()
        path = self._path(name)
        unfinished = path.with_name(name + PART)
        try:
            self._make_folder(path.parent)
            _write(unfinished, content)
            os.replace(unfinished, path)
            _sync(path.parent)
        except OSError as error:
            with suppress(OSError):
                unfinished.unlink()
            if error.errno in FULL:
                raise Unavailable("storage_full") from error
            raise
        return Stored(name, hashlib.sha256(content).hexdigest())

    def open(self, name: str) -> BufferedReader:
        """The file."""
        return self._path(name).open("rb")

    def start(self, name: str) -> None:
        """An empty part beside the final name."""
        path = self._path(name)
        self._make_folder(path.parent)
        _write(self._part(name), b"")
        _sync(path.parent)

    def grow(self, name: str, offset: int, content: bytes) -> int:
        """At the end of the part; of two at once, one."""
        with self._part(name).open("r+b", buffering=0) as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            there = file.seek(0, os.SEEK_END)
            if there != offset:
                return there
            try:
                _add(file.fileno(), content, offset)
            except OSError as error:
                os.ftruncate(file.fileno(), there)
                if error.errno in FULL:
                    raise Unavailable("storage_full") from error
                raise
        return offset + len(content)

    def arrived(self, name: str) -> int:
        """The size of the part, or of the file that it has become."""
        path = self._part(name)
        return (path if path.exists() else self._path(name)).stat().st_size

    def finish(self, name: str) -> Stored:
        """Give it its final name."""
        path = self._path(name)
        if not path.is_file():
            os.replace(self._part(name), path)
            _sync(path.parent)
        with path.open("rb") as file:
            return Stored(name, hashlib.file_digest(file, "sha256").hexdigest())

    def delete(self, name: str) -> None:
        """Remove the file, or what was begun of it."""
        self._path(name.removesuffix(PART)).with_name(name).unlink(missing_ok=True)

    def delete_all(self, name: str) -> None:
        """The file and its part."""
        for one in (name, name + PART):
            with suppress(OSError):
                self.delete(one)

    def exists(self, name: str) -> bool:
        """Whether it is there."""
        return self._path(name).is_file()

    def names(self, older: float) -> Iterator[str]:
        """Files of the folder, by name."""
        before = time.time() - older
        for path in self.root.glob("*/*"):
            with suppress(FileNotFoundError):
                if NAME.fullmatch(path.name.removesuffix(PART)) and path.stat().st_mtime < before:
                    yield path.name

    def _path(self, name: str) -> Path:
        """No other name is ever looked for: none can lead out of the folder. Raises `FileNotFoundError`."""
        if not NAME.fullmatch(name):
            raise FileNotFoundError(name)
        return self.root / name[:2] / name

    def _part(self, name: str) -> Path:
        return self._path(name).with_name(name + PART)

    def _make_folder(self, folder: Path) -> None:
        for one in (self.root, folder):
            if not one.is_dir():
                one.mkdir(mode=0o700, parents=True, exist_ok=True)
                _sync(one.parent)


def _write(path: Path, content: bytes) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _add(handle: int, content: bytes, offset: int) -> None:
    left = memoryview(content)
    while left:
        written = os.pwrite(handle, left, offset)
        left, offset = left[written:], offset + written
    os.fsync(handle)


def _sync(folder: Path) -> None:
    """A name survives a loss of power when its folder does."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
