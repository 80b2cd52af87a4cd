"""What may stand in a page of ours, whoever typed what: nothing in it was made by text."""

import re
from html.parser import HTMLParser

from tests.hostile import payloads

NEVER = {
    "style",
    "iframe",
    "object",
    "embed",
    "base",
    "frame",
    "applet",
    "math",
    "marquee",
    "video",
    "audio",
    "plaintext",
}
PROSE = {"p", "br", "strong", "em", "s", "code", "pre", "blockquote", "ul", "ol", "li", "a", "hr"}
VOID = {"br", "hr", "img", "input", "link", "meta", "source", "use", "wbr", "area", "col", "track"}
ADDRESSES = {
    *("href", "src", "action", "formaction", "xlink:href", "hx-get", "hx-post", "hx-delete", "hx-put", "hx-patch"),
    *("data-refresh", "data-list", "data-messages", "data-read-mark"),
}
# Attributes that say what somebody typed, and do nothing with it.
WORDS = {"value", "title", "aria-label", "data-title", "data-words", "placeholder", "hx-confirm", "data-space-brands"}
OWN = re.compile(r"(#|/(?!/)|\?|$)")
LINKS = re.compile(r"(https?|mailto|tel):", re.IGNORECASE)


class Audit(HTMLParser):
    """Reads a page, and keeps what should not be there."""

    def __init__(self, live: bool) -> None:
        super().__init__(convert_charrefs=True)
        self._live = live  # scripts of ours have been at it; a style that was text would be a breach of the policy
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []  # (tag, whether it is a message's text)

    def handle_starttag(self, tag: str, given: list[tuple[str, str | None]]) -> None:
        """Look at an element."""
        attributes = {name: value or "" for name, value in given}
        inside = any(prose for _, prose in self._open)
        if inside and (tag not in PROSE or set(attributes) - {"href", "rel", "start"}):
            self._bad(tag, attributes)
        if tag in NEVER or (tag == "meta" and "http-equiv" in attributes):
            self._bad(tag, attributes)
        if tag == "script" and not attributes.get("src", "").startswith("/static/"):
            self._bad(tag, attributes)
        for name, value in attributes.items():
            if not self._attribute(inside, tag, name, value):
                self._bad(tag, {name: value})
        if tag not in VOID:
            self._open.append((tag, "prose" in attributes.get("class", "").split()))

    def handle_endtag(self, tag: str) -> None:
        """Close it, and what was left open in it."""
        if any(tag == name for name, _ in self._open):
            while self._open.pop()[0] != tag:
                continue

    def handle_data(self, data: str) -> None:
        """Words in a script are a script."""
        if data.strip() and self._open and self._open[-1][0] == "script":
            self.found.append(f"script: {data[:80]}")

    def _attribute(self, inside: bool, tag: str, name: str, value: str) -> bool:
        if name == "style" and self._live and not inside:
            return True
        if name.startswith(("on", "hx-on", "data-hx-")) or name in {"style", "srcdoc", "background", "ping"}:
            return False
        if name in ADDRESSES:
            return bool(LINKS.match(value)) if inside else bool(OWN.match(value)) or value.startswith("data:,")
        return not re.search(r"pwned|evil\.example", value) or name in WORDS or (tag, name) == ("meta", "content")

    def _bad(self, tag: str, attributes: dict[str, str]) -> None:
        self.found.append(f"<{tag} {attributes}>"[:200])


def audit(html: str, live: bool = False) -> list[str]:
    """What stands in `html` that should not: elements and attributes, and payloads that nobody escaped.

    `live`: as a browser has it, and not as it was sent.
    """
    reader = Audit(live)
    reader.feed(html)
    reader.close()
    return reader.found + [text for text in payloads.MARKUP if text in html]
