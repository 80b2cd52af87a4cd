"""What templates get of people: participants, who will get a message, and those of the lists. For staff only."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class ParticipantView:
    """A current participant, for staff only."""

    id: str
    name: str
    initials: str
    hue: int
    role: str
    owner: bool
    co_owner: bool
    online: bool
    email: str
    joined_at: datetime
    you: bool
    picture: str | None = None
    bounced: bool = False


@dataclass(frozen=True)
class AwaitedView:
    """An invited client who will be in a discussion; for staff only."""

    id: str
    name: str
    initials: str
    hue: int
    email: str
    picture: str | None = None


@dataclass(frozen=True)
class ReachPerson:
    """A client who will get the message, whether a page of theirs is open, and how else: see `queries.forecast`."""

    name: str
    online: bool
    how: str
    at: datetime | None
    minutes: int


@dataclass(frozen=True)
class Reach:
    """Who will get what is being written (SPEC Z1); `gap` is the minutes between two mails."""

    people: tuple[ReachPerson, ...]
    colleagues: int
    mode: str
    gap: int
    announcement: bool = False


@dataclass(frozen=True)
class PersonView:
    """Somebody in the staff's lists; since `bounced_at` mails to them come back, as `bounce` says."""

    id: str
    name: str
    initials: str
    hue: int
    face: str
    role: str
    state: str
    email: str
    spaces: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    picture: str | None = None
    bounced_at: datetime | None = None
    bounce: str = ""
