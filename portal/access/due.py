"""What is somebody's own: words that wait to go out, and what they want to be told of. Nobody else sees any of it."""

from sqlalchemy import ColumnElement, Select, false, select
from sqlalchemy.orm import InstrumentedAttribute, joinedload

from portal.access.getters import one
from portal.access.viewer import Viewer
from portal.models import Later, LaterState, Reminder

SHOWN = (LaterState.WAITING, LaterState.KEPT)


def laters(viewer: Viewer) -> Select[Later]:
    """Messages of the viewer's that wait, or were not sent."""
    return select(Later).where(_own(viewer, Later.author_id), Later.state.in_(SHOWN))


def reminders(viewer: Viewer) -> Select[Reminder]:
    """What the viewer asked to be reminded of."""
    return select(Reminder).where(_own(viewer, Reminder.person_id))


def later(viewer: Viewer, key: str, *, lock: bool = False) -> Later:
    """A message of the viewer's that is not one yet, or was one and is no more; with its conversation."""
    query = select(Later).where(_own(viewer, Later.author_id), Later.public_id == key)
    return one(query.with_for_update(of=Later) if lock else query.options(joinedload(Later.conversation)))


def reminder(viewer: Viewer, key: str) -> Reminder:
    """A reminder of the viewer's, with its conversation."""
    return one(reminders(viewer).where(Reminder.public_id == key).options(joinedload(Reminder.conversation)))


def _own(viewer: Viewer, owner: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Who came by a mail's link has none here: they are of the person, not of one conversation."""
    return owner == viewer.person_id if viewer.limit is None else false()
