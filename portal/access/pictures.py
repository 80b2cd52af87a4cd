"""Whose face a viewer may see: theirs, beside whose names a page or frame for that viewer draws it.

A face says more than any name. So clients get those of staff only where the firm shows them full names (SPEC D5),
and of staff and clients alike only of who wrote a message that they may read (D5, D6).
"""

from sqlalchemy import ColumnElement, Exists, Select, exists, or_, select
from sqlalchemy.orm import aliased

from portal.access import scopes
from portal.access.getters import one
from portal.access.viewer import Viewer
from portal.models import Face, Firm, Message, Participation, Person, Picture, StaffNames


def picture(viewer: Viewer, key: str, size: str) -> Picture:
    """The picture at the address `key`, in one of its sizes."""
    return one(pictures(viewer).where(Person.picture == key, Picture.size == size))


def pictures(viewer: Viewer) -> Select[Picture]:
    """Pictures of oneself, and of those whom one is shown."""
    shown = _to_staff(viewer) if viewer.is_staff else _to_client(viewer)
    mine = Person.id == viewer.person_id
    return select(Picture).join(Person, Person.id == Picture.person_id).where(or_(mine, shown))


def _to_staff(viewer: Viewer) -> ColumnElement[bool]:
    """People they find, people who are in a discussion of theirs now, and who wrote there and left."""
    known = scopes.people(viewer).with_only_columns(Person.id)
    return or_(Person.id.in_(known), _beside(viewer), _wrote(viewer))


def _to_client(viewer: Viewer) -> ColumnElement[bool]:
    full_names = exists().where(Firm.staff_names == StaffNames.FULL)
    return _wrote(viewer) & or_(Person.face == Face.CLIENT, full_names)


def _wrote(viewer: Viewer) -> Exists:
    """Whether the person wrote a message that the viewer may read."""
    return scopes.messages(viewer).where(Message.author_id == Person.id).exists()


def _beside(viewer: Viewer) -> Exists:
    """Whether the person is in a discussion in which the viewer is."""
    theirs, mine = aliased(Participation), aliased(Participation)
    return exists().where(
        theirs.person_id == Person.id,
        theirs.left_at.is_(None),
        mine.conversation_id == theirs.conversation_id,
        mine.person_id == viewer.person_id,
        mine.left_at.is_(None),
    )
