"""How far somebody has read. State, not a fact: a row without an event."""

from portal import access
from portal.access import Viewer
from portal.actions.unit import unit
from portal.models import Face


def read(viewer: Viewer, key: str, number: int) -> int:
    """Move the read mark up to `number` (of the viewer's face), never back and never past the last; gives it."""
    with unit(viewer) as viewer:
        # Locked: two pages that report at once must not move it back on PostgreSQL.
        standing = access.conversation(viewer, key, lock=True)
        conversation, stay = standing.conversation, standing.stay
        last = conversation.seq if viewer.face == Face.STAFF else conversation.public_seq
        stay.read = max(stay.read, min(number, last))
        return stay.read
