"""An e-mail as the rest of the house sees it: read once, and never changed."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class Address:
    """Somebody in a header. `email` is as written (compare it case-folded); `name` is clean and proves nothing."""

    name: str
    email: str


@dataclass(frozen=True)
class Attachment:
    """A file that came with a mail. Its name has no path, its type is only what the sender says."""

    name: str
    type: str
    content: bytes
    content_id: str  # without brackets; empty where there is none
    inline: bool  # to be shown in the text, and not beside it


@dataclass(frozen=True)
class Mail:
    """What `parse` understood of an e-mail; the raw mail stays the only full record of it."""

    froms: tuple[Address, ...]  # of every From header
    author: Address | None  # who wrote it, by their own word; None where the headers allow two readings
    reply_to: tuple[Address, ...]
    sender: Address | None
    return_path: str | None  # without brackets; empty for the null path, None where there is no such header
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    delivered_to: tuple[Address, ...]  # Delivered-To, X-Original-To, Envelope-To
    subject: str  # one clean line
    message_id: str | None  # with brackets, as are those below
    in_reply_to: str | None
    references: tuple[str, ...]
    date: datetime | None  # UTC
    authentication_results: tuple[str, ...]  # unfolded, in the order of the mail: the newest first
    text: str  # clean, with line feeds; empty where there is none
    attachments: tuple[Attachment, ...]
    headers: tuple[tuple[str, str], ...]  # (name in lower case, unfolded value) of the mail itself, in order
    type: str  # of the whole: text/plain, multipart/report …
    cut: tuple[str, ...]  # what was beyond a limit and not read: size, headers, parts, text, broken

    @property
    def unclear(self) -> bool:
        """Whether who wrote it cannot be told: no From, several, or one that programs read differently."""
        return self.author is None

    @property
    def recipients(self) -> tuple[Address, ...]:
        """Everybody it says it is for; where it was delivered comes first."""
        return self.delivered_to + self.to + self.cc

    def all(self, name: str) -> tuple[str, ...]:
        """The values of each header `name` (in lower case), in order."""
        return tuple(value for key, value in self.headers if key == name)
