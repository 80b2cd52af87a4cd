"""Files of messages, for all doors: saved, opened, previewed. Whatever they are, they do nothing in a page of ours."""

from flask import Blueprint, Response as FlaskResponse, request
from werkzeug.utils import send_file
from werkzeug.wrappers import Response
from werkzeug.wsgi import wrap_file

from portal.kernel.kinds import NEUTRAL, OPENED
from portal.queries import files as queries
from portal.queries.files import FileContent
from portal.web import gate


def file(key: str) -> Response:
    """A file, to be saved."""
    return saved(queries.content(gate.viewer(), key))


def shown(key: str) -> Response:
    """A file, to be opened in the browser."""
    return opened(queries.content(gate.viewer(), key))


def preview(key: str) -> Response:
    """How a file looks."""
    return drawn(queries.preview(gate.viewer(), key), key)


def saved(found: FileContent) -> Response:
    """The answer that has a browser save it, under its sender's name."""
    answer = send_file(
        found.content, request.environ, found.type, as_attachment=True, download_name=found.name, etag=False,
        response_class=FlaskResponse,
    )  # fmt: skip
    return _ranged(answer, found)


def opened(found: FileContent) -> Response:
    """The answer that has it shown: a picture, PDF, sound or film. All else is saved."""
    if found.type not in OPENED:
        return saved(found._replace(type=NEUTRAL))
    answer = FlaskResponse(wrap_file(request.environ, found.content), mimetype=found.type, direct_passthrough=True)
    return _ranged(answer, found)


def drawn(found: FileContent, key: str) -> Response:
    """The answer with a preview. Browsers keep it, and ask each time whether they may still show it."""
    answer = FlaskResponse(wrap_file(request.environ, found.content), mimetype=found.type, direct_passthrough=True)
    answer.content_length = found.size
    answer.set_etag(key)  # its own address, which tells nothing
    return answer.make_conditional(request.environ)


def _ranged(answer: Response, found: FileContent) -> Response:
    """A part of it, where a part is asked for: players jump (RFC 9110, 14)."""
    answer.content_length = found.size
    return answer.make_conditional(request.environ, accept_ranges=True, complete_length=found.size)


def install(blueprint: Blueprint) -> None:
    """The addresses, the same in both doors."""
    blueprint.add_url_rule("/files/<key>", "file", file)
    blueprint.add_url_rule("/files/<key>/shown", "file_shown", shown)
    blueprint.add_url_rule("/files/<key>/preview", "file_preview", preview)
