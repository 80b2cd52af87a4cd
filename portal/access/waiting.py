"""What staff's screens show of mails that wait for them."""

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class HeldView:
    """A mail that waits: whom it says it is from, why it waits, and what it says.

    `person` is whose message it would be. `acceptable` is whether it can become one now; `as_note`, that the team
    alone would read it; `askable`, that its sender can be taken for another address of theirs.
    """

    id: str
    email: str
    subject: str
    reason: str
    words: str = field(repr=False)
    files: tuple[str, ...]
    received_at: datetime
    size: int
    discussion_id: str | None = None
    title: str = ""
    person: str = ""
    over: bool = False
    acceptable: bool = False
    as_note: bool = False
    askable: bool = False


@dataclass(frozen=True)
class HeldPage:
    """Mails that wait: of one's own discussions, and for admins those that answer none of ours; `more` is beyond."""

    held: tuple[HeldView, ...]
    unknown: tuple[HeldView, ...]
    more: bool
