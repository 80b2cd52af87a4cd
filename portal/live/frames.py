"""One WebSocket frame, built once for all who get it."""

import json
from collections.abc import Mapping
from functools import lru_cache

from wsproto.frame_protocol import CloseReason, FrameProtocol

from portal.access.read_models import MessageView, Row
from portal.drawing import draw


def text(words: str) -> bytes:
    """An unmasked, uncompressed text frame (RFC 6455): the same bytes suit every socket."""
    return bytes(FrameProtocol(client=False, extensions=[]).send_data(words, fin=True))


def personal(content: Mapping[str, object]) -> bytes:
    """A frame for one person, as JSON."""
    return text(json.dumps(content, separators=(",", ":")))


def close(code: int) -> bytes:
    """A close frame with a code of RFC 6455."""
    return bytes(FrameProtocol(client=False, extensions=[]).close(code))


def message(view: MessageView, row: Row | None, face: str, language: str) -> bytes:
    """The frame of a message (and of its row in the list) for one face in one language."""
    return text(drawn(view, face, language) + (_row(row, face, language) if row else ""))


@lru_cache(maxsize=64)  # the long ones take half a megabyte
def drawn(view: MessageView, face: str, language: str) -> str:
    """A message as every open page of one face gets it; drawn once, for the answer to its author and for the frame."""
    return draw("live/message.html", face, language, message=view)


def _row(row: Row, face: str, language: str) -> str:
    return draw("live/row.html", face, language, row=row)


SERVICE_RESTART = CloseReason.SERVICE_RESTART
NORMAL = CloseReason.NORMAL_CLOSURE
GOING_AWAY = CloseReason.GOING_AWAY
HEARTBEAT = personal({"beat": 1})
PING = bytes(FrameProtocol(client=False, extensions=[]).ping())  # browsers answer by themselves
SIGNED_OUT = personal({"signed_out": True})
LINK_OVER = personal({"over": True})
