"""Files on their way, for all doors: announced, brought in parts, asked about, taken back.

After the ideas of the IETF's draft of resumable uploads and of tus: what was interrupted goes on where it ended. A
part is added at the offset that `Upload-Offset` names; the answer says how far it is. Forms without scripts send
their files whole, with their words.
"""

from collections.abc import Callable, Iterator

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from portal.access import Viewer
from portal.actions import files as actions
from portal.kernel.errors import Invalid
from portal.kernel.tokens import is_id
from portal.queries import files as queries
from portal.web import gate
from portal.web.limits import limited

OFFSET = "Upload-Offset"
TYPE = "application/offset+octet-stream"
LARGEST = 2**40
ROOM = 128 * 1024  # bytes of a form around its files
AT_ONCE = 4  # files of the largest size that a form without scripts may send
NAMED = 60  # ids that are read of a form: more than a message has
PLAIN = {f"{door}.create_{what}" for door in ("console", "client") for what in ("message", "discussion")}

often = limited(lambda: "120 per minute", lambda: gate.viewer().key)
steadily = limited(lambda: "1200 per minute", lambda: gate.viewer().key)


@often
def begin(key: str = "") -> ResponseReturnValue:
    """Announce a file for a discussion, or for one that is to be started."""
    return begun(gate.viewer(), key)


@steadily
def bring(key: str) -> ResponseReturnValue:
    """Bring the next part of it."""
    return brought(gate.viewer(), key)


def arrived(key: str) -> ResponseReturnValue:
    """How far it is."""
    return so_far(gate.viewer(), key)


def leave_out(key: str) -> ResponseReturnValue:
    """Take it back."""
    return left_out(gate.viewer(), key)


def begun(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Announce a file; the answer is its id."""
    name, size = request.form.get("name", ""), _number(request.form.get("size", ""))
    file = actions.announce(viewer, key, name=name, size=size)
    return {"id": file}, 201, {OFFSET: "0"}


def brought(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Add a part. At another offset nothing is added (409), and the answer says where to go on."""
    if request.mimetype != TYPE:
        raise Invalid("bad_request")
    offset = _number(request.headers.get(OFFSET, ""))
    content = request.get_data(cache=False)
    there = actions.bring(viewer, key, offset, content)
    return "", 204 if there == offset + len(content) else 409, {OFFSET: str(there)}


def so_far(viewer: Viewer, key: str) -> ResponseReturnValue:
    """How many bytes are there."""
    there, size = queries.arrived(viewer, key)
    return "", 204, {OFFSET: str(there), "Upload-Length": str(size)}


def left_out(viewer: Viewer, key: str) -> ResponseReturnValue:
    """Take it back; what is gone is gone already."""
    actions.leave_out(viewer, key)
    return "", 204


def sent(viewer: Viewer, key: str) -> Iterator[str]:
    """The ids of the files that a form sends with its words: those that came before, and those that it holds itself."""
    there = request.form.get("files", "").split()[:NAMED] + request.form.getlist("file")[:NAMED]
    chosen = [file for file in request.files.getlist("upload") if file.filename]
    if len(there) + len(chosen) > actions.MANY:
        raise Invalid("too_many_files", limit=actions.MANY)
    if not all(map(is_id, there)):
        raise Invalid("file_gone")
    yield from there
    for file in chosen:
        yield _whole(viewer, key, file)


def make_room(known: Callable[[], bool]) -> None:
    """Have a form with files be as large as these may be. Of somebody who is not `known` nothing large is read."""
    if request.method == "POST" and request.mimetype == "multipart/form-data" and known():
        request.max_content_length = queries.limit() * AT_ONCE + ROOM


def _make_room(endpoint: str | None, _values: object) -> None:
    if endpoint in PLAIN:
        make_room(lambda: gate.viewer_or_none() is not None)


def _whole(viewer: Viewer, key: str, file: FileStorage) -> str:
    size = file.stream.seek(0, 2)
    file.stream.seek(0)
    return actions.take_in(viewer, key, name=file.filename or "", size=size, content=file.stream)


def _number(text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) < 14) or int(text) >= LARGEST:
        raise Invalid("bad_request")
    return int(text)


def install(blueprint: Blueprint) -> None:
    """The addresses, the same in both doors."""
    blueprint.add_url_rule("/uploads", "begin_first_upload", begin, methods=["POST"])
    blueprint.add_url_rule("/discussions/<key>/uploads", "begin_upload", begin, methods=["POST"])
    blueprint.add_url_rule("/uploads/<key>", "upload", arrived)
    blueprint.add_url_rule("/uploads/<key>", "bring_upload", bring, methods=["POST"])
    blueprint.add_url_rule("/uploads/<key>", "leave_out_upload", leave_out, methods=["DELETE"])
    blueprint.url_value_preprocessor(_make_room)
