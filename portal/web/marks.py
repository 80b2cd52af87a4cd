"""What people mark, for both doors: what they read and did not, how they feel about it, and what they are typing."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.kernel.errors import Invalid
from portal.live import marks, typing
from portal.web import gate, messages, uploads
from portal.web.limits import limited

KINDS = {"text", "note"}
PAGE = 32  # characters of the name that a page gives itself
OFTEN = "120 per minute"  # a browser says every three seconds that somebody writes, and saves every two

often = limited(lambda: OFTEN, lambda: gate.viewer().key)
savings = limited(lambda: OFTEN, lambda: gate.viewer().key)
feelings = limited(messages.write_limit, lambda: gate.viewer().key)


@feelings
def unread(key: str, message: str) -> ResponseReturnValue:
    """Move it back to before a message."""
    marks.unread(gate.viewer(), key, message)
    return "", 204


def react(key: str, message: str) -> ResponseReturnValue:
    """Put an emoji to a message."""
    return _react(key, message, on=True)


def unreact(key: str, message: str) -> ResponseReturnValue:
    """Take it back."""
    return _react(key, message, on=False)


@often
def write(key: str) -> ResponseReturnValue:
    """Somebody is writing."""
    typing.writes(gate.viewer(), key, _kind())
    return "", 204


@savings
def draft(key: str) -> ResponseReturnValue:
    """Keep what was typed and what goes along; the answer names its version, and what another device had there."""
    body, base = request.form.get("body", ""), request.form.get("base", "")
    known = int(base) if base.isascii() and base.isdigit() and len(base) < 16 else 0
    page = request.form.get("page", "")[:PAGE]
    more = messages.pointing() | {"files": request.form.get("files", "").split()[: uploads.NAMED]}
    return jsonify(marks.draft(gate.viewer(), key, _kind(), body, base=known, page=page, **more))


def standing(key: str) -> ResponseReturnValue:
    """What a page that lost its line may have missed, as the frames tell it."""
    return jsonify(marks.standing(gate.viewer(), key))


@feelings
def _react(key: str, message: str, *, on: bool) -> ResponseReturnValue:
    """Staff get the message as it is now; a client's fragment does not say what clients put there."""
    viewer = gate.viewer()
    marks.react(viewer, key, message, request.values.get("emoji", ""), on=on)
    return messages.shown(key, message) if viewer.is_staff else ("", 204)


def _kind() -> str:
    """What is being written; a client's is always a text."""
    kind = request.form.get("kind", "text") if gate.viewer().is_staff else "text"
    if kind not in KINDS:
        raise Invalid("bad_request")
    return kind


def install(blueprint: Blueprint) -> None:
    """The addresses, the same in both doors."""
    room, one = "/discussions/<key>", "/discussions/<key>/messages/<message>"
    blueprint.add_url_rule(f"{room}/marks", "marks", standing)
    blueprint.add_url_rule(f"{room}/typing", "typing", write, methods=["POST"])
    blueprint.add_url_rule(f"{room}/draft", "draft", draft, methods=["POST"])
    blueprint.add_url_rule(f"{one}/read-mark", "unread", unread, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/reactions", "react", react, methods=["POST"])
    blueprint.add_url_rule(f"{one}/reactions", "unreact", unreact, methods=["DELETE"])
