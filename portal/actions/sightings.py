"""Seeing a discussion as one of its clients does (SPEC Z2): written down before anything is seen."""

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record_line
from portal.actions.unit import unit
from portal.extensions import db
from portal.models import Fact, Person, Sighting


def see_as(viewer: Viewer, key: str, person_key: str) -> None:
    """Record that the viewer, of staff, sees the discussion as the client; one line for colleagues within the hour.

    Raises `NotFound` and `Forbidden` as `access.seen_as` does.
    """
    with unit(viewer) as viewer:
        standing = access.staff_standing(viewer, key, lock=True)
        access.require(viewer, Act.SEE_AS, standing)
        client = access.seen_as(viewer, key, person_key)
        if access.sighted(viewer, client):
            return
        person = db.session.get_one(Person, client.person_id)
        db.session.add(
            Sighting(conversation_id=standing.conversation.id, viewer_id=viewer.person_id, client_id=person.id)
        )
        record_line(viewer, Fact.DISCUSSION_SEEN_AS, standing.conversation, person=person)
