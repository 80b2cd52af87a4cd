"""Files on the page of a link: for a device that has given the code, and of that discussion alone."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.access import Held
from portal.kernel.errors import Forbidden, Refusal
from portal.links import bearer, pages
from portal.queries import files as queries
from portal.web import errors, files, limits, uploads

ANNOUNCED, PARTS = "120 per minute", "1200 per minute"  # as through the other doors


def file(token: str, key: str) -> ResponseReturnValue:
    """A file, to be saved; of others, the mail told its name, and no more."""
    came = bearer.held(token)
    return files.saved(queries.content(came.viewer, key)) if came.known else _code_first(came, token)


def shown(token: str, key: str) -> ResponseReturnValue:
    """A file, to be opened in the browser."""
    came = bearer.held(token)
    return files.opened(queries.content(came.viewer, key)) if came.known else _code_first(came, token)


def preview(token: str, key: str) -> ResponseReturnValue:
    """How a file looks."""
    return files.drawn(queries.preview(_known(token).viewer, key), key)


def begin(token: str) -> ResponseReturnValue:
    """Announce a file."""
    came = _counted(token, "links.uploads", ANNOUNCED)
    return uploads.begun(came.viewer, came.discussion)


def bring(token: str, key: str) -> ResponseReturnValue:
    """Bring the next part of it."""
    return uploads.brought(_counted(token, "links.parts", PARTS).viewer, key)


def arrived(token: str, key: str) -> ResponseReturnValue:
    """How far it is."""
    return uploads.so_far(_known(token).viewer, key)


def leave_out(token: str, key: str) -> ResponseReturnValue:
    """Take it back."""
    return uploads.left_out(_known(token).viewer, key)


def _code_first(came: Held, token: str) -> ResponseReturnValue:
    return pages.shown(came, token, error=errors.say("code_needed_first")), Forbidden.status


def _counted(token: str, what: str, rule: str) -> Held:
    came = _known(token)
    limits.window(what, rule).hit(came.viewer.key)
    return came


def _known(token: str) -> Held:
    came = bearer.held(token)
    if not came.known:
        raise Forbidden("code_needed")
    return came


def _is_known(token: str) -> bool:
    try:
        return bearer.held(token).known
    except Refusal:
        return False


def _make_room(endpoint: str | None, values: dict[str, str] | None) -> None:
    if endpoint == "links.create_message":
        uploads.make_room(lambda: _is_known((values or {}).get("token", "")))


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/l/<token>"
    blueprint.add_url_rule(f"{one}/files/<key>", "file", file)
    blueprint.add_url_rule(f"{one}/files/<key>/shown", "file_shown", shown)
    blueprint.add_url_rule(f"{one}/files/<key>/preview", "file_preview", preview)
    blueprint.add_url_rule(f"{one}/uploads", "begin_upload", begin, methods=["POST"])
    blueprint.add_url_rule(f"{one}/uploads/<key>", "upload", arrived)
    blueprint.add_url_rule(f"{one}/uploads/<key>", "bring_upload", bring, methods=["POST"])
    blueprint.add_url_rule(f"{one}/uploads/<key>", "leave_out_upload", leave_out, methods=["DELETE"])
    blueprint.url_value_preprocessor(_make_room)
