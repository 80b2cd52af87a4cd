"""A page as its scripts keep it: upserts by id, in order, never an older one over a newer one; and its catching up."""

import json
import re
from dataclasses import dataclass, field

from flask import Flask
from flask_babel import force_locale

from portal.access.read_models import MessageView
from portal.kernel.text import TEAM_SIGN

PARTIAL = re.compile(r'<hx-partial hx-target="#stream-(\w+)"[^>]*>(.*?)</hx-partial>', re.S)
ARTICLE = re.compile(r'<article id="m-(\w+)".*?</article>', re.S)
NUMBER = re.compile(r'data-(position|rev)="(\d+)"')


@dataclass
class Page:
    """The open stream of one discussion: {message: (rev, position, HTML)}; all is known up to `rev`."""

    key: str
    messages: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    gone: bool = False
    rev: int = 0

    def apply(self, frame: str) -> bool:
        """Do with a frame what the page's scripts do; whether something before it is missing."""
        if frame.startswith("{"):
            self.gone = self.gone or json.loads(frame).get("removed") == self.key
            return False
        if self.gone:
            return False
        newest = max(
            (rev for key, content in PARTIAL.findall(frame) if key == self.key for rev in self._put(content)), default=0
        )
        if newest == self.rev + 1:
            self.rev = newest
        return newest > self.rev

    def catch_up(self, drawn: dict[str, tuple[int, int, str]] | None, rev: int = 0) -> None:
        """Put in what was asked for since `rev`, which brings the next one; None says that there is nothing here."""
        if drawn is None:
            self.gone = True
        for key, (its, position, html) in (drawn or {}).items():
            self._upsert(key, its, position, html)
        self.rev = max(self.rev, rev)

    def shown(self) -> list[str] | None:
        """What one reads from top to bottom; None where the page closed itself."""
        if self.gone:
            return None
        return [html for _, _, html in sorted(self.messages.values(), key=lambda message: message[1])]

    def _put(self, content: str) -> list[int]:
        revs = []
        for article in ARTICLE.finditer(content):
            numbers = {name: int(number) for name, number in NUMBER.findall(article.group(0))}
            self._upsert(article.group(1), numbers["rev"], numbers["position"], article.group(0))
            revs.append(numbers["rev"])
        return revs

    def _upsert(self, key: str, rev: int, position: int, html: str) -> None:
        if key not in self.messages or rev >= self.messages[key][0]:
            self.messages[key] = (rev, position, html)


def draw(app: Flask, view: MessageView, face: str) -> str:
    """A message's HTML as pages have it."""
    template = app.jinja_env.get_template("messages/_message.html")
    with force_locale("en"):
        drawn = template.render(message=view, face=face, lang="en")
    found = ARTICLE.search(drawn.replace(TEAM_SIGN, "the team"))
    if found is None:
        raise AssertionError("a message without its article")
    return found.group(0)


def decode(frame: bytes) -> str:
    """The words of an unmasked text frame (RFC 6455)."""
    length, start = frame[1], 2
    if length == 126:
        length, start = int.from_bytes(frame[2:4], "big"), 4
    elif length == 127:
        length, start = int.from_bytes(frame[2:10], "big"), 10
    return frame[start : start + length].decode()
