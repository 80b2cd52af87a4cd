"""Little room for an installation: a small disk where one may be mounted, else a limit on the size of its files."""

import resource
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tests.serving import Server

SIZE = 16 * 1024 * 1024  # bytes of the small disk
LEFT = 256 * 1024  # bytes that are left when it is nearly full
PIECE = 4096


class Room(Protocol):
    """What the server has for its files."""

    name: str

    def fill(self, server: Server) -> None:
        """Leave very little of it."""

    def free(self, server: Server) -> None:
        """Give it back."""


@dataclass
class SmallDisk:
    """A file system of its own, and a file that takes its room."""

    folder: Path
    name = "a disk of 16 MB"

    def fill(self, server: Server) -> None:
        """Leave very little of it."""
        used = sum(path.stat().st_blocks * 512 for path in self.folder.rglob("*"))
        with suppress(OSError), (self.folder / "ballast").open("wb") as file:  # others write meanwhile
            file.write(b"x" * (SIZE - used - LEFT))

    def free(self, server: Server) -> None:
        """Give it back."""
        (self.folder / "ballast").unlink()


class SmallFiles:
    """A limit on how large files of the server may grow, which it meets as it would meet the end of the disk."""

    name = "a limit on files"

    def fill(self, server: Server) -> None:
        """Leave very little of it."""
        largest = max(path.stat().st_size for path in server.var.glob("comptoir.db*"))
        self._limit(server, largest + LEFT)

    def free(self, server: Server) -> None:
        """Give it back."""
        self._limit(server, resource.RLIM_INFINITY)

    def _limit(self, server: Server, size: int) -> None:
        resource.prlimit(server.worker, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))


@contextmanager
def small_disk(folder: Path) -> Iterator[Room]:
    """Room for an installation in `folder`, which it makes."""
    folder.mkdir()
    options = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(folder)]
    if subprocess.run(options, capture_output=True, check=False).returncode:
        yield SmallFiles()
        return
    try:
        yield SmallDisk(folder)
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
