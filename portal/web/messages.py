"""Messages, for both doors: what differs between them is decided below, by the viewer."""

from flask import current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import messages, read_marks
from portal.config import Settings
from portal.kernel.errors import NotFound, Refusal
from portal.live import frames, tell
from portal.queries import messages as queries
from portal.web import errors, gate, pages
from portal.web.limits import limited
from portal.web.templating import fragment

NUMBER_LIMIT = 2**31


def write_limit() -> str:
    """How much one person may send, by the settings."""
    settings: Settings = current_app.config["COMPTOIR"]
    return settings.write_limit


writing = limited(write_limit, lambda: gate.viewer().key)


def stretch(key: str) -> ResponseReturnValue:
    """Older messages (`before`), or what changed since a revision (`after_rev`)."""
    if "after_rev" in request.args:
        return _changes(key, number("after_rev"))
    read = number("read") if "read" in request.args else None
    page = queries.page(gate.viewer(), key, before=number("before"), read=read)
    return fragment("messages/_older.html", page=page, discussion_id=key)


def create(key: str, kind: str) -> ResponseReturnValue:
    """Post a message; the answer is its fragment. A refusal keeps the text, and a note a note."""
    body = request.form.get("body", "")
    try:
        message = _post(key, kind, body)
    except Refusal as refusal:
        if gate.is_fragment() or isinstance(refusal, NotFound):
            raise
        kept = {"composer_text": body, "composer_kind": kind, "composer_error": errors.text_of(refusal)}
        return pages.discussion(key, **kept), refusal.status, errors.again(refusal)
    if not gate.is_fragment():
        return redirect(url_for(".discussion", key=key, _anchor=f"m-{message}"), 303)
    return shown(key, message), 201


def shown(key: str, message: str) -> str:
    """A message as every open page gets it."""
    viewer = gate.viewer()
    return frames.drawn(queries.message(viewer, key, message), viewer.face, viewer.language)


@writing
def delete(key: str, message: str) -> ResponseReturnValue:
    """Delete a message; the answer is the line that stays."""
    messages.delete(gate.viewer(), key, message)
    return shown(key, message)


def edit_form(key: str, message: str) -> ResponseReturnValue:
    """The form that takes the place of one's own message."""
    view = queries.own_message(gate.viewer(), key, message)
    return fragment("messages/_edit.html", message=view)


@writing
def edit(key: str, message: str) -> ResponseReturnValue:
    """Save other words."""
    messages.edit(gate.viewer(), key, message, body=request.form.get("body", ""))
    return shown(key, message)


def read(key: str) -> ResponseReturnValue:
    """Move the read mark; the person's other pages follow."""
    viewer = gate.viewer()
    mark = read_marks.read(viewer, key, number("number"))
    tell.read(viewer.person_id, key, mark)
    return "", 204


def number(name: str) -> int:
    """A number of the address or the form. Raises `NotFound` for anything else."""
    text = request.values.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 11) or int(text) >= NUMBER_LIMIT:
        raise NotFound
    return int(text)


@writing
def _post(key: str, kind: str, body: str) -> str:
    return messages.post(gate.viewer(), key, body=body, kind=kind, token=request.form.get("token", ""))


def _changes(key: str, after_rev: int) -> ResponseReturnValue:
    page = queries.changes(gate.viewer(), key, after_rev)
    if page is None:
        return "", 204, {"HX-Refresh": "true"}
    if not page.messages:
        # Also when something changed that this reader does not see: they must not learn even that.
        return "", 204
    return make_response(fragment("live/messages.html", page=page, discussion_id=key))
