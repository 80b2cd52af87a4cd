"""What an erasure takes away beside the messages: what others' rows still say of them (SPEC Z9)."""

from datetime import datetime
from typing import Any

from sqlalchemy import Select, func, select, update

from portal.access import Viewer
from portal.actions import mails, said
from portal.actions.facts import record
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.models import (
    Address,
    Agreement,
    Conversation,
    Erasure,
    Event,
    Export,
    ExportState,
    Face,
    Fact,
    Fate,
    Incoming,
    Mail,
    MailState,
    Message,
    MessageKind,
    Participation,
    Person,
    Reminder,
    Space,
)
from portal.models.mail import IN_DIGEST

ENDED = "erased"
SOME = 100  # digests that are looked at in one go
UNDECIDED = (Fate.NEW, Fate.HELD)  # what somebody has still to read


def end_exports(conversations: Any, *which: Any) -> None:
    """Inside a unit: nobody has exports of these conversations, by internal ids, nor `which`, any more."""
    was_in = select(Participation.person_id).where(Participation.conversation_id.in_(conversations))
    gone = {"state": ExportState.GONE, "ends_at": now(), "reason": ENDED}
    for one in (Export.conversation_id.in_(conversations), Export.subject_id.in_(was_in), *which):
        db.session.execute(update(Export).where(one).values(gone).execution_options(synchronize_session=False))


def forget_digests(conversation_id: int) -> None:
    """Digests tell names and titles of many discussions: those sent lose their words, others are written anew."""
    line, begins = Mail.__table__.alias(), len(IN_DIGEST) + 1
    named = select(func.substr(line.c.reason, begins)).where(line.c.conversation_id == conversation_id)
    keys = named.where(line.c.reason.startswith(IN_DIGEST))
    found = select(Mail.id, Mail.state).where(Mail.public_id.in_(keys), Mail.html != "").limit(SOME)
    while digests := db.session.execute(found).all():
        db.session.rollback()
        for digest in digests:
            if digest.state == MailState.QUEUED:
                mails.take_back_digest(digest.id)
        with transaction():
            ids = [digest.id for digest in digests]
            db.session.execute(update(Mail).where(Mail.id.in_(ids)).values(text="", html=""))


def quoting(conversation_id: int, person_id: int) -> Any:
    """Mails by which others wrote after somebody had: they may quote it. Not those that somebody must decide about."""
    here = Incoming.conversation_id == conversation_id, Incoming.fate.not_in(UNDECIDED)
    theirs = Incoming.person_id.is_(None) | (Incoming.person_id != person_id)
    return here[0] & here[1] & theirs & (Incoming.received_at >= _first(conversation_id, person_id).scalar_subquery())


def begin_again(conversation_id: int, received_at: datetime) -> None:
    """Inside a unit: a mail of somebody else that waited while a client was erased may quote them, and is decided now.

    Their erasures go over it once more.
    """
    there = select(Participation.person_id).where(Participation.conversation_id == conversation_id)
    mine = update(Erasure).where(Erasure.subject_id.in_(there), Erasure.created_at >= received_at)
    db.session.execute(mine.values(done_at=None, due_at=now()).execution_options(synchronize_session=False))


def unclaimed(person_id: int) -> Any:
    """Mails that nobody was found for, from an address of theirs."""
    theirs = select(Address.email).where(Address.person_id == person_id)
    sender = func.lower(func.trim(Incoming.sender, "<>"))
    return Incoming.person_id.is_(None) & (func.lower(Incoming.email).in_(theirs) | sender.in_(theirs))


def answering(person_id: int) -> Any:
    """Mails that told a sender that theirs was not passed on: to an address of theirs, or one they answered us from."""
    others = select(Address.email).where(Address.person_id != person_id)
    wrote = select(func.lower(Incoming.email)).where(Incoming.person_id == person_id)
    theirs = select(Address.email).where(Address.person_id == person_id)
    to = Mail.email
    return Mail.person_id.is_(None) & (to.in_(theirs) | (to.in_(wrote) & to.not_in(others)))


def unfold(viewer: Viewer, conversation: Conversation, person_id: int) -> None:
    """Inside a unit: the messages that came by those mails have no folded lines any more."""
    query = select(Message, Person.face).join(Person, Person.id == Message.author_id)
    others = Message.conversation_id == conversation.id, Message.author_id != person_id, Message.quoted > 0
    first = _first(conversation.id, person_id).scalar_subquery()
    for message, face in db.session.execute(query.where(*others, Message.created_at >= first)).all():
        message.quoted = 0
        # As `show` has it: to clients something folded is offered under clients' messages alone.
        said.drawn_anew(viewer, conversation, message, to_clients=_is_text(message) and face == Face.CLIENT)


def ask_no_more(viewer: Viewer, conversation: Conversation, ids: list[int]) -> None:
    """Inside a unit: what asked for agreement to these messages goes on as a message like any other."""
    asking = select(Agreement.request_id).where(Agreement.message_id.in_(ids))
    for request in db.session.scalars(select(Message).where(Message.id.in_(asking), Message.asks)).all():
        request.asks = False
        said.drawn_anew(viewer, conversation, request, to_clients=True)


def remind_no_more(ids: list[int]) -> None:
    """Inside a unit: who has a reminder of these messages is told to look again, for it goes with them."""
    theirs = select(Reminder.person_id).where(Reminder.message_id.in_(ids))
    for person in db.session.scalars(select(Person).where(Person.id.in_(theirs))).all():
        record(None, Fact.REMINDER_RANG, person=person)


def unname(space: Space, person: str, name: str) -> None:
    """Inside a unit: lines that told what a client's own space is or was called tell `name`."""
    told = select(Event.message_id).where(Event.name.in_((Fact.SPACE_CHANGED, Fact.SPACE_RENAMED)))
    lines = select(Message.body).where(Message.id.in_(told), Message.body != "")
    linked = select(Conversation.id).where(Conversation.space_id == space.id)
    others = db.session.scalars(select(Space.name).where(Space.id != space.id))
    called = {*db.session.scalars(lines.where(Message.conversation_id.in_(linked)))} - {*others}
    theirs = update(Message).where(Message.id.in_(told), Message.body.in_(called | {space.name, person}))
    db.session.execute(theirs.values(body=name).execution_options(synchronize_session=False))


def _is_text(message: Message) -> bool:
    return message.kind == MessageKind.TEXT


def _first(conversation_id: int, person_id: int) -> Select[Any]:
    """When somebody said something there first."""
    theirs = Message.conversation_id == conversation_id, Message.author_id == person_id
    return select(func.min(Message.created_at)).where(*theirs, Message.kind != MessageKind.EVENT)
