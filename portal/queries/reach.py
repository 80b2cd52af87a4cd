"""Who will get what is being written, and how (SPEC Z1). For staff; a client always reads the same sentence."""

from collections.abc import Collection

from portal import access
from portal.access import Viewer
from portal.access.people_models import Reach, ReachPerson
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.models import Account, Face, MessageKind, Participation, Person, State
from portal.queries import letters
from portal.queries.forecast import forecast


def reach(viewer: Viewer, key: str, mode: str, online: Collection[int]) -> Reach:
    """The active clients, by name, and the number of colleagues who get a message of `mode` (text, note)."""
    if not viewer.is_staff:
        raise NotFound
    conversation = access.conversation(viewer, key).conversation
    mode = MessageKind.NOTE if mode == MessageKind.NOTE else MessageKind.TEXT
    query = letters.stays().where(Participation.conversation_id == conversation.id, Account.state == State.ACTIVE)
    found = db.session.execute(query.where(Person.id != viewer.person_id).order_by(Person.folded)).all()
    clients = [row for row in found if row.Person.face == Face.CLIENT and mode == MessageKind.TEXT]
    at = now()
    people = (
        ReachPerson(row.Person.name, row.Person.id in online, *forecast(row, at, mentioned=False)) for row in clients
    )
    return Reach(
        people=tuple(people),
        colleagues=sum(row.Person.face == Face.STAFF for row in found),
        mode=mode,
        gap=found[0].Firm.mail_gap if found else 0,
        announcement=conversation.is_announcement,
    )
