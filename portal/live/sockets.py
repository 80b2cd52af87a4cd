"""The socket: server to page only. Who it is was decided before the upgrade."""

import time
from urllib.parse import urlsplit

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue
from flask_login import current_user
from simple_websocket import ConnectionClosed, Server

from portal.extensions import db, sock
from portal.live import frames
from portal.live.hub import Connection, hub
from portal.live.tail import tail

blueprint = Blueprint("live", __name__)

BEAT = 25  # seconds between heartbeats
RESERVE = 0.1  # of the threads are kept for requests
FRAMES_IN = 60  # a page has nothing to say here; more than this in a beat ends it


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
    connection = Connection(current_user.person_id, current_user.device_id, ws.sock)
    db.session.remove()  # nothing is held while the socket is open
    hub.add(connection)
    tail.start()
    try:
        _listen(ws, connection)
    except ConnectionClosed:
        return
    finally:
        hub.remove(connection)


def _listen(ws: Server, connection: Connection) -> None:
    """Beat, and drop what the page says. A flood ends the socket."""
    said, due = 0, time.monotonic() + BEAT
    while said < FRAMES_IN:
        if ws.receive(timeout=max(0.0, due - time.monotonic())) is not None:
            said += 1
        if time.monotonic() >= due:
            connection.send(frames.HEARTBEAT)
            said, due = 0, time.monotonic() + BEAT


def _same_origin() -> bool:
    origin = urlsplit(request.headers.get("Origin", ""))
    return origin.scheme in {"http", "https"} and origin.netloc.lower() == request.host.lower()


def _capacity() -> int:
    """Each socket takes two threads: one of the pool, one that reads."""
    threads: int = current_app.config["COMPTOIR"].threads
    return int(threads * (1 - RESERVE))
