"""Open pages by the thousand: sockets that hear, answer pings as browsers do, and take no thread each."""

import base64
import secrets
import selectors
import socket
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field

from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.events import CloseConnection, Ping, TextMessage

from tests.hostile.crowd import House
from tests.hostile.rude import connect

DEFLATE = "permessage-deflate; client_max_window_bits"  # as Chromium asks


def shake(house: House, biscuit: str, room: int = 0, **more: str) -> tuple[socket.socket, str]:
    """Ask for a socket as a page does; gives the line, and the head of the answer."""
    line = connect(house, room)
    head = {
        "Host": f"127.0.0.1:{house.server.port}",
        "Upgrade": "websocket",
        "Connection": "Upgrade",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(secrets.token_bytes(16)).decode(),
        "Sec-WebSocket-Extensions": DEFLATE,
        "Origin": house.server.url,
        "Cookie": biscuit,
    } | {name.replace("_", "-"): value for name, value in more.items()}
    words = "\r\n".join(["GET /live HTTP/1.1", *(f"{name}: {value}" for name, value in head.items()), "", ""])
    line.sendall(words.encode())
    line.settimeout(30)
    got = b""
    while b"\r\n\r\n" not in got and (data := line.recv(1)):
        got += data  # byte by byte: what follows is the first frame
    return line, got.decode()


def open_page(house: House, biscuit: str) -> socket.socket:
    """The line of a page that is let in."""
    line, answer = shake(house, biscuit)
    assert answer.startswith("HTTP/1.1 101 "), answer
    return line


@dataclass
class OpenPage:
    """One page, and what it heard."""

    line: socket.socket
    heard: list[str] = field(default_factory=list)
    ended: int | None = None  # the code, or 1006 for none
    _words: str = ""
    _ws: Connection = field(default_factory=lambda: Connection(ConnectionType.CLIENT))

    def read(self) -> None:
        """Take what is there."""
        try:
            data = self.line.recv(65_536)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if not data:
            self.ended = self.ended or 1006
            return
        self._ws.receive_data(data)
        for event in self._ws.events():
            self._take(event)

    def _take(self, event: object) -> None:
        if isinstance(event, Ping):
            with suppress(OSError):
                self.line.send(self._ws.send(event.response()))
        elif isinstance(event, CloseConnection):
            self.ended = int(event.code)
        elif isinstance(event, TextMessage):
            self._words += event.data
            if event.message_finished:  # a frame may come in pieces
                self.heard.append(self._words)
                self._words = ""


class Audience:
    """Pages with these lines, read by one thread from the moment they come: who answers no ping is sent away."""

    def __init__(self, lines: Iterable[socket.socket]) -> None:
        self.pages: list[OpenPage] = []
        self._over = threading.Event()
        self._selector = selectors.DefaultSelector()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        for line in lines:
            line.setblocking(False)
            self.pages.append(OpenPage(line))
            self._selector.register(line, selectors.EVENT_READ, self.pages[-1])

    def heard(self, words: str) -> int:
        """How many frames with these words came, to all together."""
        return sum(words in frame for page in self.pages for frame in list(page.heard))

    def wait(self, words: str, count: int, patience: float = 30) -> int:
        """Wait until so many came, or patience ends; gives how many did."""
        until = time.monotonic() + patience
        while (found := self.heard(words)) < count and time.monotonic() < until:
            time.sleep(0.05)
        return found

    def close(self) -> None:
        """All leave."""
        self._over.set()
        self._thread.join()
        for page in self.pages:
            page.line.close()

    def _listen(self) -> None:
        while not self._over.is_set():
            for key, _ in self._selector.select(0.1):
                key.data.read()
                if key.data.ended and key.fileobj in self._selector.get_map():
                    self._selector.unregister(key.fileobj)
