"""A request on its way in, told by its head alone (RFC 9112): whether it has come, so that a thread is worth it."""

import re

HEAD_LIMIT = 32 * 1024  # bytes
AHEAD = 128 * 1024  # bytes of a body that come before a thread is taken: the longest message has fewer
END = b"\r\n\r\n"
_LENGTH = re.compile(rb"\r\ncontent-length:[ \t]*(\d{1,12})[ \t]*\r\n", re.IGNORECASE)
_CHUNKED = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
_ASKS_FIRST = re.compile(rb"\r\nexpect:", re.IGNORECASE)


class Coming:
    """A request, as far as it has come."""

    def __init__(self) -> None:
        self.came = bytearray()
        self._wanted = 0  # bytes; not known before the end of the head
        self._rest = False  # whether more than these may follow

    def add(self, data: bytes) -> None:
        """Take what came. Each byte is looked at once, however few come at a time."""
        new = max(0, len(self.came) - len(END))
        self.came += data
        if not self._wanted and (end := self.came.find(END, new)) >= 0:
            head = bytes(self.came[: end + len(END)])
            body = _body(head)
            self._rest = body is None or body > AHEAD
            self._wanted = len(head) + min(body or 0, AHEAD)

    @property
    def ready(self) -> bool:
        """Whether it is worth a thread: all of it has come, or as much as is waited for without one."""
        return 0 < self._wanted <= len(self.came)

    @property
    def whole(self) -> bool:
        """Whether all of it has come, so that a thread waits for nothing."""
        return self.ready and not self._rest

    @property
    def too_large(self) -> bool:
        """Whether its head has no end."""
        return not self._wanted and len(self.came) > HEAD_LIMIT


def _body(head: bytes) -> int | None:
    """The length of the body in bytes; None where only who reads it knows, or who asks is to be answered first."""
    if _ASKS_FIRST.search(head) or _CHUNKED.search(head):
        return None
    announced = _LENGTH.search(head)
    return int(announced[1]) if announced else 0
