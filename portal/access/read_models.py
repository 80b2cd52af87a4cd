"""What templates get: frozen, with no way back to the database. Made by `show` and by queries."""

from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup


@dataclass(frozen=True)
class Me:
    """Who is looking at a page. Given to whole pages only, never to what is drawn for a face."""

    key: str
    name: str
    initials: str
    hue: int
    face: str
    role: str
    language: str
    time_zone: str
    enter_sends: bool
    may: frozenset[str]
    picture: str | None = None


@dataclass(frozen=True)
class Author:
    """Who wrote, as one face may know them. `key` is `team` for all staff where the brand speaks.

    `picture` is there only where the face may know the person by their full name.
    """

    key: str
    name: str
    initials: str
    hue: int
    by_staff: bool
    picture: str | None = None


@dataclass(frozen=True)
class EventLine:
    """What happened, for staff: names, and the new title where there is one."""

    name: str
    actor: str
    person: str | None
    title: str | None


@dataclass(frozen=True)
class MessageView:
    """A message for one face. `number` counts for read marks, `position` orders, `rev` tells newer from older."""

    id: str
    discussion_id: str
    kind: str
    number: int
    position: int
    rev: int
    author: Author
    html: Markup
    body: str = field(repr=False)
    posted_at: datetime
    edited_at: datetime | None
    deleted: bool
    origin: str
    versions: int
    line: EventLine | None


@dataclass(frozen=True)
class LastLine:
    """The last message of a discussion, as one plain line."""

    author_key: str
    author_name: str
    text: str
    note: bool
    deleted: bool


@dataclass(frozen=True)
class BrandChip:
    """A brand's name and colour."""

    id: str
    name: str
    hue: int
    initials: str


@dataclass(frozen=True)
class Row:
    """A discussion in a list, for one face. `last_number` and `active_at` are that face's own."""

    id: str
    title: str
    audience: str | None
    brand: BrandChip | None
    space: str | None
    initials: str
    hue: int
    last: LastLine | None
    last_number: int
    active_at: datetime
    order: int
    archived: bool
    rev: int


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


@dataclass(frozen=True)
class DiscussionView:
    """A discussion's page. For clients `participants` is empty, always, and so is everything about staff."""

    row: Row
    may: frozenset[str]
    read: int
    created_at: datetime | None = None
    owner_name: str | None = None
    participants: tuple[ParticipantView, ...] = ()
    messages_count: int = 0


@dataclass(frozen=True)
class MessagesPage:
    """A stretch of messages. `older` is the position to ask before; `rev` the newest change it includes.

    `first_unread` is the number of the first message after `read` by somebody else, in this stretch or not.
    """

    messages: tuple[MessageView, ...]
    older: int | None
    rev: int
    read: int
    end: bool = True
    first_unread: int | None = None


@dataclass(frozen=True)
class VersionView:
    """What a message said before."""

    html: Markup
    editor: str
    replaced_at: datetime


@dataclass(frozen=True)
class ReachPerson:
    """A client who will get the message, and whether a page of theirs is open."""

    name: str
    online: bool


@dataclass(frozen=True)
class Reach:
    """Who will get what is being written (SPEC Z1)."""

    people: tuple[ReachPerson, ...]
    colleagues: int
    mode: str


@dataclass(frozen=True)
class PersonView:
    """Somebody in the staff's lists."""

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
