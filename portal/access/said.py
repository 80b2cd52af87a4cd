"""Mentions and quotes, as one face may read them: names and words that a message only points to."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from markupsafe import Markup

from portal.access.read_models import Author, QuoteView
from portal.kernel import mentions, text
from portal.models import Face, MessageKind

TEAM = "team"
_MENTION = Markup('<span class="mention" data-person="{}">@{}</span>')
_KEY = re.compile(r'(?<=<span class="mention") data-person="[^"]*"')  # what people write has no such tag


class Called(NamedTuple):
    """Who is mentioned, None for the team, and whether clients were shown that name before."""

    person: Any  # with a person's id, name, face and picture
    shown: bool


@dataclass(frozen=True)
class Said:
    """What a message points to: whom it mentions, by place; and the message it answers, with whom that one mentions.

    `reached` are the keys of those whom a mention of them, or of the team, concerns.
    """

    called: Mapping[int, Called] = field(default_factory=dict)
    answered: Any = None
    called_there: Mapping[int, Called] = field(default_factory=dict)
    reached: tuple[str, ...] = ()


NOTHING = Said()


class Names:
    """Draws mentions for the face of a `Shower`, in a conversation of `brand`."""

    def __init__(self, shower: Any, brand: Any, called: Mapping[int, Called]) -> None:
        self._shower, self._brand, self._called = shower, brand, called

    def html(self, html: str) -> Markup:
        """Sanitised `html` of a message, with names. They stand in text only: no attribute ever has a mention."""
        return Markup(mentions.drawn(html, lambda place: str(_MENTION.format(*self._name(place)))))

    def plain(self, words: str) -> str:
        """A message's own words, or a line of them, with names."""
        return mentions.drawn(words, lambda place: f"@{self._name(place)[1]}")

    def line(self, html: str) -> str:
        """A message in one plain line, for lists and quotes."""
        return text.plain_line(self.plain_html(html) if text.BEGIN in html else html)

    def plain_html(self, html: str) -> str:
        """`html` with names, and nothing around them."""
        return mentions.drawn(html, lambda place: str(Markup("@{}").format(self._name(place)[1])))

    def _name(self, place: int) -> tuple[str, str]:
        """(key, name) as this face may have them: a client reads a name only if it was shown to clients before."""
        found = self._called.get(place)
        hidden = found is None or found.person is None or (self._shower.face != Face.STAFF and not found.shown)
        if hidden or found is None or found.person is None:
            return TEAM, text.TEAM_SIGN
        author: Author = self._shower.author(found.person, self._brand)
        return author.key, text.TEAM_SIGN if author.key == TEAM else author.name


def keyless(html: str) -> Markup:
    """`html` of a message for what leaves the portal, as mails do: its mentions have names, and no ids of people."""
    return Markup(_KEY.sub("", html))


def quote(shower: Any, message: Any, conversation: Any, said: Said) -> QuoteView | None:
    """What a message answers, as a face may read it; without words where one of its readers may not read those."""
    if message.reply_to_id is None or message.deleted_at is not None:
        return None
    answered, to_staff = said.answered, shower.face == Face.STAFF
    open_to_all = message.quote_staff if to_staff else message.quote_clients
    if answered is None or not open_to_all or (not to_staff and answered.kind != MessageKind.TEXT):
        return QuoteView()
    author = shower.author(answered.author, conversation.brand)
    deleted = answered.deleted_at is not None
    line = "" if deleted else Names(shower, conversation.brand, said.called_there).line(answered.html)
    return QuoteView(answered.public_id, author.key, author.name, line, answered.kind == MessageKind.NOTE, deleted)
