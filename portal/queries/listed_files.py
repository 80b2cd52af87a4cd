"""Lists of files, the newest first: of a discussion, of a space. Each reader's are those of messages they may read."""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, tuple_
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Shower, Viewer
from portal.access.filed_models import FilesPage, ListedFile
from portal.extensions import rows
from portal.models import Brand, Conversation, Face, File, Message, MessageKind, Person, Preview
from portal.queries.files import COLUMNS, shown
from portal.queries.firm import shower

PAGE = 40
_AUTHOR = aliased(Person)
_PLACE = tuple_(File.message_id, File.place)


def of_discussion(viewer: Viewer, key: str, *, after: str = "", most: int = PAGE) -> FilesPage:
    """The files of the discussion `key` that the viewer may read; those after the file `after`. Raises `NotFound`."""
    standing = access.conversation(viewer, key)
    asked = {"conversation": standing.conversation.id}
    return _page(viewer, _of_discussion(viewer.face, viewer.role, bool(after)), asked, after, most)


def of_space(viewer: Viewer, key: str, *, after: str = "", most: int = PAGE) -> FilesPage:
    """The same of all of the viewer's discussions in the space `key`."""
    space = access.space(viewer, key)
    return _page(viewer, _of_space(viewer.face, viewer.role, bool(after)), {"space": space.id}, after, most)


def title(viewer: Viewer, key: str) -> str:
    """What the discussion is called."""
    return access.conversation(viewer, key).conversation.title


def _page(viewer: Viewer, query: Select[*tuple[Any, ...]], asked: dict[str, Any], after: str, most: int) -> FilesPage:
    asked = viewer.asked | asked | {"most": most + 1}
    if after:
        last = access.file(viewer, after)
        asked |= {"message": last.message_id, "place": last.place}
    found, show = rows(query, asked).all(), shower(viewer.face)
    files = tuple(_listed(show, row) for row in found[:most])
    return FilesPage(files, files[-1].file.id if len(found) > most else None)


def _listed(show: Shower, row: Any) -> ListedFile:
    seven = len(COLUMNS)
    brand = Brand(public_id=row.brand_key, name=row.brand_name, hue=row.brand_hue)
    person = Person(public_id=row.author_key, name=row.author_name, face=row.author_face, picture=row.picture)
    return ListedFile(
        file=shown(row[:seven]),
        author=show.author(person, brand),
        posted_at=row.created_at,
        discussion_id=row.discussion,
        title=row.title,
        message_id=row.message_key,
        note=row.kind == MessageKind.NOTE and show.face == Face.STAFF,
    )


@cache
def _of_discussion(face: str, role: str, after: bool) -> Select[*tuple[Any, ...]]:
    # The file's own column leads its index; that of its message says the same.
    return _listing(face, role, after).where(File.conversation_id == bindparam("conversation"))


@cache
def _of_space(face: str, role: str, after: bool) -> Select[*tuple[Any, ...]]:
    query = _listing(face, role, after).where(Conversation.space_id == bindparam("space"))
    return query.where(File.conversation_id == Conversation.id)  # for that index, as above


def _listing(face: str, role: str, after: bool) -> Select[*tuple[Any, ...]]:
    """Files of messages that the person `me` may read, the newest first."""
    query = (
        access.files(access.anybody(face, role))
        .join(_AUTHOR, _AUTHOR.id == Message.author_id)
        .join(Brand, Brand.id == Conversation.brand_id)
        .outerjoin(Preview, Preview.file_id == File.id)
        .with_only_columns(
            *COLUMNS,
            Message.public_id.label("message_key"),
            Message.kind,
            Message.created_at,
            Conversation.public_id.label("discussion"),
            Conversation.title,
            _AUTHOR.public_id.label("author_key"),
            _AUTHOR.name.label("author_name"),
            _AUTHOR.face.label("author_face"),
            _AUTHOR.picture,
            Brand.public_id.label("brand_key"),
            Brand.name.label("brand_name"),
            Brand.hue.label("brand_hue"),
            maintain_column_froms=True,
        )
        .order_by(File.message_id.desc(), File.place.desc())
        .limit(bindparam("most"))
    )
    return query.where(tuple_(bindparam("message"), bindparam("place")) > _PLACE) if after else query
