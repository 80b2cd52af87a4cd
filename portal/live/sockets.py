"""The socket: server to page only. Who it is was decided before the upgrade."""

import itertools
import socket
import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, g, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from simple_websocket import ConnectionClosed, Server
from wsproto.utilities import RemoteProtocolError

from portal import access
from portal.access import Viewer
from portal.config import Settings
from portal.extensions import DATABASE_AWAY, db, sock
from portal.kernel import origins
from portal.kernel.errors import SignedOut
from portal.live import frames
from portal.live.hub import Connection, hub
from portal.live.tail import tail

blueprint = Blueprint("live", __name__)

BEAT = 25  # seconds between heartbeats
RESERVE = 0.1  # of the threads are kept for requests
FRAMES_IN = 60  # a page has nothing to say here; more than this in half a beat ends it
BYTES_IN = 65_536  # the same in a beat, with what is no frame of text


class Line:
    """A page's line, of which only so much is read in a beat.

    A page has nothing to say here. What the library answers by itself, such as pings, it tells nobody about.
    """

    def __init__(self, sock: socket.socket) -> None:
        # With a time limit, as requests have, Python waits for room before it sends, whatever the flags.
        sock.setblocking(True)
        self.sock = sock
        self.heard = time.monotonic()  # when something last came, were it an answer to a ping
        self._beat, self._came = self.heard, 0

    def recv(self, size: int) -> bytes:
        """The next bytes. Raises `OSError`, as a line that broke, when there are too many."""
        data = self.sock.recv(size)
        self.heard = time.monotonic()
        if self.heard - self._beat > BEAT:
            self._beat, self._came = self.heard, 0
        self._came += len(data)
        if self._came > BYTES_IN:
            raise OSError("too much")
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.sock, name)


class Reader(threading.Thread):
    """The library's thread that reads a socket. When it ends, for whatever reason, the page is gone.

    By itself the library wakes who waits before it says so: after a frame too big, or a failure, the
    other thread would wait on for a whole beat, and many such frames take all threads there are.
    """

    def __init__(self, target: Callable[[], None]) -> None:
        super().__init__(target=target)
        self._end: Any = target.__self__  # type: ignore[attr-defined]
        self._end.sock = Line(self._end.sock)

    def run(self) -> None:
        """Read until the end, then tell."""
        try:
            super().run()
        finally:
            self._end.connected = False
            self._end.event.set()


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Refuse before the upgrade: foreign origins, strangers, and more sockets than there are threads.

    flask-sock checks no Origin by itself, and a cookie comes along with a foreign page's socket.
    """
    if not _same_origin():
        return "", 403
    if not current_user.is_authenticated:
        return "", 401
    if not hub.admit(_capacity()):
        return "", 503, {"Retry-After": "5"}
    g.admitted = True
    # Deflate would cost every socket 100 KiB, and no frame could be shared.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return None


@blueprint.teardown_request
def give_back(_error: BaseException | None) -> None:
    """The threads of a socket are free again, however it ended, or if it never began."""
    if g.pop("admitted", False):
        hub.leave()


@blueprint.errorhandler(RemoteProtocolError)
def refuse(_error: RemoteProtocolError) -> ResponseReturnValue:
    """A handshake that is none."""
    return "", 400


@sock.route("/live", bp=blueprint)
def live(ws: Server) -> None:
    """One open page, until it closes."""
    viewer = current_user._get_current_object()
    connection = Connection(viewer.person_id, viewer.device_id, ws.sock.sock)
    hub.add(connection)
    try:
        tail.start()
        # The handshake was over before: a page that caught up at once could miss what was told in between.
        # It waits for the first heartbeat.
        _listen(ws, connection, viewer)
    except ConnectionClosed:
        return
    finally:
        hub.remove(connection)


def _listen(ws: Server, connection: Connection, viewer: Viewer) -> None:
    """Beat, and drop what the page says. A flood ends the socket, and so does being signed out, or no answer.

    Asked first of all: a sign-out between the page's request and `hub.add` found no socket to close.
    """
    for half in itertools.count():
        if half % 2 == 0:
            if _is_over(viewer):
                connection.send(frames.SIGNED_OUT)
                connection.close(frames.NORMAL)
                return
            connection.send(frames.HEARTBEAT)
        asked = time.monotonic()
        connection.send(frames.PING)
        if _said(ws, asked + BEAT / 2) >= FRAMES_IN:
            return
        if ws.sock.heard < asked:
            # Asleep, most likely: with this code its browser comes back by itself when it wakes.
            connection.close(frames.GOING_AWAY)
            return


def _said(ws: Server, until: float) -> int:
    """How many frames the page sends until then; no more than a flood has are counted."""
    said = 0
    while said < FRAMES_IN and (left := until - time.monotonic()) > 0:
        if ws.receive(timeout=left) is not None:
            said += 1
    return said


def _is_over(viewer: Viewer) -> bool:
    """Whether the device was signed out. Nothing is held while the socket is open, no connection either."""
    db.session.rollback()
    try:
        access.confirm(viewer)
    except SignedOut:
        return True
    except DATABASE_AWAY:
        return False
    finally:
        db.session.remove()
    return False


def _same_origin() -> bool:
    settings: Settings = current_app.config["COMPTOIR"]
    scheme = "https" if settings.secure else request.scheme
    return origins.same(request.headers.get("Origin", ""), scheme, request.host)


def _capacity() -> int:
    """Each socket takes two threads: one of the pool, one that reads."""
    threads: int = current_app.config["COMPTOIR"].threads
    return int(threads * (1 - RESERVE))
