"""Pictures that people send, made into small ones by a program of its own (`decoder`)."""

import struct
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import puremagic

from portal.kernel import decoder
from portal.kernel.errors import Invalid, TooLarge, Unavailable

BYTES = 5 * 1024 * 1024  # at most, of what is sent
KINDS = {"image/png", "image/jpeg", "image/gif", "image/webp"}
SIZES = ("small", "large")  # 96 and 256 pixels: what lists draw, and what stands alone, on fine screens too
TYPE = "image/webp"
PATIENCE = 10.0  # seconds for one picture, and for one's turn
PREVIEWED = 64 * 1024 * 1024  # bytes at most, of what a preview is made of
_HEAD, _WEBP = 4096, (b"RIFF", b"WEBP")
_LOSSY, _SIZE, _BITS = b"VP8 ", 26, 0x3FFF  # of the simple format (RFC 9649): its chunk, and where its size stands
_turns = threading.BoundedSemaphore(2)  # each may take half a gigabyte


class Preview(NamedTuple):
    """A small WebP of something, and its size in pixels."""

    content: bytes
    width: int
    height: int


def squares(content: bytes) -> dict[str, bytes]:
    """{size: WebP} of the middle of a PNG, JPEG, GIF or WebP, without anything else that was in the file.

    Raises `TooLarge` for too many bytes, `Invalid` for what is no such picture, or has too many pixels.
    """
    if len(content) > BYTES:
        raise TooLarge("picture_too_large", limit=BYTES // 1024**2)
    if kind(content) not in KINDS:
        raise Invalid("bad_picture")
    code, squares = _made("squares", content)
    if code == decoder.TOO_BIG:
        raise Invalid("picture_pixels", limit=decoder.PIXELS // 10**6)
    if code != 0 or len(squares) != len(SIZES):
        raise Invalid("bad_picture")
    return dict(zip(SIZES, squares, strict=True))


def preview(content: bytes, kind: str) -> Preview | None:
    """What a picture or PDF looks like, without anything else that was in the file; None where it cannot be read.

    Raises `Unavailable` where too many others are at it.
    """
    _, made = _made("page" if kind == "application/pdf" else "preview", content)
    if len(made) != 1 or made[0][12:16] != _LOSSY or len(made[0]) < _SIZE + 4:
        return None
    width, height = struct.unpack_from("<HH", made[0], _SIZE)
    return Preview(made[0], width & _BITS, height & _BITS)


def _made(what: str, content: bytes) -> tuple[int, list[bytes]]:
    with _turn(), tempfile.TemporaryFile() as made:
        code = _run(what, content, made.fileno())
        made.seek(0)
        return code, _unpacked(made.read(decoder.OUTPUT))


def kind(content: bytes) -> str:
    """The media type that the first bytes say; empty where they say none. A name or a header says nothing."""
    try:
        return str(puremagic.from_string(content[:_HEAD], mime=True))
    except (puremagic.PureError, ValueError):
        return ""


@contextmanager
def _turn() -> Iterator[None]:
    """So that many pictures at once take no more memory than two. Raises `Unavailable` where that takes too long."""
    if not _turns.acquire(timeout=PATIENCE):
        raise Unavailable("database_busy")
    try:
        yield
    finally:
        _turns.release()


def _run(what: str, content: bytes, made: int) -> int:
    """Run the decoder: without our environment, folder and open files. Gives its exit code; -1 for too slow.

    What it writes goes to a file, which it can fill to its limit, and not to our memory.
    """
    command = [sys.executable, "-I", str(Path(decoder.__file__).resolve()), what]
    try:
        done = subprocess.run(
            command, input=content, stdout=made, stderr=subprocess.DEVNULL,
            env={}, cwd="/", start_new_session=True, timeout=PATIENCE, check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        return -1
    return done.returncode


def _unpacked(made: bytes) -> list[bytes]:
    """The decoder's pictures. It is not trusted: what is no WebP from end to end is none."""
    found = []
    while len(made) > 4:
        (length,) = struct.unpack_from(">I", made)
        one, made = made[4 : 4 + length], made[4 + length :]
        if len(one) == length and (one[:4], one[8:12]) == _WEBP:
            found.append(one)
    return found
