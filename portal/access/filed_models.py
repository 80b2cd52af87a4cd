"""What templates get of lists of files. As the other read models: frozen, with no way back to the database."""

from dataclasses import dataclass
from datetime import datetime

from portal.access.read_models import Author, FileView


@dataclass(frozen=True)
class ListedFile:
    """A file in a list: with whose message it came, when, and where that stands."""

    file: FileView
    author: Author
    posted_at: datetime
    discussion_id: str
    title: str
    message_id: str
    note: bool = False


@dataclass(frozen=True)
class FilesPage:
    """Files, the newest first; `more` is the one to ask after for those that follow."""

    files: tuple[ListedFile, ...]
    more: str | None = None
