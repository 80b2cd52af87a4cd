"""A page as its scripts keep it: upserts by id, in order, never an older one over a newer one."""

import json
import re
from dataclasses import dataclass, field

from flask import Flask
from flask_babel import force_locale

from portal.access.read_models import MessageView

PARTIAL = re.compile(r'<hx-partial hx-target="#stream-(\w+)"[^>]*>(.*?)</hx-partial>', re.S)
ARTICLE = re.compile(r'<article id="m-(\w+)".*?</article>', re.S)
NUMBER = re.compile(r'data-(position|rev)="(\d+)"')


@dataclass
class Page:
    """The open stream of one discussion: {message: (rev, position, HTML)}."""

    key: str
    messages: dict[str, tuple[int, int, str]] = field(default_factory=dict)
    gone: bool = False

    def apply(self, frame: str) -> None:
        """Do with a frame what the page's scripts do."""
        if frame.startswith("{"):
            self.gone = self.gone or json.loads(frame).get("removed") == self.key
            return
        if self.gone:
            return
        for key, content in PARTIAL.findall(frame):
            if key == self.key:
                for article in ARTICLE.finditer(content):
                    self._upsert(article.group(1), article.group(0))

    def shown(self) -> list[str] | None:
        """What one reads from top to bottom; None where the page closed itself."""
        if self.gone:
            return None
        return [html for _, _, html in sorted(self.messages.values(), key=lambda message: message[1])]

    def _upsert(self, key: str, html: str) -> None:
        numbers = {name: int(number) for name, number in NUMBER.findall(html)}
        if key not in self.messages or numbers["rev"] >= self.messages[key][0]:
            self.messages[key] = (numbers["rev"], numbers["position"], html)


def draw(app: Flask, view: MessageView, face: str) -> str:
    """A message's HTML as pages have it."""
    template = app.jinja_env.get_template("messages/_message.html")
    with force_locale("en"):
        found = ARTICLE.search(template.render(message=view, face=face, lang="en"))
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
