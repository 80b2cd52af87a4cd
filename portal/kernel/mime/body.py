"""The text that the author meant, and everything else as attachments in the order of the mail."""

import mimetypes
import re

from portal.kernel import text
from portal.kernel.mime import charsets, flowed, headers, hypertext
from portal.kernel.mime.mail import Attachment
from portal.kernel.mime.structure import Part, headers as inner_headers

TEXT, HTML = 1_000_000, 600_000  # bytes of one text, and characters of all; what is longer is an attachment too
NAME = 120  # characters

_TEXTS = {"text/plain", "text/html", "text/enriched", "text/markdown"}
_TYPE = re.compile(r"[a-z0-9][\w.+-]{0,80}/[\w.+-]{1,120}", re.ASCII)
_NAMES = {
    "text/calendar": "invite.ics",
    "application/ics": "invite.ics",
    "message/rfc822": "message.eml",
    "message/delivery-status": "delivery-status.txt",
    "message/disposition-notification": "disposition-notification.txt",
    "text/rfc822-headers": "headers.txt",
    "application/pgp-signature": "signature.asc",
    "application/pkcs7-signature": "smime.p7s",
    "application/x-pkcs7-signature": "smime.p7s",
    "application/ms-tnef": "winmail.dat",
}
_STUB = re.compile(
    r"(?:does not|doesn't|cannot|can't|unable to|not able to|ne (?:peut|prend|supporte|permet|sait)|n'affiche|kann|"
    r"unterst|no (?:puede|admite|soporta)|non (?:supporta|visualizza|è in grado)|niet|enable|activ|view|format)"
    r"[^\n]{0,120}html|html[^\n]{0,80}(?:not|only|requis|format|viewer|compatible|client|lecteur|nicht|niet|mail|"
    r"support)|(?:view|read) this (?:e-?mail|message) in (?:a|your) browser|multi-?part message in mime format",
    re.IGNORECASE,
)


class Body:
    """Filled part by part: `texts` to be joined, `attachments`, and whether a text was `cut`."""

    def __init__(self, root: Part) -> None:
        self.texts: list[str] = []
        self.attachments: list[Attachment] = []
        self.cut = False
        self._room = TEXT
        self._walk(root, shown=True)

    @property
    def text(self) -> str:
        """All texts, clean."""
        return text.clean("\n\n".join(self.texts))

    def _walk(self, part: Part, shown: bool, related: bool = False) -> None:
        """`shown` says whether its texts are the ones that were meant; files are kept in any case."""
        if part.type == "multipart/alternative" and part.children:
            best = _best(part.children)
            for child in part.children:
                self._walk(child, shown and child is best, related)
        elif part.children:
            for child in part.children:
                self._walk(child, shown, related or part.type == "multipart/related")
        elif not self._is_text(part):
            self.attachments.append(_attachment(part, related))
        elif shown and self._room > 0:
            self._read(part)

    def _is_text(self, part: Part) -> bool:
        named = bool(part.param("filename", "content-disposition") or part.param("name"))
        file = part.disposition == "attachment" or (named and bool(part.disposition or self.texts))
        return not file and (part.type in _TEXTS or part.type.startswith("multipart/"))

    def _read(self, part: Part) -> None:
        words = _words(part)
        if len(part.raw) > (HTML if part.type == "text/html" else TEXT) or len(words) > self._room:
            self.cut = True
            self.attachments.append(_attachment(part, related=False))
        if words.strip():
            self.texts.append(words[: self._room].strip("\r\n"))
            self._room -= len(words)


def _best(children: list[Part]) -> Part:
    """Of parts that say the same, the one to read: plain text, unless it is empty or only says to read HTML."""
    plain, html = _holder(children, "text/plain"), _holder(children, "text/html")
    if plain and (not html or not _is_stub(_words(_leaf(plain, "text/plain") or plain))):
        return plain
    return html or next((child for child in children if child.type in _TEXTS), children[0])


def _holder(children: list[Part], kind: str) -> Part | None:
    """The first that is a text of that kind, else the first that holds one."""
    direct = next((child for child in children if child.type == kind), None)
    return direct or next((child for child in children if _leaf(child, kind)), None)


def _leaf(part: Part, kind: str) -> Part | None:
    """The first text of that kind in `part`; without a stack of calls, for parts may be deep."""
    waiting = [part]
    while waiting:
        now = waiting.pop()
        if not now.children and now.type == kind and now.disposition != "attachment":
            return now
        waiting += reversed(now.children)
    return None


def _is_stub(words: str) -> bool:
    words = words.strip()
    return text.is_blank(words) or (len(words) < 400 and bool(_STUB.search(words)))


def _words(part: Part) -> str:
    """A text part as text with line feeds."""
    words = charsets.decode(part.content(TEXT), part.param("charset"))[:TEXT]
    words = words.replace("\r\n", "\n").replace("\r", "\n").replace("\x00", "")
    if part.type == "text/html" or re.match(r"\s{0,20}(?:<!doctype html|<html)", words, re.IGNORECASE):
        return hypertext.to_text(words[:HTML])
    if part.type == "text/enriched":
        return re.sub(r"<param>[^<]{0,200}</param>|</?[a-zA-Z-]{1,60}>", "", words)
    if part.param("format").lower() == "flowed":
        return flowed.unflow(words, part.param("delsp").lower() == "yes")
    return words


def _attachment(part: Part, related: bool) -> Attachment:
    kind = part.type if _TYPE.fullmatch(part.type) else "application/octet-stream"
    content = part.content()
    identifier = str(part.head.get("content-id", "")).strip(" <>\r\n\t")[:250]
    inline = part.disposition == "inline" or (related and bool(identifier) and part.disposition != "attachment")
    return Attachment(_name(part, kind, content), kind, content, identifier, inline)


def _name(part: Part, kind: str, content: bytes) -> str:
    """What the sender calls it, without paths and tricks; else what its type suggests."""
    given = part.param("filename", "content-disposition") or part.param("name")
    name = clean_name(headers.words(given))
    if not name and kind == "message/rfc822":
        subject = headers.line(str(inner_headers(content).get("subject", "")), 80)
        name = clean_name(subject.replace("/", "-").replace("\\", "-"))
    if kind == "message/rfc822" and name and not name.lower().endswith((".eml", ".msg")):
        return f"{name}.eml"
    return name or _NAMES.get(kind) or "attachment" + (mimetypes.guess_extension(kind) or "")


def clean_name(name: str) -> str:
    """The name of a file alone, as one clean line; empty where nothing is left of it."""
    name = text.clean_line(name[:2000]).replace("\\", "/").rsplit("/", 1)[-1]
    name = re.sub(r'[<>:"|?*\u200b-\u200f]', "", name).strip(" .")
    stem, dot, extension = name.rpartition(".")
    if len(name) > NAME and dot and len(extension) < 12:
        return stem[: NAME - len(extension) - 1].rstrip() + dot + extension
    return name[:NAME]
