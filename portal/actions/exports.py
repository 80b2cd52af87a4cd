"""Exports (SPEC Z9): asked for and recorded, made by a worker, kept for a while for who asked."""

from datetime import datetime, timedelta

from sqlalchemy import Select, Update, func, select, update

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record_line
from portal.actions.unit import transaction, unit
from portal.extensions import db, rows
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.models import Contents, Conversation, Export, ExportState, Face, Fact, Participation, Person

CLAIM = timedelta(seconds=90)  # without a word from who makes it, somebody else does
KEPT = timedelta(days=7)
WAITING = 5  # of one person at once
TRIES = 5


def ask_discussion(
    viewer: Viewer, key: str, *, contents: str, notes: bool = False, client_key: str = "", batch: bool = False
) -> str:
    """Ask for the file of a discussion: staff in it, or admins, as an exception on record. Gives its public id.

    As the client `client_key` sees it there are no notes, ever. Raises `NotFound`, `Forbidden`, `Invalid`, `Conflict`.
    """
    _checked(contents, notes)
    with unit(viewer) as viewer:
        conversation = access.recorded_conversation(viewer, key)
        access.take_turn(viewer, select(Conversation).where(Conversation.id == conversation.id))
        db.session.refresh(conversation)
        _require(viewer, batch)
        client = _client(viewer, conversation, client_key) if contents == Contents.CLIENT else None
        export = _ask(viewer, contents, notes, client, conversation_id=conversation.id)
        record_line(viewer, Fact.DISCUSSION_EXPORTED, conversation)
        return export.public_id


def ask_client(
    viewer: Viewer, person_key: str, *, contents: str, notes: bool = False, client_key: str = "", batch: bool = False
) -> str:
    """Ask for the file of a client, with all discussions that they are or were in: admins. Gives its public id.

    As a client sees it, that is this client.
    """
    _checked(contents, notes)
    if client_key not in ("", person_key):
        raise NotFound
    with unit(viewer) as viewer:
        person = access.recorded_client(viewer, person_key)
        theirs = _conversations(person.id)
        access.take_turn(viewer, theirs.order_by(Conversation.id))  # as all do, lest two wait crosswise
        _require(viewer, batch)
        client = person if contents == Contents.CLIENT else None
        export = _ask(viewer, contents, notes, client, subject_id=person.id)
        for conversation in db.session.scalars(theirs.order_by(Conversation.id).with_for_update()):
            record_line(viewer, Fact.DISCUSSION_EXPORTED, conversation)
        return export.public_id


def drop(viewer: Viewer, key: str) -> None:
    """Have no more of an export of one's own; its file goes with the next sweep."""
    with unit(viewer) as viewer:
        export = access.export(viewer, key)
        export.state, export.ends_at = ExportState.GONE, now()


def take(export_id: int, due_at: datetime) -> bool:
    """Claim an export that was due at that moment: one of all who try gets it."""
    mine = update(Export).where(Export.id == export_id, Export.state == ExportState.QUEUED, Export.due_at == due_at)
    return _hit(mine.values(due_at=now() + CLAIM, tries=Export.tries + 1, done=0))


def progress(export_id: int, done: int, total: int) -> bool:
    """How far it is; whether it is still wanted. Who made it keeps it for another while."""
    mine = update(Export).where(Export.id == export_id, Export.state == ExportState.QUEUED)
    return _hit(mine.values(done=done, total=total, due_at=now() + CLAIM))


def ready(export_id: int, size: int, sha256: str) -> bool:
    """It is whole; False where it is not wanted any more."""
    mine = update(Export).where(Export.id == export_id, Export.state == ExportState.QUEUED)
    values = {"state": ExportState.READY, "size": size, "sha256": sha256, "ends_at": now() + KEPT}
    return _hit(mine.values(**values, done=Export.total))


def failed(export_id: int, reason: str) -> None:
    """It could not be made, for a reason in one word; or it is nobody's any more."""
    state = ExportState.GONE if reason == "removed" else ExportState.FAILED
    mine = update(Export).where(Export.id == export_id, Export.state == ExportState.QUEUED)
    _hit(mine.values(state=state, reason=reason))


def end_old() -> bool:
    """Those whose time is over are gone; whether there were any."""
    over = Export.state == ExportState.READY, Export.ends_at <= now()
    if db.session.scalar(select(Export.id).where(*over).limit(1)) is None:
        return False
    return _hit(update(Export).where(*over).values(state=ExportState.GONE))


def _checked(contents: str, notes: bool) -> None:
    if contents not in set(Contents) or (notes and contents == Contents.CLIENT):
        raise Invalid("bad_request")


def _require(viewer: Viewer, batch: bool) -> None:
    """Not more than a few at once: each may be as large as all that was ever sent."""
    access.require(viewer, Act.EXPORT)
    waiting = select(func.count()).where(Export.asker_id == viewer.person_id, Export.state == ExportState.QUEUED)
    if not batch and (db.session.scalar(waiting) or 0) >= WAITING:
        raise Conflict("too_many_exports")


def _client(viewer: Viewer, conversation: Conversation, key: str) -> Person:
    """As whom it is seen. Staff see no more by it than they do themselves; admins, also who has left."""
    if not viewer.is_admin:
        return db.session.get_one(Person, access.seen_as(viewer, conversation.public_id, key).person_id)
    query = select(Person).join(Participation, Participation.person_id == Person.id)
    query = query.where(Participation.conversation_id == conversation.id, Participation.face == Face.CLIENT)
    found = db.session.scalars(query.where(Person.public_id == key)).first()
    if found is None or not conversation.is_shared:
        raise NotFound
    return found


def _conversations(person_id: int) -> Select[Conversation]:
    theirs = select(Participation.conversation_id).where(Participation.person_id == person_id)
    return select(Conversation).where(Conversation.id.in_(theirs), Conversation.title != "")


def _ask(viewer: Viewer, contents: str, notes: bool, client: Person | None, **about: int) -> Export:
    asked = {"asker_id": viewer.person_id, "as_admin": viewer.is_admin, "contents": contents, "notes": notes}
    export = Export(**asked, client_id=client.id if client else None, **about)
    db.session.add(export)
    db.session.flush()
    return export


def _hit(statement: Update) -> bool:
    with transaction():
        return bool(rows(statement, {}).rowcount)
