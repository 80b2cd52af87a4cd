"""The parts of a mail (RFC 2045), found in one pass.

The standard library reads the headers of every part. It does not cut the parts: for 50 MB it takes half a gigabyte,
and for parts in parts in parts a stack that ends. Here a part is two places in the bytes that came.
"""

import binascii
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import policy
from email.message import Message
from email.parser import HeaderParser
from email.utils import collapse_rfc2231_value

from portal.kernel.mime import charsets

HEAD = 256 * 1024  # bytes of headers of one part
PARTS, DEPTH, LINES = 1000, 200, 20_000  # parts, parts in parts, lines that look like the begin of one
SLOW = 2 * 1024 * 1024  # bytes; what is read line by line has no more

_BLANK = re.compile(rb"\r?\n\r?\n|\r\r")
_NEWLINE = re.compile(rb"\r\n|\r|\n")
_DELIMITER = re.compile(rb"--([^\r\n]{0,200})")
_SOFT = re.compile(rb"=[ \t]+\r?\n")  # a soft line end, with spaces that some server added
_FIELD = re.compile(r"[!-9;-~]+[ \t]*:|[ \t]")
_SURELY_FIELD = re.compile(
    r"^(?:from|to|cc|subject|date|message-id|mime-version|content-[a-z-]+|received|return-path|reply-to)[ \t]*:",
    re.IGNORECASE | re.MULTILINE,
)
_headers = HeaderParser(policy=policy.compat32)


@dataclass
class Part:
    """A part: its headers, and where in the mail its content stands."""

    source: bytes
    head: Message
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)

    @property
    def type(self) -> str:
        """The declared type in lower case, text/plain where it is none."""
        try:
            return self.head.get_content_type()
        except Exception:  # the library's header code raises what it likes
            return "text/plain"

    @property
    def disposition(self) -> str:
        """inline, attachment, or empty."""
        return str(self.head.get("content-disposition", "")).partition(";")[0].strip().lower()

    def param(self, name: str, header: str = "content-type") -> str:
        """A parameter of a header; empty where it is missing or cannot be read."""
        try:
            return str(collapse_rfc2231_value(self.head.get_param(name, "", header)))
        except Exception:
            return ""

    @property
    def raw(self) -> memoryview:
        """The content as it came."""
        return memoryview(self.source)[self.start : self.end]

    def content(self, limit: int | None = None) -> bytes:
        """The content decoded; of its first `limit` bytes where one is given. Never raises."""
        how = str(self.head.get("content-transfer-encoding", "")).strip().lower()
        raw = self.raw if limit is None else self.raw[:limit]
        if how.startswith("base64"):
            return _base64(raw)
        if how.startswith("quoted"):
            return binascii.a2b_qp(_SOFT.sub(b"=\n", bytes(raw)) if len(raw) <= SLOW else raw)
        if ("uuencode" in how or how in {"uue", "x-uue"}) and len(raw) <= SLOW:
            return b"".join(_uuencoded(bytes(raw))) or bytes(raw)
        return bytes(raw)


def read(raw: bytes) -> tuple[Part, bool]:
    """(The mail as its outermost part, whether there were too many parts to read all)."""
    lines = _delimiters(raw)
    head, start = _head(raw, 0, len(raw))
    root = Part(raw, head, start, len(raw))
    open_parts: list[tuple[bytes, Part]] = []
    parts = 1
    deep = _open(root, open_parts, lines, 0)
    for number, (at, after, words) in enumerate(lines):
        if at < start or not (level := _level(open_parts, words)):
            continue
        _close(open_parts, level, at)
        if words.rstrip() == open_parts[-1][0] + b"--":
            open_parts.pop()
        elif parts < PARTS:
            parts += 1
            stop = lines[number + 1][0] if number + 1 < len(lines) else len(raw)
            deep |= _open(_begin(open_parts[-1][1], raw, after, stop), open_parts, lines, number + 1)
    return root, deep or parts >= PARTS or len(lines) >= LINES


def headers(raw: bytes) -> Message:
    """The headers alone, of a mail that is too large or stands in another."""
    return _head(raw, 0, len(raw))[0]


def _delimiters(raw: bytes) -> list[tuple[int, int, bytes]]:
    """(Where it begins, where the next line does, its words) of the lines that begin with two hyphens."""
    mark = b"\n--" if b"\n" in raw else b"\r--"
    found: list[tuple[int, int, bytes]] = []
    at = 0 if raw.startswith(b"--") else _next(raw, mark, 0)
    while at >= 0 and len(found) < LINES:
        line = _DELIMITER.match(raw, at)
        words = line[1] if line else b""
        newline = _NEWLINE.match(raw, at + 2 + len(words))
        found.append((at, newline.end() if newline else at + 2 + len(words), words))
        at = _next(raw, mark, at + 1)
    return found


def _next(raw: bytes, mark: bytes, at: int) -> int:
    """Where the line begins that `mark` is found before; -1 where there is none."""
    place = raw.find(mark, at)
    return place + 1 if place >= 0 else -1


def _open(part: Part, open_parts: list[tuple[bytes, Part]], lines: list[tuple[int, int, bytes]], number: int) -> bool:
    """Where `part` has parts, wait for them: for its boundary, or what looks like one where it names none.

    Gives whether it is too deep for that.
    """
    if part.type.startswith("multipart/"):
        if len(open_parts) == DEPTH:
            return True
        boundary = part.param("boundary").encode("utf-8", "replace").rstrip()
        while not boundary and number < len(lines):
            at, _, words = lines[number]
            boundary = words.rstrip() if at >= part.start else b""
            number += 1
        if boundary:
            open_parts.append((boundary[:200], part))
    return False


def _level(open_parts: list[tuple[bytes, Part]], words: bytes) -> int:
    """How many of the open parts stay open at such a line; 0 where it is none of theirs."""
    words = words.rstrip()
    for level in range(len(open_parts), 0, -1):
        if words in (open_parts[level - 1][0], open_parts[level - 1][0] + b"--"):
            return level
    return 0


def _close(open_parts: list[tuple[bytes, Part]], level: int, at: int) -> None:
    """What is open beyond `level` ends before the line at `at`; the line end before it belongs to the line."""
    source = open_parts[0][1].source
    end = at - 1 if source[at - 2 : at] != b"\r\n" else at - 2
    for _, part in open_parts[level - 1 :]:
        if part.children and part.children[-1].end > end:
            part.children[-1].end = max(end, part.children[-1].start)
    del open_parts[level:]


def _begin(parent: Part, raw: bytes, at: int, stop: int) -> Part:
    head, start = _head(raw, at, stop)
    if parent.type == "multipart/digest":
        head.set_default_type("message/rfc822")
    part = Part(raw, head, start, parent.end)
    parent.children.append(part)
    return part


def _head(raw: bytes, at: int, stop: int) -> tuple[Message, int]:
    """(Headers that begin at `at`, where the content does)."""
    if first := _NEWLINE.match(raw, at):
        return Message(), first.end()
    stop = min(stop, at + HEAD)
    blank = _BLANK.search(raw, at, stop)
    end, start = (blank.start(), blank.end()) if blank else (stop, stop)
    words, encoding = charsets.decode_head(raw[at:end])
    head = _parsed(words)
    rest = head.get_payload()
    if not isinstance(rest, str) or not rest:
        return head, start
    if not _SURELY_FIELD.search(rest):
        return head, end - len(rest.encode(encoding))  # the body began without a blank line
    return _parsed("\n".join(line for line in re.split(r"\r\n|\r|\n", words) if _FIELD.match(line))), start


def _parsed(words: str) -> Message:
    try:
        return _headers.parsestr(words)
    except Exception:
        return Message()


def _base64(raw: memoryview) -> bytes:
    for padding in (b"", b"="):
        try:
            return binascii.a2b_base64(bytes(raw) + padding if padding else raw)
        except binascii.Error:
            continue
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", raw)
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


def _uuencoded(raw: bytes) -> Iterator[bytes]:
    """The lines between `begin` and `end`; those that are damaged are left out."""
    for line in raw.partition(b"begin ")[2].splitlines()[1:]:
        if line.strip() == b"end":
            return
        try:
            yield binascii.a2b_uu(line)
        except binascii.Error:
            continue
