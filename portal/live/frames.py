"""One WebSocket frame, built once for all who get it."""

import json
from collections.abc import Mapping

from flask import current_app
from flask_babel import force_locale
from wsproto.frame_protocol import CloseReason, FrameProtocol

from portal.access.read_models import MessageView, Row


def text(words: str) -> bytes:
    """An unmasked, uncompressed text frame (RFC 6455): the same bytes suit every socket."""
    return bytes(FrameProtocol(client=False, extensions=[]).send_data(words, fin=True))


def personal(content: Mapping[str, object]) -> bytes:
    """A frame for one person, as JSON."""
    return text(json.dumps(content, separators=(",", ":")))


def close(code: int) -> bytes:
    """A close frame with a code of RFC 6455."""
    return bytes(FrameProtocol(client=False, extensions=[]).close(code))


def message(message: MessageView, row: Row | None, face: str, language: str) -> bytes:
    """The frame of a message (and of its row in the list) for one face in one language."""
    template = current_app.jinja_env.get_template("live/message.html")
    with force_locale(language):
        return text(template.render(message=message, row=row, face=face, lang=language))


SERVICE_RESTART = CloseReason.SERVICE_RESTART
NORMAL = CloseReason.NORMAL_CLOSURE
HEARTBEAT = personal({"beat": 1})
SIGNED_OUT = personal({"signed_out": True})
