"""Messages, for both doors: what differs between them is decided below, by the viewer."""

from typing import Any

from flask import current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import later, messages
from portal.config import Settings
from portal.kernel.errors import NotFound, Refusal
from portal.live import frames, marks, typing
from portal.queries import files as files_there, mentions, messages as queries
from portal.web import errors, gate, pages, uploads, waiting
from portal.web.limits import limited
from portal.web.templating import fragment

NUMBER_LIMIT = 2**31
MENTIONED = 50  # people whom one message mentions


def write_limit() -> str:
    """How much one person may send, by the settings."""
    settings: Settings = current_app.config["COMPTOIR"]
    return settings.write_limit


writing = limited(write_limit, lambda: gate.viewer().key)


def stretch(key: str) -> ResponseReturnValue:
    """Older messages (`before`), newer ones (`after`), or what changed since a revision (`after_rev`)."""
    if "after_rev" in request.args:
        return _changes(key, number("after_rev"))
    if "after" in request.args:
        page = queries.following(gate.viewer(), key, number("after"), number("read"))
        return fragment("messages/_newer.html", page=page, discussion_id=key)
    read = number("read") if "read" in request.args else None
    page = queries.page(gate.viewer(), key, before=number("before"), read=read)
    return fragment("messages/_older.html", page=page, discussion_id=key)


def create(key: str, kind: str) -> ResponseReturnValue:
    """Post a message; the answer is its fragment. A refusal keeps the text, and a note a note."""
    body, files = request.form.get("body", ""), list[str]()
    try:
        message = _post(key, kind, body, files)
    except Refusal as refusal:
        if gate.is_fragment() or isinstance(refusal, NotFound):
            raise
        kept: dict[str, Any] = {"composer_text": body, "composer_kind": kind, "composer_error": errors.text_of(refusal)}
        kept["composer_files"] = files_there.waiting(gate.viewer(), files)
        kept["replying"] = mentions.replying(gate.viewer(), key, request.form.get("reply_to", ""))
        return pages.discussion(key, **kept), refusal.status, errors.again(refusal)
    if not message:
        return waiting.held(key)
    if not gate.is_fragment():
        at = queries.discussion_of(gate.viewer(), message)
        return redirect(url_for(".discussion", key=at, _anchor=f"m-{message}"), 303)
    try:
        return shown(key, message), 201
    except NotFound:  # an answer to an announcement stands in a discussion of its own
        return pages.opened(queries.discussion_of(gate.viewer(), message))


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
    """Move the read mark; the person's other pages follow, and who may know of it."""
    marks.read(gate.viewer(), key, number("number"))
    return "", 204


def number(name: str) -> int:
    """A number of the address or the form. Raises `NotFound` for anything else."""
    text = request.values.get(name, "")
    if not (text.isascii() and text.isdigit() and len(text) < 11) or int(text) >= NUMBER_LIMIT:
        raise NotFound
    return int(text)


@writing
def _post(key: str, kind: str, body: str, files: list[str]) -> str:
    files += uploads.sent(gate.viewer(), key)
    viewer, token = gate.viewer(), request.form.get("token", "")
    send = later.hold if viewer.undo else messages.post
    posted = send(viewer, key, body=body, kind=kind, token=token, files=files, **pointing())
    if viewer.is_staff and kind == "text":
        typing.signs.end(key)
    return posted


def further(key: str) -> dict[str, Any]:
    """What a composer's form holds beside its words, as `actions.messages.post` takes it."""
    return {"files": list(uploads.sent(gate.viewer(), key))} | pointing()


def pointing() -> dict[str, Any]:
    """What a form says that its message points to: the one it answers, and whom its names mean."""
    return {"reply_to": request.form.get("reply_to", ""), "chosen": request.form.get("chosen", "").split()[:MENTIONED]}


def _changes(key: str, after_rev: int) -> ResponseReturnValue:
    page = queries.changes(gate.viewer(), key, after_rev)
    if page is None:
        return "", 204, {"HX-Refresh": "true"}
    if not page.messages:
        # Also when something changed that this reader does not see: they must not learn even that.
        return "", 204
    return make_response(fragment("live/messages.html", page=page, discussion_id=key))
