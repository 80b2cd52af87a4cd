"""What a page has to the server: HTTP as its scripts ask it, and its socket. Both break loudly."""

import http.client
import re
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

from wsproto import ConnectionType, WSConnection
from wsproto.connection import ConnectionState
from wsproto.events import (
    AcceptConnection,
    CloseConnection,
    Ping,
    RejectConnection,
    Request,
    TextMessage,
)
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

CSRF = re.compile(r'<meta name="csrf-token" content="([^"]+)"')
PATIENCE = 8.0  # seconds for an answer, and for a socket to open; then another one is tried
STAFF = ("olga", "adam", "ines", "hugo", "nina", "sam")


class Broken(OSError):
    """The line broke, or the server is not there."""


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    text: str
    headers: http.client.HTTPMessage


@dataclass
class Http:
    """A signed-in page's requests, one after the other over a connection that is opened again when it broke."""

    port: int
    name: str
    cookie: str
    patience: float = PATIENCE
    csrf: str = ""
    _link: http.client.HTTPConnection | None = None

    @property
    def door(self) -> str:
        """Where this person's addresses begin."""
        return "/console" if self.name in STAFF else ""

    def sign_in(self, path: str) -> str:
        """Load a page: its HTML. The token in it, and the cookie that goes with it, are kept."""
        answer = self._ask("GET", path, None, {})
        assert answer.status == 200, f"{self.name}: {answer.status} for {path}"
        self.cookie = (answer.headers["Set-Cookie"] or self.cookie).partition(";")[0]
        found = CSRF.search(answer.text)
        assert found is not None
        self.csrf = found.group(1)
        return answer.text

    def get(self, path: str) -> Answer:
        """Ask for a part of a page. Raises `Broken`; a connection that died unused is tried anew, as browsers do."""
        used = self._link
        try:
            return self._ask("GET", path, None, {"HX-Request": "true"})
        except Broken:
            if used is None:
                raise
        return self._ask("GET", path, None, {"HX-Request": "true"})

    def post(self, path: str, form: dict[str, str], *, scripts: bool = True) -> Answer:
        """Send a form, as scripts do or without them. Raises `Broken`: whether it arrived is not known then."""
        if scripts:
            return self._ask("POST", path, urlencode(form), {"HX-Request": "true", "X-CSRFToken": self.csrf})
        return self._ask("POST", path, urlencode(form | {"csrf_token": self.csrf}), {})

    def close(self) -> None:
        """Let the connection go, also under a thread that waits for an answer."""
        link, self._link = self._link, None
        if link and link.sock:
            with suppress(OSError):
                link.sock.shutdown(socket.SHUT_RDWR)
            link.close()

    def _ask(self, method: str, path: str, body: str | None, headers: dict[str, str]) -> Answer:
        headers = {"Cookie": self.cookie, "Origin": f"http://127.0.0.1:{self.port}"} | headers
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        link = self._link = self._link or http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
        try:
            link.request(method, path, body, headers)
            answer = link.getresponse()
            return Answer(answer.status, answer.read().decode(), answer.headers)
        except (OSError, http.client.HTTPException, AttributeError) as error:  # the last: closed under it
            self.close()
            raise Broken(str(error)) from error


class Closed(Exception):
    """The socket ended; `code` is what it was told, None where the line just broke."""

    def __init__(self, code: int | None) -> None:
        super().__init__(code)
        self.code = code


@dataclass
class Socket:
    """A page's socket. One thread reads it; any may cut it."""

    port: int
    cookie: str
    patience: float = PATIENCE
    heard: float = 0.0  # when anything came last, a heartbeat too
    _ws: WSConnection = field(default_factory=lambda: WSConnection(ConnectionType.CLIENT))
    _frames: list[str] = field(default_factory=list)
    _said: str = ""

    def open(self) -> "Socket":
        """Open it. Raises `Closed` where that is refused or fails."""
        host = f"127.0.0.1:{self.port}"
        headers = [(b"Origin", f"http://{host}".encode()), (b"Cookie", self.cookie.encode())]
        hello = self._ws.send(Request(host=host, target="/live", extra_headers=headers))
        try:
            self._sock = socket.create_connection(("127.0.0.1", self.port), timeout=self.patience)
            self._sock.sendall(hello)
            while self._ws.state is ConnectionState.CONNECTING:
                self._hear()
        except OSError as error:
            raise Closed(None) from error
        return self

    def receive(self, timeout: float) -> str | None:
        """The next frame, or None when none comes in time. Raises `Closed`."""
        until = time.monotonic() + timeout
        while not self._frames:
            left = until - time.monotonic()
            if left <= 0:
                return None
            self._sock.settimeout(left)
            try:
                self._hear()
            except TimeoutError:
                return None
            except OSError as error:
                raise Closed(None) from error
        return self._frames.pop(0)

    def drop(self) -> None:
        """Read what came, and forget it. Raises `Closed`."""
        self._sock.settimeout(0)
        try:
            while self._sock.recv(1 << 20):
                continue
        except BlockingIOError:
            return
        except OSError as error:
            raise Closed(None) from error
        raise Closed(None)

    def leave(self) -> None:
        """Say goodbye."""
        with suppress(OSError):
            self._sock.sendall(self._ws.send(CloseConnection(CloseReason.GOING_AWAY)))

    def cut(self) -> None:
        """End it without a word."""
        with suppress(OSError):  # ended already
            self._sock.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """Give its descriptor back."""
        self._sock.close()

    def _hear(self) -> None:
        data = self._sock.recv(65536)
        self.heard = time.monotonic()
        if not data:
            raise Closed(None)
        self._ws.receive_data(data)
        for event in self._ws.events():
            self._understand(event)

    def _understand(self, event: object) -> None:
        match event:
            case TextMessage():
                self._said += event.data
                if event.message_finished:
                    self._frames.append(self._said)
                    self._said = ""
            case Ping():
                self._sock.sendall(self._ws.send(event.response()))
            case CloseConnection():
                self._farewell(event)
                raise Closed(event.code)
            case RejectConnection():
                raise Closed(None)
            case AcceptConnection():
                return

    def _farewell(self, event: CloseConnection) -> None:
        with suppress(OSError, LocalProtocolError):  # the other end does not wait for it
            self._sock.sendall(self._ws.send(event.response()))
