"""What templates get of reading, reactions and drafts: frozen, as all read models are."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from portal.access.read_models import FileView


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
    """What one typed and did not send: a text or a note; `files` and `more` go along, `version` tells new from old."""

    kind: str
    body: str = field(repr=False)
    more: dict[str, Any]
    version: int
    files: "tuple[FileView, ...]" = ()

    @property
    def known(self) -> dict[str, Any]:
        """For the page's scripts."""
        files = [file.known for file in self.files]
        return {"kind": self.kind, "body": self.body, "version": self.version, "files": files}


class DraftLine(NamedTuple):
    """The same in a list: its words as one line, and how many files it has."""

    text: str
    files: int
