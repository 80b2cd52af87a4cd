"""Blanks what in a mail opens something of ours: links, reply addresses and their secrets, wherever they are quoted.

A reply quotes the mail that it answers, and with it that reader's link: whoever else reads the reply must not have it.
"""

import codecs
import re
from dataclasses import replace

from portal.kernel.mime import structure
from portal.kernel.mime.mail import Attachment
from portal.kernel.mime.parsing import parse

MARK = "…"
DEEP = 3  # mails in mails
_NAMED = frozenset({"eml", "mht", "mhtml", "htm", "html", "txt", "md", "csv", "ics", "xml", "json", "log", "rtf"})
_LETTER = "[A-Za-z2-7]"  # programs may change the case of an address
_WRAP = r"(?:=?\r?\n[>\s]{0,20})?"  # a long word that some program broke, in a quote or quoted-printable
_PATTERNS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"{_LETTER}{{52,400}}",  # a sealed token, also where it is part of an encoded address
        rf"(?:(?:\+|%2[Bb])(?:{_LETTER}{_WRAP}){{25}}{_LETTER}){_WRAP}(?:@|%40)[\w.-]{{0,253}}",
        rf"(?<=/)(l|unsubscribe|invitations|sign-in)/(?:{_LETTER}{_WRAP}){{51}}{_LETTER}",
        r"(?:(?<=/)|(?<=%2[Ff]))(l|unsubscribe|invitations|sign-in)(?:/|%2[Ff])[\w-]{20,400}",
    )
)
_NAMES = tuple(
    f"{slash}{name}".encode()
    for slash in ("/", "%2f")
    for name in ("l/", "l%2f", "unsubscribe", "invitations", "sign-in")
)
_RUN = b"a" * 52  # of letters of a token
_CLASSES = bytes(97 if chr(one) in "abcdefghijklmnopqrstuvwxyz234567" else 32 for one in range(256))
_BYTES = tuple(re.compile(pattern.pattern.encode()) for pattern in _PATTERNS)


def blank(text: str) -> str:
    """`text` without them; what is around them stays."""
    for pattern in _PATTERNS:
        text = pattern.sub(MARK, text)
    return text


def blank_file(file: Attachment, deep: int = DEEP) -> tuple[Attachment, ...]:
    """The same in a file that is text: a mail that was sent on as a file holds the links of its reader.

    What is encoded in it cannot be blanked in place: its words and its files take its place then.
    """
    kind = _kind(file)
    if not kind.startswith(("text/", "message/")):
        return (file,)
    content = _blanked(file.content)
    if kind != "message/rfc822" or not _still_says(content):
        return (replace(file, content=content),)
    mail = parse(content)
    head = f"{', '.join(address.email for address in mail.froms)}\n{mail.subject}"
    said = replace(file, name=f"{file.name}.txt", type="text/plain", content=blank(f"{head}\n\n{mail.text}\n").encode())
    inside = mail.attachments if deep else ()
    return (said, *(one for nested in inside for one in blank_file(nested, deep - 1)))


def _kind(file: Attachment) -> str:
    """What it is; by its name where its program did not say, as with mails that are dragged into mails."""
    ending = file.name.lower().rpartition(".")[2]
    if file.type.startswith(("text/", "message/")) or ending not in _NAMED:
        return file.type
    return "message/rfc822" if ending == "eml" else "text/plain"


def _blanked(content: bytes) -> bytes:
    """Text in whichever encoding: letters of two bytes are known by the mark before them."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        words = content.decode("utf-16", "replace")
        return blank(words).encode("utf-16") if any(pattern.search(words) for pattern in _PATTERNS) else content
    low = content.lower()
    for pattern, possible in zip(_BYTES, _POSSIBLE, strict=True):
        if possible(low):
            content = pattern.sub(MARK.encode(), content)
    return content


def _named(low: bytes) -> bool:
    return any(name in low for name in _NAMES)


# Whether each pattern can match at all: to ask this takes a hundredth of the time, and files may be very large.
_POSSIBLE = (
    lambda low: _RUN in low.translate(_CLASSES),
    lambda low: b"+" in low or b"%2b" in low,
    _named,
    _named,
)


def _still_says(content: bytes) -> bool:
    """Whether something is left in what is encoded, or stands too deep to be looked at."""
    waiting = [(structure.read(content)[0], 0)]
    while waiting:
        part, depth = waiting.pop()
        waiting += [(child, depth) for child in part.children]
        if not part.children and part.type.startswith(("text/", "message/")):
            said = part.content()
            if depth == DEEP or any(pattern.search(said) for pattern in _BYTES):
                return True
            if part.type == "message/rfc822":
                waiting.append((structure.read(said)[0], depth + 1))
    return False
