"""Pages, and styles made for one person, by gzip, for browsers that take it."""

import gzip
import io
import secrets

from flask import Flask, Response, request

LEAST = {"text/html": 4_000, "text/css": 1_000}  # bytes; below, it would cost more than it saves
LEVEL = 5
PADDING = 100  # bytes at most


def install(app: Flask) -> None:
    """Squeeze what is long enough."""
    app.after_request(_squeeze)


def _squeeze(response: Response) -> Response:
    if (
        response.mimetype not in LEAST
        or response.is_streamed
        or "Content-Encoding" in response.headers
        or "gzip" not in request.headers.get("Accept-Encoding", "")
        or len(page := response.get_data()) < LEAST[response.mimetype]
    ):
        return response
    response.set_data(_squeezed(page))
    response.headers["Content-Encoding"] = "gzip"
    return response


def _squeezed(page: bytes) -> bytes:
    """`page` by gzip, with a file name of random length in the header.

    A page holds what one person wrote beside what is another's secret. How well they fit together shows in the
    length, to who can watch the line and try many times (BREACH); chance added to the length hides it for as
    many tries as the limits allow. After "Heal the BREACH" (Palacios et al., 2022), as Django does.
    """
    name = "a" * secrets.randbelow(PADDING + 1)
    out = io.BytesIO()
    with gzip.GzipFile(filename=name, mode="wb", compresslevel=LEVEL, fileobj=out, mtime=0) as file:
        file.write(page)
    return out.getvalue()
