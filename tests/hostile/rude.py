"""Clients as nobody wishes them, on plain sockets: who trickle, who fall silent, who do not read or hang up."""

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

from tests.hostile.crowd import House

PAUSE = 0.5  # seconds between two bytes of one who trickles
Line = socket.socket


def connect(house: House, room: int = 0) -> Line:
    """A line to the server; `room` is how many bytes it takes before somebody reads."""
    line = socket.socket()
    if room:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, room)
    line.connect(("127.0.0.1", house.server.port))
    return line


def head(house: House, method: str, path: str, name: str = "", **more: str) -> bytes:
    """The head of a request, of somebody's where `name` is given."""
    lines = [f"{method} {path} HTTP/1.1", f"Host: 127.0.0.1:{house.server.port}"]
    if name:
        lines.append(f"Cookie: {house.cookies[name]}")
    lines += [f"{key.replace('_', '-')}: {value}" for key, value in more.items()]
    return "\r\n".join([*lines, "", ""]).encode()


def ended(line: Line, within: float) -> bool:
    """Whether the server ends it; what it says before is read."""
    line.settimeout(within)
    try:
        while line.recv(65_536):
            pass
    except TimeoutError:
        return False
    except OSError:
        pass
    return True


class Crowd:
    """So many lines, kept open; `sends` names what each sends at once and what it trickles, byte by byte."""

    def __init__(self, house: House, count: int, begins: bytes, trickles: bytes = b"", room: int = 0) -> None:
        self.lines = [connect(house, room) for _ in range(count)]
        for line in self.lines:
            line.sendall(begins)
        self._rest = trickles
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._trickle)
        self._thread.start()

    def close(self) -> None:
        """They go at last."""
        self._over.set()
        self._thread.join()
        for line in self.lines:
            line.close()

    def _trickle(self) -> None:
        for number in range(len(self._rest)):
            for line in self.lines:
                with suppress(OSError):
                    line.send(self._rest[number : number + 1], socket.MSG_DONTWAIT)
            if self._over.wait(PAUSE):
                return


@contextmanager
def besieged(*makers: Callable[[], Crowd]) -> Iterator[list[Crowd]]:
    """With these crowds at the door, all there when this begins."""
    crowds = [make() for make in makers]
    time.sleep(0.5)
    try:
        yield crowds
    finally:
        for crowd in crowds:
            crowd.close()
