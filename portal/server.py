"""gunicorn's worker of threads, for clients that are slow or many: no thread waits for any of them.

As it comes, a thread is whose connection it took until they have sent everything, read everything and gone;
and the one loop that lets everybody in waits two seconds for each who does not hang up. Here the loop reads a
request until it has come, and only then gives it a thread; answers and long bodies have a pace to keep.
"""

import errno
import gc
import socket
import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from selectors import EVENT_READ
from typing import Any

from gunicorn.http.errors import NoMoreData
from gunicorn.workers.gthread import ThreadWorker

from portal.kernel.coming import Coming
from portal.live import frames
from portal.live.hub import hub
from portal.live.keeper import keeper

PATIENCE = 30.0  # seconds for a request to come, and for each step of taking its answer
AT_ONCE = 1  # requests that are answered at the same time
SHORT = 0.01  # seconds; one that takes longer is not among them
LINGER = 2.0  # seconds to hang up in after the last answer, lest its end be lost (RFC 9112, 9.6)
PACE = 8192  # bytes a second of a body that comes while a thread waits
ROOM = 256 * 1024  # bytes of an answer that the system keeps for a slow reader; any page has fewer
TOO_LARGE = b"HTTP/1.1 431 Request Header Fields Too Large\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
GARBAGE = 20_000  # new objects between two looks for what is left over; Python's own 700 come with each request


class Paced:
    """What a thread reads the rest of a request from: it must keep coming."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock, self._since, self._came = sock, time.monotonic(), 0

    def recv(self, size: int) -> bytes:
        """The next bytes. Raises `NoMoreData` for who is slower than PACE, as for who has gone."""
        self._sock.settimeout(min(PATIENCE, self._sock.gettimeout() or PATIENCE))
        try:
            data = self._sock.recv(size)
        except TimeoutError as error:
            raise NoMoreData from error
        self._came += len(data)
        if time.monotonic() - self._since > PATIENCE + self._came / PACE:
            raise NoMoreData
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self._sock, name)


class Worker(ThreadWorker):
    """One process of threads. All but `handle_request` runs on the loop, which must never wait."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self._waiting: dict[Any, float] = {}  # connection -> until when something must come
        self._swept = 0.0
        self._ready: deque[Any] = deque()  # requests that have come
        self._begun: dict[Any, float] = {}  # connection -> when a thread began to answer it
        self._long: deque[Any] = deque()  # requests of which more is to come than is read without a thread
        self._reading: set[Any] = set()  # those of them that have one

    def init_process(self) -> None:
        """Begin, and say that here a page's socket outlives its request."""
        keeper.alone = True
        super().init_process()

    def run(self) -> None:
        """Serve until the end, and stay until every page has heard of it."""
        gc.freeze()  # what stands by now stays for good, and is not to be looked through again and again
        gc.set_threshold(GARBAGE, 10, 50)
        try:
            super().run()
        finally:
            keeper.end(LINGER)

    def accept(self, listener: socket.socket) -> None:
        """Let somebody in. With no file left for them, somebody else goes, or the loop rests a little."""
        try:
            super().accept(listener)
        except OSError as error:
            if error.errno not in {errno.EMFILE, errno.ENFILE}:
                raise
            if not self._make_room():
                time.sleep(0.05)

    def enqueue_req(self, conn: Any) -> None:
        """Read a request; when it has come, it takes a thread."""
        conn.init()
        conn.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, ROOM)
        conn.sock.setblocking(False)
        conn.coming = Coming()
        conn.coming.add(conn.parser.unreader.take_buffered())
        conn.parser.unreader.sock = Paced(conn.sock)
        self._wait(conn, self._read, PATIENCE)
        self._read(conn, conn.sock)

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """The next request of somebody, unless they were sent away in this very turn."""
        if conn in self.keepalived_conns:
            super().on_client_socket_readable(conn, client)

    def handle_request(self, req: Any, conn: Any) -> bool:
        """Answer. Who does not take the answer loses it."""
        conn.upgraded = any(name == "UPGRADE" for name, _ in req.headers)
        conn.sock.settimeout(PATIENCE)
        try:
            return bool(super().handle_request(req, conn))
        except TimeoutError:
            return False

    def finish_request(self, conn: Any, fs: Future[Any]) -> None:
        """After an answer: the next request, or the end, for which nobody waits."""
        self._begun.pop(conn, None)
        self._reading.discard(conn)
        self._begin()
        if fs.cancelled() or fs.exception() or fs.result():
            super().finish_request(conn, fs)
        elif getattr(conn, "upgraded", False):
            self._close(conn)  # the page's socket lives on, with live.keeper
        else:
            self._linger(conn)

    def wait_for_and_dispatch_events(self, timeout: float) -> None:
        """One turn of the loop."""
        super().wait_for_and_dispatch_events(SHORT if self._ready else timeout)
        self._begin()

    def murder_pending(self) -> None:
        """Drop those for whom nothing came in time; gunicorn calls this at each turn of the loop."""
        if self.nr_conns >= self.worker_connections:
            self._make_room()
        now = time.monotonic()
        if now - self._swept > 0.5:
            self._swept = now
            for conn in [conn for conn, until in self._waiting.items() if until < now]:
                self._drop(conn)

    def _cap_keepalive(self, deadline: float) -> None:
        """The worker ends: nobody may hold it up, and pages are told to come back."""
        hub.end(frames.SERVICE_RESTART)
        super()._cap_keepalive(deadline)
        self._waiting = {conn: min(until, deadline) for conn, until in self._waiting.items()}

    def _read(self, conn: Any, _sock: object) -> None:
        data, coming = _received(conn.sock), conn.coming
        coming.add(data or b"")
        if coming.ready:
            self._forget(conn)
            conn.parser.unreader.unread(bytes(coming.came))
            (self._ready if coming.whole else self._long).append(conn)
            self._begin()
        elif data == b"":
            self._drop(conn)
        elif coming.too_large:
            self._forget(conn)
            with suppress(OSError):
                conn.sock.send(TOO_LARGE)
            self._linger(conn)

    def _begin(self) -> None:
        """Have requests answered, few at a time: more of them would only take the interpreter from each other.

        One that takes long waits for something else, a disk or another writer, and is in nobody's way. Those that
        may have to be waited for never have more than a part of the threads.
        """
        while self._long and len(self._reading) < self.cfg.threads // 4:
            conn = self._long.popleft()
            self._reading.add(conn)
            self._answer(conn)
        while self._ready and sum(time.monotonic() - began < SHORT for began in self._begun.values()) < AT_ONCE:
            self._answer(self._ready.popleft())

    def _answer(self, conn: Any) -> None:
        self._begun[conn] = time.monotonic()
        super().enqueue_req(conn)

    def _linger(self, conn: Any) -> None:
        try:
            conn.sock.shutdown(socket.SHUT_WR)
            conn.sock.setblocking(False)
        except OSError:
            self._close(conn)
        else:
            self._wait(conn, self._drain, LINGER)

    def _drain(self, conn: Any, _sock: object) -> None:
        if _received(conn.sock) == b"":
            self._drop(conn)

    def _wait(self, conn: Any, call: Callable[[Any, object], None], seconds: float) -> None:
        def come(sock: object) -> None:
            if conn in self._waiting:  # else they were sent away in this very turn
                call(conn, sock)

        self._waiting[conn] = time.monotonic() + seconds
        self.poller.register(conn.sock, EVENT_READ, come)

    def _forget(self, conn: Any) -> None:
        del self._waiting[conn]
        self.poller.unregister(conn.sock)

    def _drop(self, conn: Any) -> None:
        self._forget(conn)
        self._close(conn)

    def _close(self, conn: Any) -> None:
        self.nr_conns -= 1
        conn.close()

    def _make_room(self) -> bool:
        """Who has been answered and says nothing more goes first, then who has been at a request for longest."""
        if self.keepalived_conns:
            self.keepalived_conns[0].timeout = 0.0
            self.murder_keepalived()
        elif len(self._waiting) > 1:  # the last is who has just come
            self._drop(next(iter(self._waiting)))
        else:
            return False
        return True


def _received(sock: socket.socket) -> bytes | None:
    """What is there; None for nothing yet, no bytes for the end."""
    try:
        return sock.recv(65_536)
    except BlockingIOError:
        return None
    except OSError:
        return b""
