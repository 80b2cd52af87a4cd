"""Read models of what is due: what waits to go out, reminders, and agreements on record."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

if TYPE_CHECKING:
    from portal.access.read_models import FileView


@dataclass(frozen=True)
class LaterView:
    """Words of the reader's that wait, or were not sent (`reason`); `stamp` is their time as a field shows it.

    Where the reader is not in the discussion any more there is no `title`, and they can only be taken back.
    """

    id: str
    discussion_id: str
    title: str | None
    body: str = field(repr=False)
    note: bool
    held: bool
    unless: bool
    due_at: datetime
    stamp: str
    reason: str
    files: "tuple[FileView, ...]" = ()
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def kept(self) -> bool:
        """Whether it was not sent."""
        return bool(self.reason)


@dataclass(frozen=True)
class ReminderView:
    """Something that the reader asked for: at `due_at`, or (None) when there is a reply; `rang` once it is so."""

    id: str
    discussion_id: str
    message_id: str | None
    title: str
    words: str = field(repr=False)
    due_at: datetime | None
    rang_at: datetime | None


@dataclass(frozen=True)
class FrozenFile:
    """A file as it was: its name and SHA-256."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True)
class AnswerView:
    """What a client said, for staff: who, when, by which way, and where its record can be checked."""

    name: str
    agreed: bool
    at: datetime
    way: str
    record: str = field(repr=False)
    sha256: str


@dataclass(frozen=True)
class AgreementView:
    """What a request for agreement shows to one face. Clients never see an answer here, nor that there is one."""

    id: str
    html: Markup = field(repr=False)
    text: str = field(repr=False)
    files: tuple[FrozenFile, ...]
    changed: bool
    withdrawn: bool
    answers: tuple[AnswerView, ...] = ()


@dataclass(frozen=True)
class OwnAnswer:
    """What a client themselves said of a request, if anything, and whether it still can be answered."""

    agreement: AgreementView
    discussion_id: str
    agreed_at: datetime | None
    change_at: datetime | None

    @property
    def open(self) -> bool:
        """Whether there is something to answer."""
        return not self.agreement.withdrawn and self.agreed_at is None


@dataclass(frozen=True)
class Certificate:
    """Everything on record of one request, for staff."""

    agreement: AgreementView
    discussion_id: str
    title: str
    brand: str
    author: str
    posted_at: str
    asker: str
    asked_at: datetime
    withdrawn_at: datetime | None
    frozen: str = field(repr=False)
    sha256: str
