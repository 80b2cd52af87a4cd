"""A page's end of its line: what it says, which is next to nothing."""

import socket
import threading
import time

from wsproto import WSConnection
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, TextMessage
from wsproto.frame_protocol import CloseReason
from wsproto.utilities import LocalProtocolError

from portal.live import frames
from portal.live.hub import Connection

BEAT = 25  # seconds between heartbeats
MESSAGE_LIMIT = 16_384  # bytes (characters of a text); a longer message ends the line with 1009
FRAMES_IN = 60  # a page has nothing to say here; as many in half a beat end it
BYTES_IN = 65_536  # the same in a beat, with what is no frame of text


class Line:
    """One open page: what is sent goes by `connection`, what comes is read here, and never waited for."""

    def __init__(self, connection: Connection, link: socket.socket, protocol: WSConnection) -> None:
        self.connection = connection
        self.link = link
        self.due = 0.0  # when it is to be asked next whether it is there
        self.ended = threading.Event()
        self._protocol = protocol
        self._heard = self._asked = self._since = time.monotonic()
        self._halves = self._said = self._length = self._came = 0

    def read(self) -> bool:
        """Take what came; whether the page is still there. Too much of anything is the end."""
        try:
            data = self.link.recv(4096, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return True
        except OSError:
            return False
        return bool(data) and self._allowed(len(data)) and self._understood(data)

    @property
    def answered(self) -> bool:
        """Whether anything came since the last ping."""
        return not self._halves or self._heard >= self._asked

    @property
    def beats(self) -> bool:
        """Whether a heartbeat goes with the next ping: with the first, and with each second."""
        return self._halves % 2 == 0

    def ask(self) -> None:
        """Begin the next half of a beat; from the first one on, the page is told what happens."""
        self.connection.begun = True
        if self.beats:
            self.connection.send(frames.HEARTBEAT)
        self._asked, self._said = time.monotonic(), 0
        self._halves += 1
        self.due = self._asked + BEAT / 2
        self.connection.send(frames.PING)

    def _allowed(self, came: int) -> bool:
        self._heard = time.monotonic()
        if self._heard - self._since > BEAT:
            self._since, self._came = self._heard, 0
        self._came += came
        return self._came <= BYTES_IN

    def _understood(self, data: bytes) -> bool:
        try:
            self._protocol.receive_data(data)
            return all(self._take(event) for event in self._protocol.events())
        except LocalProtocolError:
            return False

    def _take(self, event: Event) -> bool:
        """Whether the line goes on after this (RFC 6455, 5.5: a goodbye is returned, and so is a ping)."""
        match event:
            case CloseConnection():
                self._answer(event.response())
                return False
            case Ping():
                self._answer(event.response())
            case TextMessage() | BytesMessage():
                self._length += len(event.data)
                if self._length > MESSAGE_LIMIT:
                    self._answer(CloseConnection(CloseReason.MESSAGE_TOO_BIG))
                    return False
                if event.message_finished:
                    self._length, self._said = 0, self._said + 1
                return self._said < FRAMES_IN
        return True

    def _answer(self, event: Event) -> None:
        self.connection.send(self._protocol.send(event))
