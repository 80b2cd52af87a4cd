"""Who will get what is being written (SPEC Z1). For staff; a client always reads the same sentence."""

from collections.abc import Collection

from sqlalchemy import select

from portal import access
from portal.access import Viewer
from portal.access.read_models import Reach, ReachPerson
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.models import Face, MessageKind, Participation, Person


def reach(viewer: Viewer, key: str, mode: str, online: Collection[int]) -> Reach:
    """The active clients, by name, and the number of colleagues who get a message of `mode` (text, note)."""
    if not viewer.is_staff:
        raise NotFound
    conversation = access.conversation(viewer, key).conversation
    mode = MessageKind.NOTE if mode == MessageKind.NOTE else MessageKind.TEXT
    query = (
        select(Person.id, Person.name, Person.face)
        .join(Participation, Participation.person_id == Person.id)
        .where(
            Participation.conversation_id == conversation.id,
            Participation.left_at.is_(None),
        )
        .where(access.scopes.active_account(Person.id), Person.id != viewer.person_id)
        .order_by(Person.folded)
    )
    found = db.session.execute(query).all()
    clients = [person for person in found if person.face == Face.CLIENT and mode == MessageKind.TEXT]
    return Reach(
        people=tuple(ReachPerson(person.name, person.id in online) for person in clients),
        colleagues=sum(person.face == Face.STAFF for person in found),
        mode=mode,
    )
