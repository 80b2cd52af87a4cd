"""The one thread that keeps all open pages: it hears them, beats for them, and lets go of those that ended."""

import logging
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Sequence
from contextlib import suppress

from flask import Flask

from portal import access
from portal.extensions import DATABASE_AWAY, db
from portal.live import frames
from portal.live.hub import Connection, hub
from portal.live.line import Line

log = logging.getLogger(__name__)

TURN = 0.5  # seconds between two looks for whose beat it is; what they send is read at once
LEAST = 50  # how many of them may have it at the same time, were there few


class Keeper:
    """A thread for each page would take fifty times the memory, and each answer to a ping would wake it."""

    def __init__(self) -> None:
        self.alone = False  # whether sockets outlive their requests: the server says so
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._new: deque[Line] = deque()
        self._due: deque[Line] = deque()  # in the order of `due`: all wait equally long
        self._looked = 0.0

    def keep(self, line: Line, app: Flask) -> None:
        """From now on the page gets what is its person's, and this thread closes its line.

        The first beat comes from here, after it was asked once more whether the device is signed in: a sign-out that
        was told between the page's request and `hub.add` found no socket to close. What is told before that beat is
        not for this page; it catches up when it hears it.
        """
        hub.add(line.connection)
        try:
            self._start(app)
            _beat([line])
        except BaseException:
            hub.remove(line.connection)
            line.connection.end()
            raise
        self._new.append(line)
        with suppress(BlockingIOError):  # it has been called often enough
            self._bell.send(b"!")

    def end(self, patience: float) -> None:
        """Send all pages away for good, and wait until they have gone, but not for longer than `patience` (seconds)."""
        hub.end(frames.SERVICE_RESTART)
        late = time.monotonic() + patience
        while hub.count and time.monotonic() < late:
            time.sleep(0.01)

    def _start(self, app: Flask) -> None:
        with self._lock:
            if self._thread is None:
                self._poll = selectors.DefaultSelector()
                self._bell, self._ear = socket.socketpair()
                self._bell.setblocking(False)
                self._poll.register(self._ear, selectors.EVENT_READ)
                self._thread = threading.Thread(target=self._run, args=(app,), daemon=True, name="keeper")
                self._thread.start()

    def _run(self, app: Flask) -> None:
        while True:
            try:
                self._hear()
                if time.monotonic() - self._looked > TURN:
                    self._looked = time.monotonic()
                    self._beat(app)
            except Exception:
                log.exception("the keeper of sockets stumbled")
                time.sleep(TURN)

    def _hear(self) -> None:
        for key, _ in self._poll.select(TURN):
            line: Line | None = key.data
            if line is None:
                self._ear.recv(4096)
            elif not _read(line):
                self._let_go(line)
        while self._new:
            self._take_in(self._new.popleft())

    def _take_in(self, line: Line) -> None:
        try:
            self._poll.register(line.link, selectors.EVENT_READ, line)
        except OSError:
            log.exception("the system takes no more sockets")
            self._forget(line)
        else:
            self._due.append(line)

    def _beat(self, app: Flask) -> None:
        lines = self._whose_turn()
        try:
            with app.app_context():
                _beat(lines)
        finally:
            self._due.extend(lines)

    def _let_go(self, line: Line) -> None:
        self._poll.unregister(line.link)
        self._forget(line)

    def _forget(self, line: Line) -> None:
        hub.remove(line.connection)
        hub.leave()
        line.connection.end()
        line.ended.set()

    def _whose_turn(self) -> list[Line]:
        """Those whose beat it is. Of very many that came together, some wait for the next look."""
        most, now = max(LEAST, len(self._due) // 10), time.monotonic()
        found: list[Line] = []
        while self._due and self._due[0].due <= now and len(found) < most:
            line = self._due.popleft()
            if not line.ended.is_set():
                found.append(line)
        return found


def _read(line: Line) -> bool:
    try:
        return line.read()
    except Exception:
        log.exception("what a page sent could not be read")
        return False


def _beat(lines: Sequence[Line]) -> None:
    """The next half of a beat of each; with a whole one it is asked whether their devices are still signed in."""
    present = [line for line in lines if line.answered]
    over = those_over([line.connection for line in present if line.beats])
    for line in lines:
        if line not in present:
            # Asleep, most likely: with this code its browser comes back by itself when it wakes.
            line.connection.close(frames.GOING_AWAY)
        elif over is None and not line.connection.begun:
            line.connection.close(frames.SERVICE_RESTART)
        elif over and line.connection in over:
            end(line.connection)
        else:
            line.ask()


def those_over(connections: Sequence[Connection]) -> set[Connection] | None:
    """Those whose device is signed out, or whose link is over; None where the database is away."""
    if not connections:
        return set()
    db.session.rollback()
    try:
        return _over(connections)
    except DATABASE_AWAY:
        return None
    finally:
        db.session.remove()


def end(connection: Connection) -> None:
    """Tell a page why it ends, and end it."""
    connection.send(frames.SIGNED_OUT if connection.link is None else frames.LINK_OVER)
    connection.close(frames.NORMAL)


def _over(connections: Sequence[Connection]) -> set[Connection]:
    """A page of a link in a browser where its person is signed in needs both; elsewhere it has no device of theirs."""
    of_devices = [one for one in connections if one.link is None or one.device_id is not None]
    signed_in = access.signed_in({one.device_id for one in of_devices}) if of_devices else frozenset()
    links = access.standing([one.link for one in connections if one.link is not None])
    gone = {one for one in of_devices if one.device_id not in signed_in}
    return gone | {one for one in connections if one.link is not None and one.link not in links}


keeper = Keeper()
