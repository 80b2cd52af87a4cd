"""What a store of files can do."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BufferedReader
from typing import Protocol


@dataclass(frozen=True)
class Stored:
    """A file that is on the disk: its random name, and the SHA-256 of its bytes in hex."""

    name: str
    sha256: str


class Storage(Protocol):
    """A store. Names are 128 bit of chance, and made by the store itself."""

    def put(self, content: bytes, name: str = "") -> Stored:
        """Keep `content`, so that it survives a loss of power; `name` is for what comes back out of a backup.

        Raises `Unavailable` where there is no room.
        """

    def open(self, name: str) -> BufferedReader:
        """The file, to be read. Raises `FileNotFoundError`."""

    def delete(self, name: str) -> None:
        """Forget the file; one that is not there is forgotten already."""

    def delete_all(self, name: str) -> None:
        """The same, and of a file that comes in parts those that came. What cannot be deleted now is swept."""

    def exists(self, name: str) -> bool:
        """Whether the file is there."""

    def names(self, older: float) -> Iterator[str]:
        """Every file, also half written ones, that has not changed for `older` seconds."""

    def start(self, name: str) -> None:
        """Make room for a file that comes in parts."""

    def grow(self, name: str, offset: int, content: bytes) -> int:
        """Add bytes to it, synced; gives how many are there now. At any other offset than its end nothing is added."""

    def arrived(self, name: str) -> int:
        """How many bytes of it are there. Raises `FileNotFoundError`."""

    def finish(self, name: str) -> Stored:
        """Have it be a file like any other. Done twice, it is done once."""
