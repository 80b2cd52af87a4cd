"""Agreement on record (SPEC Z7): staff ask for it on a message, clients agree or ask for a change.

What is agreed to is frozen when it is asked: words and hashes of files in one canonical form (`kernel.canonical`), so
that anybody can make its hash again. A request is a message of its own, so that it is read, mailed and answered as
every message; its clients see of the answers their own alone.
"""

from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Called, Names, Standing, Viewer
from portal.access.viewer import LINK
from portal.actions import messages, turns, writing
from portal.actions.beside import Beside
from portal.actions.facts import record, record_line
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.canonical import canonical, sha256, utc
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Forbidden
from portal.models import (
    Agreement,
    AgreementAnswer,
    AnswerKind,
    Conversation,
    Face,
    Fact,
    File,
    Firm,
    Mention,
    Message,
    MessageKind,
    Participation,
    Person,
    Turn,
)


def ask(viewer: Viewer, key: str, message_key: str, *, body: str, token: str) -> str:
    """Ask the discussion's clients to agree to a message, with some words; gives the id of the message that asks.

    Every client in it has to be able to read what it is about. The same `token` asks once.
    """
    standing = access.conversation(viewer, key)
    about = _askable(viewer, standing, message_key)
    frozen, html = _frozen(standing, about)
    rev = about.rev  # now: inside the transaction the row is read anew

    def keep(request_id: int) -> None:
        _must_be_read_by_all(standing.conversation, about, rev)
        values = {"conversation_id": about.conversation_id, "message_id": about.id, "request_id": request_id}
        db.session.add(Agreement(**values, asker_id=viewer.person_id, frozen=frozen, html=html, sha256=sha256(frozen)))
        db.session.execute(update(Message).where(Message.id == request_id).values(asks=True))

    return messages.post(viewer, key, body=body, token=token, beside=Beside(0, 0, keep))


def answer(viewer: Viewer, message_key: str, key: str, *, agreed: bool, body: str = "", token: str = "") -> None:
    """Agree, or ask for a change in words, which become a message of the client's; by a mail's link too.

    Who has agreed says no more: agreeing twice is agreeing once. Raises `Conflict` when it was withdrawn.
    """
    words = writing.prepared(body) if not agreed else None
    if words:
        writing.checked_token(token)
    with unit(viewer, by_mail=True) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.WRITE, standing)
        request = access.message(viewer, standing, message_key)
        row = _open(viewer, request)
        if _last(row, viewer) == AnswerKind.AGREED:
            return
        said = writing.write(viewer, standing, *words, MessageKind.TEXT, token) if words else ""
        if said and _known(row, said):
            return
        _put_on_record(viewer, standing, row, request, AnswerKind.AGREED if agreed else AnswerKind.CHANGE, said)


def withdraw(viewer: Viewer, key: str, message_key: str) -> None:
    """Ask no more; what was said stays on record. For staff who are in the discussion."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.ARCHIVE, standing)
        request = access.message(viewer, standing, message_key)
        row = _of(request)
        if row.withdrawn_at is None:
            row.withdrawn_at = now()
            record(viewer, Fact.AGREEMENT_CHANGED, standing.conversation, message_id=request.id)
            record_line(viewer, Fact.AGREEMENT_WITHDRAWN, standing.conversation)


def _askable(viewer: Viewer, standing: Standing, message_key: str) -> Message:
    """A text that stands, in a discussion where clients write. Raises `NotFound`, `Forbidden`."""
    about = access.message(viewer, standing, message_key)
    text = about.kind == MessageKind.TEXT and about.deleted_at is None and not about.asks
    if not (viewer.is_staff and standing.conversation.has_turns and text):
        raise Forbidden("forbidden")
    return about


def _must_be_read_by_all(conversation: Conversation, about: Message, rev: int) -> None:
    """Lest it be read by a client from whom it is hidden; there has to be one, and it still stands as at `rev`."""
    inside = Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    clients = select(Person.name).join(Participation, Participation.person_id == Person.id)
    clients = clients.where(*inside, Person.face == Face.CLIENT)
    if db.session.scalars(clients.where(access.scopes.active_account(Person.id))).first() is None:
        raise Conflict("nobody_to_agree")
    reads = access.scopes.covered(Face.CLIENT, Person.id)
    unread = clients.join(Message, Message.id == about.id).where(~reads)
    if name := db.session.scalars(unread).first():
        raise Conflict("agreement_hidden", name=name)
    stands = select(Message.id).where(Message.id == about.id, Message.rev == rev, Message.deleted_at.is_(None))
    if db.session.scalar(stands) is None:
        raise Conflict("agreement_changed")


def _frozen(standing: Standing, about: Message) -> tuple[str, str]:
    """The canonical form, and the HTML that is shown: as clients read them now."""
    show = access.shower(Face.CLIENT, db.session.scalar(select(Firm.staff_names)))
    brand = standing.conversation.brand
    names = Names(show, brand, _called(about))
    files = select(File).where(File.message_id == about.id).order_by(File.place)
    form = {
        "author": show.author(about.author, brand).name,
        "files": [{"name": file.name, "sha256": file.sha256, "size": file.size} for file in db.session.scalars(files)],
        "message": about.public_id,
        "posted_at": utc(about.created_at),
        "text": names.plain(about.body),
    }
    return canonical(form), str(names.html(about.html))


def _called(about: Message) -> dict[int, Called]:
    """Whom a message mentions, by place."""
    query = select(Mention).where(Mention.message_id == about.id, Mention.place > 0).options(joinedload(Mention.person))
    return {row.place: Called(row.person, row.shown) for row in db.session.scalars(query)}


def _of(request: Message) -> Agreement:
    row = db.session.scalars(select(Agreement).where(Agreement.request_id == request.id)).first()
    if row is None:
        raise Forbidden("forbidden")
    return row


def _open(viewer: Viewer, request: Message) -> Agreement:
    """What a client may answer now."""
    row = _of(request)
    if viewer.is_staff:
        raise Forbidden("forbidden")
    if row.withdrawn_at is not None or request.deleted_at is not None:
        raise Conflict("agreement_withdrawn")
    return row


def _last(row: Agreement, viewer: Viewer) -> str | None:
    query = select(AgreementAnswer.kind).where(AgreementAnswer.agreement_id == row.id)
    mine = query.where(AgreementAnswer.person_id == viewer.person_id)
    return db.session.scalar(mine.order_by(AgreementAnswer.id.desc()).limit(1))


def _known(row: Agreement, said: str) -> bool:
    """Whether these words, sent again, are on record already."""
    query = select(AgreementAnswer.id).join(Message, Message.id == AgreementAnswer.message_id)
    return db.session.scalar(query.where(AgreementAnswer.agreement_id == row.id, Message.public_id == said)) is not None


def _put_on_record(
    viewer: Viewer, standing: Standing, row: Agreement, request: Message, kind: AnswerKind, said: str
) -> None:
    person, at = db.session.get_one(Person, viewer.person_id), now()
    way = "link" if viewer.via == LINK else "portal"
    form = canonical({"answer": kind, "at": utc(at), "content": row.sha256, "name": person.name, "way": way})
    values: dict[str, Any] = {"person_id": person.id, "name": person.name, "kind": kind, "way": way, "at": at}
    if said:
        values["message_id"] = db.session.scalars(select(Message.id).where(Message.public_id == said)).one()
    db.session.add(AgreementAnswer(agreement_id=row.id, **values, record=form, sha256=sha256(form)))
    record(viewer, Fact.AGREEMENT_ANSWERED, standing.conversation, message_id=request.id)
    fact = Fact.AGREEMENT_GIVEN if kind == AnswerKind.AGREED else Fact.AGREEMENT_REFUSED
    record_line(viewer, fact, standing.conversation, person=person)
    if kind == AnswerKind.AGREED and _alone(standing.conversation):
        turns.expect(viewer, standing.conversation, Turn.US)


def _alone(conversation: Conversation) -> bool:
    """Whether one client is in it. Several would read from whose turn it is that another has agreed (SPEC D6)."""
    inside = Participation.conversation_id == conversation.id, Participation.left_at.is_(None)
    active = access.scopes.active_account(Participation.person_id)
    query = select(func.count()).select_from(Participation).where(*inside, Participation.face == Face.CLIENT, active)
    return db.session.scalar(query) == 1
