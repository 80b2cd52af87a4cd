"""Which mails a mail server has taken, noted at once, before the database knows.

The database may have to be waited for, and who is killed meanwhile would leave a mail to be sent again. A line in a
file of one's own waits for nobody, and outlives the process. Whoever comes next reads it, and sends nothing twice.
"""

import fcntl
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from portal.kernel.tokens import new_id

_writing = threading.Lock()


class Receipts:
    """Of one process: a file in `folder`, locked as long as the process lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file = -1
        self._pending: set[int] = set()
        self._missed: set[int] = set()  # of which the database could not be told

    @contextmanager
    def noted(self, mail_id: int) -> Iterator[None]:
        """A mail server has it. Inside, the database is told; once it knows of all, they need not be kept here."""
        with _writing:
            self._pending.add(mail_id)
            with suppress(OSError):  # on a full disk the database is told all the same
                self._note(mail_id)
        try:
            yield
        except BaseException:
            self._missed.add(mail_id)
            raise
        self._settled(mail_id)

    def settle(self, settle: Callable[[int], None]) -> None:
        """Tell the database what it was not told: by this process, and by those that died before they could."""
        for mail_id in tuple(self._missed):
            settle(mail_id)
            self._missed.discard(mail_id)
            self._settled(mail_id)
        for path in self._folder.glob("*.sent"):
            if (ids := _left_behind(path)) is not None:
                for mail_id in ids:
                    settle(mail_id)
                path.unlink(missing_ok=True)

    def _note(self, mail_id: int) -> None:
        if self._file < 0:
            self._file = self._new()
        line, end = f"{mail_id}\n".encode(), os.fstat(self._file).st_size
        if os.write(self._file, line) < len(line):
            os.ftruncate(self._file, end)  # with the next line behind it, half a number would name another mail

    def _settled(self, mail_id: int) -> None:
        with _writing:
            self._pending.discard(mail_id)
            if not self._pending and self._file >= 0:
                os.ftruncate(self._file, 0)

    def _new(self) -> int:
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        draft = self._folder / new_id()
        file = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        fcntl.flock(file, fcntl.LOCK_EX)
        draft.rename(draft.with_suffix(".sent"))  # nobody finds it before it is locked
        return file


def _left_behind(path: Path) -> list[int] | None:
    """The mails in the file of a process that is no more; None while it lives. A line cut short names none."""
    try:
        file = os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        return None
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lines = os.read(file, 2**20).split(b"\n")[:-1]
        return [int(line) for line in lines if line.isdigit()]  # a loss of power may leave anything
    except BlockingIOError:
        return None
    finally:
        os.close(file)
