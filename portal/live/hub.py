"""The sockets of this process. A socket subscribes to nothing: it is its person."""

import socket
import threading
from collections import defaultdict
from collections.abc import Iterable

from portal.access import Link
from portal.kernel.meters import meters
from portal.live import frames

SOCKETS_EACH = 30  # of one person; the oldest gives way


class Connection:
    """One open page. Frames are written whole or not at all.

    That of a mail's link is limited to one conversation, `limit`; it stands as long as `link` does, its mail and the
    device that may use it, or its person is signed in on `device_id`.
    """

    def __init__(
        self,
        person_id: int,
        device_id: int | None,
        sock: socket.socket,
        limit: int | None = None,
        link: Link | None = None,
    ) -> None:
        self.person_id = person_id
        self.device_id = device_id
        self.limit = limit
        self.link = link
        self._sock = sock
        self._lock = threading.Lock()
        self._open = True
        self.begun = False  # whether it is told what happens: not before it is known that its device is signed in

    def send(self, frame: bytes) -> None:
        """Write `frame` without waiting. A reader too slow for it is cut off, and will catch up.

        One dead reader must delay nobody, and half a frame would garble all that follows.
        """
        with self._lock:
            if self._open and not self._write(frame):
                self._cut()
                meters.add("readers_cut")

    def close(self, code: int) -> None:
        """Say goodbye with `code`, then cut."""
        with self._lock:
            if self._open:
                self._write(frames.close(code))
                self._cut()

    def end(self) -> None:
        """It has gone: nobody writes any more."""
        with self._lock:
            self._open = False
            self._sock.close()

    def _write(self, frame: bytes) -> bool:
        try:
            return self._sock.send(frame, socket.MSG_DONTWAIT) == len(frame)
        except OSError:
            return False

    def _cut(self) -> None:
        self._open = False
        try:
            self._sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # gone already


class Hub:
    """Who is here: person -> connections."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._people: dict[int, list[Connection]] = defaultdict(list)
        self._all: set[Connection] = set()  # with those that are on their way out
        self._ending: int | None = None
        self._admitted = 0

    def admit(self, most: int) -> bool:
        """Keep a place for one more, of at most so many. Counted here and not when it is added: a hundred may be
        on their way in at once."""
        with self._lock:
            if self._admitted >= most:
                return False
            self._admitted += 1
            return True

    def leave(self) -> None:
        """Give a place back."""
        with self._lock:
            self._admitted -= 1

    def add(self, connection: Connection) -> None:
        """Let a connection in; the person's oldest one goes when there are too many."""
        with self._lock:
            mine = self._people[connection.person_id]
            mine.append(connection)
            self._all.add(connection)
            # Out of the list at once, so that each newcomer, however fast they come, sends another one off.
            oldest = mine.pop(0) if len(mine) > SOCKETS_EACH else None
        if oldest:
            oldest.close(frames.NORMAL)
        if self._ending is not None:
            connection.close(self._ending)

    def remove(self, connection: Connection) -> None:
        """Forget a connection that ended."""
        with self._lock:
            self._all.discard(connection)
            mine = self._people.get(connection.person_id, [])
            if connection in mine:
                mine.remove(connection)
            if not mine:
                self._people.pop(connection.person_id, None)

    def send(self, person_ids: Iterable[int], frame: bytes) -> None:
        """Send `frame` to every page of these people, but to none that is limited: see `send_within`."""
        self._send([connection for connection in self._of(person_ids) if connection.limit is None], frame)

    def send_within(self, conversation_id: int, person_ids: Iterable[int], frame: bytes) -> None:
        """Send `frame`, which tells of that conversation and of nothing else, to pages that are limited to it."""
        self._send([connection for connection in self._of(person_ids) if connection.limit == conversation_id], frame)

    def limited(self, person_ids: Iterable[int]) -> list[Connection]:
        """Those of these people's pages that are limited."""
        return [connection for connection in self._of(person_ids) if connection.limit is not None]

    def sign_out(self, person_id: int, device_id: int | None = None) -> None:
        """Close a person's pages: those of one device, or all."""
        for connection in self._of([person_id]):
            if device_id is None or connection.device_id == device_id:
                connection.send(frames.SIGNED_OUT)
                connection.close(frames.NORMAL)

    def close_all(self, code: int) -> None:
        """Close every socket; pages come back by themselves."""
        with self._lock:
            everybody = list(self._people)
        for connection in self._of(everybody):
            connection.close(code)

    def end(self, code: int) -> None:
        """Close every socket for good, also those whose upgrade is on its way: each would hold up the worker's end."""
        self._ending = code
        self.close_all(code)

    def online(self) -> frozenset[int]:
        """Who has a page open."""
        with self._lock:
            return frozenset(self._people)

    @property
    def count(self) -> int:
        """How many sockets are open."""
        return len(self._all)

    def _send(self, connections: list[Connection], frame: bytes) -> None:
        begun = [connection for connection in connections if connection.begun]
        for connection in begun:
            connection.send(frame)
        meters.add("frames_sent", amount=len(begun))

    def _of(self, person_ids: Iterable[int]) -> list[Connection]:
        with self._lock:
            return [connection for person in person_ids for connection in self._people.get(person, ())]


hub = Hub()
