"""The socket: server to page only. Who it is was decided before the upgrade."""

import threading
import time
from collections.abc import Callable
from typing import Any

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from simple_websocket import ConnectionClosed, Server

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
FRAMES_IN = 60  # a page has nothing to say here; more than this in a beat ends it


class Reader(threading.Thread):
    """The library's thread that reads a socket. When it ends, for whatever reason, the page is gone.

    By itself the library wakes who waits before it says so: after a frame too big, or a failure, the
    other thread would wait on for a whole beat, and many such frames take all threads there are.
    """

    def __init__(self, target: Callable[[], None]) -> None:
        super().__init__(target=target)
        self._end: Any = target.__self__  # type: ignore[attr-defined]

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
    if hub.count >= _capacity():
        return "", 503, {"Retry-After": "5"}
    # Deflate would cost every socket 100 KiB, and no frame could be shared.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return None


@sock.route("/live", bp=blueprint)
def live(ws: Server) -> None:
    """One open page, until it closes."""
    viewer = current_user._get_current_object()
    connection = Connection(viewer.person_id, viewer.device_id, ws.sock)
    hub.add(connection)
    try:
        tail.start()
        # The handshake was over before: a page that caught up at once could miss what was told in between.
        connection.send(frames.HEARTBEAT)
        _listen(ws, connection, viewer)
    except ConnectionClosed:
        return
    finally:
        hub.remove(connection)


def _listen(ws: Server, connection: Connection, viewer: Viewer) -> None:
    """Beat, and drop what the page says. A flood ends the socket, and so does being signed out.

    Asked first of all: a sign-out between the page's request and `hub.add` found no socket to close.
    """
    said, due = 0, time.monotonic() + BEAT
    while said < FRAMES_IN:
        if said == 0 and _is_over(viewer):
            connection.send(frames.SIGNED_OUT)
            connection.close(frames.NORMAL)
            return
        if ws.receive(timeout=max(0.0, due - time.monotonic())) is not None:
            said += 1
        if time.monotonic() >= due:
            connection.send(frames.HEARTBEAT)
            said, due = 0, time.monotonic() + BEAT


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
