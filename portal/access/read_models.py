"""What templates get: frozen, with no way back to the database. Made by `show` and by queries."""

from dataclasses import dataclass, field
from datetime import datetime

from markupsafe import Markup

from portal.access.marks import ReactionView, SeenBy
from portal.access.people_models import AwaitedView, ParticipantView


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
class FileView:
    """A file of a message: what its sender calls it, how many bytes it has, and as what it is shown.

    `look` is image, pdf, audio, video, document, sheet, slides, archive, picture or file. `width` and `height` are
    those of its preview in pixels, 0 while there is none; `coming` is whether there will be one.
    """

    id: str
    name: str
    size: int
    look: str = "file"
    width: int = 0
    height: int = 0
    coming: bool = False

    @property
    def known(self) -> dict[str, str | int]:
        """For the page's scripts."""
        return {"id": self.id, "name": self.name, "size": self.size}


@dataclass(frozen=True)
class QuoteView:
    """What a message answers, in one line. Without an `id` it is an earlier message that not all may read."""

    id: str = ""
    author_key: str = ""
    author_name: str = ""
    text: str = ""
    note: bool = False
    deleted: bool = False


@dataclass(frozen=True)
class MentionedIn:
    """A message that mentions its reader, in one line."""

    message_id: str
    discussion_id: str
    title: str
    author: Author
    text: str
    note: bool
    posted_at: datetime
    unread: bool


@dataclass(frozen=True)
class MessageView:
    """A message for one face. `number` counts for read marks, `position` orders, `rev` tells newer from older.

    `quoted` are the lines of its mail that are folded: for staff their number, for clients whether a client's has any.
    """

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
    files: tuple[FileView, ...] = ()
    quoted: int = 0
    reactions: tuple[ReactionView, ...] = ()
    quote: QuoteView | None = None
    asks: bool = False


@dataclass(frozen=True)
class LastLine:
    """The last message of a discussion, as one plain line; to staff, `reached` says whom its mentions concern."""

    author_key: str
    author_name: str
    text: str
    note: bool
    deleted: bool
    files: int = 0
    reached: tuple[str, ...] = ()


@dataclass(frozen=True)
class BrandChip:
    """A brand's name and colour."""

    id: str
    name: str
    hue: int
    initials: str


@dataclass(frozen=True)
class Row:
    """A discussion in a list, for one face. `last_number` and `active_at` are that face's own.

    `turn` is a `Turn`, empty where nobody is waited for; clients know of one alone: that we wait for them. `pinned`
    is one person's, and never in what is drawn once for all.
    """

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
    turn: str = ""
    turn_since: datetime | None = None
    pinned: bool = False
    announcement: bool = False


@dataclass(frozen=True)
class Related:
    """A discussion that belongs to another: its id and title; of an announcement, what of it was answered first."""

    id: str
    title: str
    message_id: str = ""
    words: str = ""


@dataclass(frozen=True)
class DiscussionView:
    """A discussion's page; `notify` is which mails of it one wants.

    `related` is the announcement that it is about; of an announcement, the discussion with a client's own answers.
    For clients `participants` is empty, always, and so is everything about staff.
    """

    row: Row
    may: frozenset[str]
    read: int
    notify: str = "all"
    created_at: datetime | None = None
    owner_name: str | None = None
    participants: tuple[ParticipantView, ...] = ()
    messages_count: int = 0
    related: Related | None = None
    awaited: tuple[AwaitedView, ...] = ()
    erased_at: datetime | None = None  # where its brand keeps nothing so old (SPEC Z9)


@dataclass(frozen=True)
class MessagesPage:
    """A stretch of messages. `older` is the position to ask before; `rev` the newest change it includes.

    `first_unread` is the number of the first message after `read` by somebody else, in this stretch or not.
    `seen_by` are, for staff, the others' marks; `seen` is, for a client, the number of their own last message that
    staff have read, else 0.
    Opened at a message `at`, it may not go to the end: `newer` is the position to ask after. `missing` says that there
    is no such message for this reader.
    """

    messages: tuple[MessageView, ...]
    older: int | None
    rev: int
    read: int
    end: bool = True
    first_unread: int | None = None
    seen_by: tuple[SeenBy, ...] = ()
    seen: int = 0
    newer: int | None = None
    at: str = ""
    missing: bool = False


@dataclass(frozen=True)
class VersionView:
    """What a message said before."""

    html: Markup
    editor: str
    replaced_at: datetime
