"""The socket: server to page only. Who it is was decided before the upgrade."""

from typing import NamedTuple

from flask import Blueprint, current_app, g, request
from flask.globals import app_ctx
from flask.typing import ResponseReturnValue
from flask_login import current_user
from simple_websocket import Server
from wsproto.utilities import RemoteProtocolError

from portal import access
from portal.access import Link
from portal.config import Settings
from portal.extensions import sock
from portal.kernel import link_cookie, origins
from portal.kernel.errors import NotFound
from portal.live.hub import Connection, hub
from portal.live.keeper import keeper
from portal.live.line import Line
from portal.live.tail import tail

blueprint = Blueprint("live", __name__)

RESERVE = 0.1  # of the threads are kept for requests by a server where each socket holds one


class Page(NamedTuple):
    """Whose a page is; see `Connection`."""

    person_id: int
    device_id: int | None
    limit: int | None = None
    link: Link | None = None


class NoThread:
    """In place of the library's thread for each socket: one keeper reads them all."""

    def __init__(self, target: object) -> None:
        self.name = ""

    def start(self) -> None:
        """Nothing begins."""


@blueprint.before_request
def gate() -> ResponseReturnValue | None:
    """Refuse before the upgrade: foreign origins, strangers, and more sockets than there may be.

    flask-sock checks no Origin by itself, and a cookie comes along with a foreign page's socket.
    """
    if not _same_origin():
        return "", 403
    g.page = _linked() if request.endpoint == "live.link" else _signed_in()
    if g.page is None:
        return "", 401
    if not hub.admit(_capacity()):
        return "", 503, {"Retry-After": "5"}
    g.admitted = True
    # Deflate would cost every socket 100 KiB, and no frame could be shared.
    request.environ.pop("HTTP_SEC_WEBSOCKET_EXTENSIONS", None)
    return None


@blueprint.teardown_request
def give_back(_error: BaseException | None) -> None:
    """The place of a socket that never began is free again; the keeper gives back the others."""
    if g.pop("admitted", False):
        hub.leave()


@blueprint.errorhandler(ConnectionError)
@blueprint.errorhandler(RemoteProtocolError)
def refuse(_error: Exception) -> ResponseReturnValue:
    """A handshake that is none, or of somebody who has gone."""
    return "", 400


@sock.route("/live", bp=blueprint)
def live(ws: Server) -> None:
    """One open page. It goes on when this has ended, where the server lets it."""
    _keep(ws)


@sock.route("/l/<token>/live", bp=blueprint)
def link(ws: Server, **_token: str) -> None:
    """The page of a mail's link: one conversation, and nothing that tells of others."""
    _keep(ws)


def _signed_in() -> Page | None:
    if not current_user.is_authenticated:
        return None
    viewer = current_user._get_current_object()
    return Page(viewer.person_id, viewer.device_id)


def _linked() -> Page | None:
    """Of a link on a device that is known; others see no more than their mail told, and nothing happens to that."""
    settings: Settings = current_app.config["COMPTOIR"]
    cookie = request.cookies.get(link_cookie.name(secure=settings.secure), "")
    try:
        came = access.by_link((request.view_args or {}).get("token", ""), link_cookie.secrets(cookie))
    except NotFound:
        return None
    held = came.beside(current_user._get_current_object() if current_user.is_authenticated else None)
    viewer = held.viewer
    link = Link(came.viewer.mail_id or 0, viewer.link_device, signed_in=viewer.device_id is not None)
    return Page(viewer.person_id, viewer.device_id, viewer.limit, link) if held.known else None


def _keep(ws: Server) -> None:
    page: Page = g.page
    # Of our own: the server closes its own one at the end of this request.
    link = ws.sock.dup()
    link.setblocking(True)  # with a time limit Python would wait for room before it sends, whatever the flags
    ws.connected = False  # for the library it has ended, and it says no goodbye of its own
    connection = Connection(page.person_id, page.device_id, link, page.limit, page.link)
    line = Line(connection, link, ws.ws)
    tail.start()
    keeper.keep(line, app_ctx.app)
    g.admitted = False  # the keeper gives its place back
    if not keeper.alone:
        line.ended.wait()


def _same_origin() -> bool:
    settings: Settings = current_app.config["COMPTOIR"]
    scheme = "https" if settings.secure else request.scheme
    return origins.same(request.headers.get("Origin", ""), scheme, request.host)


def _capacity() -> int:
    settings: Settings = current_app.config["COMPTOIR"]
    return settings.sockets if keeper.alone else int(settings.threads * (1 - RESERVE))
