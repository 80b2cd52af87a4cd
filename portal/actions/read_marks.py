"""How far somebody has read, and which mails they want of it. State, not a fact: a row without an event."""

from sqlalchemy import func, select

from portal import access
from portal.access import Viewer
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.errors import Forbidden, Invalid
from portal.models import Face, MessageKind, Notify, Participation, Reading


def read(viewer: Viewer, key: str, number: int) -> int:
    """Move the read mark up to `number` (of the viewer's face), never back and never past the last; gives it."""
    return move(viewer, key, number)[0]


def move(viewer: Viewer, key: str, number: int) -> tuple[int, int | None]:
    """The same; gives the mark and the internal id of the reading, None where all up to there was read before."""
    with unit(viewer, by_mail=True) as viewer:
        # Locked: two pages that report at once must not move it back on PostgreSQL.
        standing = access.conversation(viewer, key, lock=True)
        conversation, stay = standing.conversation, standing.stay
        last = conversation.seq if viewer.face == Face.STAFF else conversation.public_seq
        mark = min(number, last)
        if mark <= stay.read:
            return stay.read, None
        stay.read = mark
        return mark, _noted(stay, mark)


def unread(viewer: Viewer, key: str, message_key: str) -> tuple[int, int]:
    """Move the read mark back to before a message (SPEC M4); gives the mark, and the last number there is.

    Reading has happened: what others see of it stays, and what was read is told by no mail.
    """
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        conversation, stay = standing.conversation, standing.stay
        message = access.message(viewer, standing, message_key)
        if message.kind == MessageKind.EVENT:
            raise Forbidden("forbidden")
        number = message.seq if viewer.face == Face.STAFF else message.public_seq or 0
        stay.mailed = max(stay.mailed, stay.read)
        stay.read = min(stay.read, number - 1)
        return stay.read, conversation.seq if viewer.face == Face.STAFF else conversation.public_seq


def set_notify(viewer: Viewer, key: str, wanted: str) -> None:
    """Choose which mails of a discussion one wants: a `Notify` (SPEC E10); for this stay. Raises `Invalid`."""
    if wanted not in set(Notify):
        raise Invalid("bad_request")
    with unit(viewer) as viewer:
        access.conversation(viewer, key).stay.notify = wanted


def _noted(stay: Participation, mark: int) -> int | None:
    """Who reads again what they had marked as unread did not read it later than they did."""
    before = db.session.scalar(select(func.max(Reading.number)).where(Reading.participation_id == stay.id))
    if before is not None and before >= mark:
        return None
    reading = Reading(participation_id=stay.id, number=mark)
    db.session.add(reading)
    db.session.flush()
    return reading.id
