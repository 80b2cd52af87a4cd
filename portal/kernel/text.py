"""What people type: cleaning, Markdown to safe HTML, and plain lines for lists."""

import html as html_module
import re
import sys
import unicodedata
from functools import lru_cache
from itertools import filterfalse
from typing import Literal

import emoji
import nh3
from linkify_it import LinkifyIt
from linkify_it.main import Match
from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore

MESSAGE_LIMIT = 10_000  # characters; rendering grows faster than the text, so this is also a limit of time
TITLE_LIMIT = 120
NAME_LIMIT = 80
EMAIL_LIMIT = 254  # RFC 5321, 4.5.3.1.3
LINE_LIMIT = 140
MARKS = 30  # on one letter
CROWD = 400  # brackets or addresses; nobody writes as many, and looking for links among thousands takes seconds

# What stands in a stored message where it mentions somebody (`kernel.mentions`); nobody can type it.
BEGIN, END, TEAM_SIGN = "\ue000", "\ue001", "\ue002"
# Control characters have no place in a message; line feed and tab do. Nor have our own signs.
_CONTROL = re.compile(f"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f{BEGIN}{END}{TEAM_SIGN}]")
# A lone surrogate cannot be stored as UTF-8.
_SURROGATE = re.compile(r"[\ud800-\udfff]")
# Overrides and isolates would let one line reorder the screen around it (Trojan Source, CVE-2021-42574).
_DIRECTION = re.compile("[\u202a-\u202e\u2066-\u2069]")
_SPACE = re.compile(r"\s+")
_BLANK_LINES = re.compile(r"\A(?:[^\S\n]*\n)+")
_BLOCK = re.compile(r"<(?=/?(?:p|br|pre|blockquote|ul|ol|li|hr)\b)")
# Letters by category, blank on every screen: Hangul fillers, and Braille without dots.
_FILLERS = set("\u115f\u1160\u2800\u3164\uffa0")

# Before a name, in French and English (and as fold() leaves them).
_ADDRESSES = set("m mr mrs ms mme mlle dr pr prof me maitre monsieur madame".split())

_TAGS = {
    "p",
    "br",
    "strong",
    "em",
    "s",
    "code",
    "pre",
    "blockquote",
    "ul",
    "ol",
    "li",
    "a",
    "hr",
}
_ATTRIBUTES = {"*": set[str](), "a": {"href"}, "ol": {"start"}}
_SCHEMES = {"http", "https", "mailto", "tel"}
_NAMED = re.compile(r"(?:https?://|mailto:|tel:)", re.IGNORECASE)


def clean(text: str) -> str:
    """A message as it is stored: NFC, one kind of line end, no control characters, no outer blank lines."""
    text = _SURROGATE.sub("\ufffd", text).replace("\r\n", "\n").replace("\r", "\n")
    text = _normal("NFC", _CONTROL.sub("", text))
    return _BLANK_LINES.sub("", text).rstrip()


def clean_line(text: str) -> str:
    """A name or title as it is stored: one line, single spaces, nothing that reorders its neighbours."""
    return _SPACE.sub(" ", _DIRECTION.sub("", clean(text))).strip()


def is_blank(text: str) -> bool:
    """Whether nothing in `text` can be seen (spaces, joiners and other format characters only)."""
    return not any(unicodedata.category(c) not in {"Cc", "Cf", "Zs", "Zl", "Zp"} and c not in _FILLERS for c in text)


def render(body: str) -> str:
    """Markdown `body` as sanitised HTML (paragraphs, marks, quotes, lists, code, links; no images, no raw HTML)."""
    crowded = body.count("[") > CROWD or body.count("://") > CROWD
    raw = (_without_links if crowded else _markdown).render(body)
    return nh3.clean(
        raw,
        tags=_TAGS,
        attributes=_ATTRIBUTES,
        url_schemes=_SCHEMES,
        link_rel="noopener noreferrer nofollow ugc",
    ).strip()


@lru_cache(maxsize=64)
def plain_line(html: str, limit: int = LINE_LIMIT) -> str:
    """Rendered HTML as one plain line of at most `limit` characters, for lists."""
    words = html_module.unescape(nh3.clean(_BLOCK.sub(" <", html), tags=set()))
    return shorten(_SPACE.sub(" ", words).strip(), limit)


def shorten(line: str, limit: int) -> str:
    """`line`, cut to `limit` characters with an ellipsis where it is longer."""
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def initials(name: str) -> str:
    """One or two letters for a picture: of the first and the last word that begin with a letter or digit."""
    words = [word for word in re.split(r"[\s\-–—_.,'’/&]+", name) if word and word[0].isalnum()]
    if not words:
        return "?"
    letters = words[0][0] + (words[-1][0] if len(words) > 1 else "")
    return letters.upper()


def title_initials(title: str) -> str:
    """The letters for a discussion: of what stands before its first comma, colon or bracket."""
    return initials(re.split(r"[,:;(–—]", title, maxsplit=1)[0] or title)


def fold(text: str) -> str:
    """`text` for comparing names and addresses: without case and accents, œ as oe."""
    if text.isascii():  # of two thousand titles in a list, most are
        return text.lower()
    text = _normal("NFKD", text.replace("œ", "oe").replace("Œ", "OE").replace("æ", "ae"))
    return "".join(filterfalse(unicodedata.combining, text)).casefold()


def _normal(form: Literal["NFC", "NFKD"], text: str) -> str:
    """A normal form of `text`, in a time that grows with its length.

    The marks on a letter are sorted, in a time that grows with the square of their number: a megabyte of them would
    hold everybody up for minutes. No language puts more than 30 on one (UAX #15, Stream-Safe Text Format).
    """
    return unicodedata.normalize(form, text if text.isascii() else _crowded().sub(lambda crowd: crowd[0][:MARKS], text))


@lru_cache(maxsize=1)
def _crowded() -> re.Pattern[str]:
    """More combining marks in a row than a letter may have."""
    marks = "".join(map(re.escape, filter(unicodedata.combining, map(chr, range(sys.maxunicode)))))
    return re.compile(f"[{marks}]{{{MARKS + 1},}}")


def first_name(name: str) -> str:
    """The first word of a name that is no form of address, for firms that show clients first names only."""
    words = name.split()
    return next((word for word in words if fold(word).rstrip(".") not in _ADDRESSES), words[0] if words else "")


def _emoji_rule(state: StateCore) -> None:
    """Turn `:short_codes:` into emoji in running text; code keeps its colons."""
    for block in state.tokens:
        for token in block.children or []:
            if token.type == "text" and token.content.count(":") > 1:
                token.content = emoji.emojize(token.content, language="alias")


class _Links(LinkifyIt):
    """What becomes a link by itself: with a scheme, or begun by `www.`; else `README.md` would lead to Moldova."""

    def match(self, text: str) -> list[Match] | None:
        """The links in `text`; those without a scheme get the safe one."""
        links = [found for found in super().match(text) or () if found.schema or found.raw[:4].lower() == "www."]
        for found in links:
            if not found.schema:
                found.url = f"https://{found.raw}"
        return links or None


class _Markdown(MarkdownIt):
    """Links lead somewhere by name. One that is relative would look like ours, and lead nowhere from a mail."""

    def validateLink(self, url: str) -> bool:
        """Whether `url` may be a link; else it stays text."""
        return bool(_NAMED.match(url))


def _build() -> MarkdownIt:
    markdown = _Markdown(
        "js-default",
        {"html": False, "breaks": True, "linkify": True, "typographer": False},
    )
    markdown.disable(
        [
            "image",
            "table",
            "heading",
            "lheading",
            "reference",
            "html_block",
            "html_inline",
        ]
    )
    markdown.core.ruler.push("emoji", _emoji_rule)
    markdown.linkify = _Links()
    for schema in ("ftp:", "//"):
        markdown.linkify.add(schema, None)
    return markdown


_markdown = _build()
_without_links = _build().disable(["link", "autolink", "linkify"])
