"""Co-owners of a discussion (SPEC D4): whom its owner lets add and remove participants too."""

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record_line
from portal.actions.participants import current, stays_active
from portal.actions.unit import unit
from portal.kernel.errors import Conflict, Invalid
from portal.models import Face, Fact


def make(viewer: Viewer, key: str, person_key: str) -> None:
    """Make a colleague who is in the discussion a co-owner (its owner, where the firm has co-owners).

    A co-owner adds and removes participants, but neither the owner nor another co-owner, and makes no further ones.
    Renaming, deleting the messages of others and handing over stay the owner's: a co-owner helps with who is in it,
    and can take nothing away from whom it belongs to. It ends with their stay, with their account, or when the owner
    takes it back; it rests while the firm has switched co-owners off. It outlives a change of owner.
    """
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.SHARE_OWNERSHIP, standing)
        person, stay = current(standing.conversation, person_key)
        if person.face != Face.STAFF or standing.conversation.owner_id == person.id or not stays_active(person):
            raise Invalid("bad_co_owner")
        if stay.co_owner:
            raise Conflict("co_owner_already", name=person.name)
        stay.co_owner = True
        record_line(viewer, Fact.CO_OWNERSHIP_GIVEN, standing.conversation, person=person)


def unmake(viewer: Viewer, key: str, person_key: str) -> None:
    """Take it back (the owner). They stay in the discussion."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.SHARE_OWNERSHIP, standing)
        person, stay = current(standing.conversation, person_key)
        if not stay.co_owner:
            raise Conflict("no_co_owner", name=person.name)
        stay.co_owner = False
        record_line(viewer, Fact.CO_OWNERSHIP_ENDED, standing.conversation, person=person)
