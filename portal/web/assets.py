"""Static files: joined where a page needs many, squeezed once, and named by their content."""

import gzip
import hashlib
import mimetypes
import os
import posixpath
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import brotli
from flask import Flask, Response, current_app, request
from rjsmin import jsmin
from werkzeug.security import safe_join

from portal.kernel.errors import NotFound

# A phone on a slow line asks once instead of forty times. The order is that of the cascade, and of who needs whom.
BUNDLES = {
    "css/all.css": """reset tokens base layout buttons forms cards lists people menus dialogs banners conversations
        messages marks mailed composer directory commands utilities""",
    "js/all.js": "comptoir times toast dialogs menus forms",
    "js/live.all.js": """../vendor/htmx/hx-ws.min upsert unread rows stream read-mark own drafts marks-begin outbox
        pending format composer attach-begin panes live shortcuts suggestions emoji-hints slash-commands
        copy""",
    "js/marks.all.js": "marks marks-seen marks-typing marks-drafts marks-felt",
    "js/link.all.js": "../vendor/htmx/hx-ws.min link-begin upsert stream read-mark marks-begin live attach-begin link",
}
NOT_SAID = re.compile(rb"/\*.*?\*/|(?<=\n)\s+", re.DOTALL)  # comments and indents


def _css(content: bytes) -> bytes:
    """Without what is for us alone. No more: in nested rules, minifiers take spaces that mean something."""
    return NOT_SAID.sub(b"", content)


MINIFIED: dict[str, Callable[[bytes], bytes]] = {".css": _css, ".js": jsmin}
SQUEEZED = {".css", ".js", ".json", ".svg"}  # the rest is small as it is


@dataclass(frozen=True)
class Asset:
    """What is sent for one address: the bytes, and the same by gzip and by Brotli where that is shorter."""

    content: bytes
    squeezed: Mapping[str, bytes]
    kind: str
    digest: str


def install(app: Flask) -> None:
    """Serve them in place of Flask's own way, which reads the disk each time."""
    app.view_functions["static"] = serve


def address(name: str) -> str:
    """The address of a static file, with its content in it, so that it can be kept for ever."""
    return _address(current_app.static_folder or "", name)


@cache
def _address(folder: str, name: str) -> str:
    return f"/static/{name}?v={_asset(folder, name).digest}"


def serve(filename: str) -> Response:
    """A static file or bundle. Raises `NotFound`."""
    asset = _asset(current_app.static_folder or "", filename)
    way = request.accept_encodings.best_match(asset.squeezed)
    answer = Response(asset.squeezed[way] if way else asset.content, content_type=asset.kind)
    if asset.squeezed:
        answer.headers["Vary"] = "Accept-Encoding"
    if way:
        answer.headers["Content-Encoding"] = way
    return answer


def _asset(folder: str, name: str) -> Asset:
    path = safe_join(folder, name)
    # Before anything is kept: who asks for what is not there, or for one file by many names, fills no memory.
    if path is None or posixpath.normpath(name) != name or (name not in BUNDLES and not os.path.isfile(path)):
        raise NotFound
    return _made(folder, name)


@cache
def _made(folder: str, name: str) -> Asset:
    suffix = Path(name).suffix
    content = _joined(Path(folder), name) if name in BUNDLES else (Path(folder) / name).read_bytes()
    squeezed = _squeezed(content) if suffix in SQUEEZED else {}
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    kind = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return Asset(content, squeezed, kind, hashlib.sha256(content).hexdigest()[:12])


def _squeezed(content: bytes) -> dict[str, bytes]:
    """The shortest first: of two ways that a browser takes alike, it gets that one."""
    return {"br": brotli.compress(content, quality=11), "gzip": gzip.compress(content, 9, mtime=0)}


def _joined(folder: Path, name: str) -> bytes:
    place, suffix = (folder / name).parent, Path(name).suffix
    parts = [(place / f"{part}{suffix}").read_bytes() for part in BUNDLES[name].split()]
    joined = (b"\n;\n" if suffix == ".js" else b"\n").join(parts)
    return MINIFIED[suffix](joined)
