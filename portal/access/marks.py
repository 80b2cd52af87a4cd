"""What templates get of reading, reactions and drafts: frozen, as all read models are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class ReactionView:
    """An emoji at a message. Staff read who put it there; clients have those of staff, without number or name."""

    emoji: str
    keys: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@dataclass(frozen=True)
class SeenBy:
    """Somebody in a discussion, for staff only: when they last read, and up to which number of staff's."""

    key: str
    name: str
    initials: str
    hue: int
    number: int
    at: datetime


@dataclass(frozen=True)
class DraftView:
    """What one typed and did not send: a text or a note; `more` goes with the words, `version` tells new from old."""

    kind: str
    body: str = field(repr=False)
    more: dict[str, Any]
    version: int

    @property
    def known(self) -> dict[str, Any]:
        """For the page's scripts."""
        return {"kind": self.kind, "body": self.body, "more": self.more, "version": self.version}
