"""What stands between a page and the server, and breaks: every connection, in all the ways that networks have."""

import socket
import struct
import threading
from contextlib import suppress

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends RST
PIECE = 65536


class Link:
    """One connection that passes through: the page's end, and the server's."""

    def __init__(self, page: socket.socket, server: socket.socket) -> None:
        self._page, self._server = page, server
        self._flowing = threading.Event()
        self._flowing.set()
        self._silent = self.ended = False
        for source, sink in ((page, server), (server, page)):
            threading.Thread(target=self._pump, args=(source, sink), daemon=True).start()

    def reset(self) -> None:
        """RST to both ends."""
        for end in (self._page, self._server):
            with suppress(OSError):
                end.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        self.end()

    def end(self) -> None:
        """Close both ends."""
        self._silent = self.ended = True
        self._flowing.set()
        for end in (self._page, self._server):
            _close(end)

    def stall(self) -> None:
        """Let no byte through from now on, either way."""
        self._flowing.clear()

    def resume(self) -> None:
        """Let all through that waited."""
        self._flowing.set()

    def forget(self) -> None:
        """Half open: the server's end closes, and the page never hears of it."""
        self._silent = True
        _close(self._server)

    def _pump(self, source: socket.socket, sink: socket.socket) -> None:
        """Until either end closes, which the other one is told, unless this is to go unnoticed."""
        with suppress(OSError):
            while data := source.recv(PIECE):
                self._flowing.wait()
                if self._silent:
                    return
                sink.sendall(data)
        if self._flowing.wait() and not self._silent:
            self.end()


class Cutter:
    """Listens on `port` and passes on to the server at `to`. Who comes while `down` is reset, while `stalled` held."""

    def __init__(self, to: int) -> None:
        self._to = to
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.port = int(self._listener.getsockname()[1])
        self.down = self.stalled = False
        self._links: list[Link] = []  # with the half open ones: what nobody holds would close by itself
        threading.Thread(target=self._serve, daemon=True).start()

    def links(self) -> list[Link]:
        """The connections that there are."""
        return [link for link in self._links if not link.ended]

    def close(self) -> None:
        """Cut all, for good."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for link in self._links:
            link.end()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                page, _ = self._listener.accept()
                self._pass(page)

    def _pass(self, page: socket.socket) -> None:
        if self.down:
            page.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
            page.close()
            return
        try:
            server = socket.create_connection(("127.0.0.1", self._to))
        except OSError:
            page.close()
            return
        link = Link(page, server)
        if self.stalled:
            link.stall()
        self._links.append(link)


def _close(end: socket.socket) -> None:
    """Wake whoever reads from it, too: closing alone would not."""
    with suppress(OSError):
        end.shutdown(socket.SHUT_RDWR)
    end.close()
