"""What a worker does of an erasure that was asked for: in batches, from wherever an earlier try came to (SPEC Z9)."""

from datetime import datetime

from sqlalchemy import Select, delete, func, or_, select, update

from portal import access
from portal.access import Viewer
from portal.actions import echoes, participants, said, search
from portal.actions.erasing import close, system, theirs
from portal.actions.erasure_plan import Deed, pointing
from portal.actions.facts import record, record_line
from portal.actions.purging import BATCH, CLAIM, batch, forget_bytes, proven, table_of
from portal.actions.unit import transaction
from portal.extensions import db, rows
from portal.kernel.clock import now
from portal.models import (
    SEARCH_TERM,
    Conversation,
    Erasure,
    Event,
    Face,
    Fact,
    Firm,
    Kind,
    Mail,
    MailState,
    Message,
    MessageKind,
    Participation,
    Person,
    Space,
    SpaceMember,
)

NOBODY = {"en": "Erased person", "fr": "Personne effacée"}
UNTITLED = "Discussion"  # in both languages
RECORDED = (Fact.OWNERSHIP_TAKEN, Fact.DISCUSSION_ERASED)  # events of an erased discussion that stay: ids alone


def take(erasure_id: int, due_at: datetime) -> bool:
    """Claim an erasure that was due at that moment: one of all who try gets it."""
    mine = update(Erasure).where(Erasure.id == erasure_id, Erasure.done_at.is_(None), Erasure.due_at == due_at)
    with transaction():
        return rows(mine.values(due_at=now() + CLAIM), {}).rowcount == 1


def work(erasure_id: int) -> None:
    """Erase what an erasure that was claimed is about, from wherever an earlier try came to."""
    erasure = db.session.get_one(Erasure, erasure_id)
    conversation_id, subject_id = erasure.conversation_id, erasure.subject_id
    if conversation_id is not None:
        _erase_discussion(erasure_id, conversation_id)
    if subject_id is not None:
        _erase_client(erasure_id, subject_id)
    with proven(erasure_id):
        db.session.execute(update(Erasure).where(Erasure.id == erasure_id).values(done_at=now()))


def _erase_discussion(erasure_id: int, conversation_id: int) -> None:
    echoes.forget_digests(conversation_id)
    message = table_of("message")
    while batch(erasure_id, message, message.c.conversation_id == conversation_id):
        pass
    for table, column, deed in pointing("conversation"):
        if deed == Deed.DELETE:
            while batch(erasure_id, table, column == conversation_id):
                pass
    with proven(erasure_id):
        db.session.execute(delete(SEARCH_TERM).where(SEARCH_TERM.c.conversation_id == conversation_id))
    events = Event.conversation_id == conversation_id, Event.name.not_in(RECORDED)
    while batch(erasure_id, table_of("event"), events[0] & events[1]):
        pass


def _erase_client(erasure_id: int, person_id: int) -> None:
    viewer = _asker(erasure_id)
    while batch(erasure_id, table_of("mail"), echoes.answering(person_id)):
        pass
    for conversation_id in db.session.scalars(_alone(person_id)).all():
        with proven(erasure_id):
            close(viewer, db.session.get_one(Conversation, conversation_id))
        _erase_discussion(erasure_id, conversation_id)
    for conversation_id in db.session.scalars(theirs(person_id).with_only_columns(Conversation.id)).all():
        _leave(viewer, erasure_id, conversation_id, person_id)
        _untitle(viewer, erasure_id, conversation_id, person_id)
        while _unsay(viewer, erasure_id, conversation_id, person_id):
            pass
        echoes.forget_digests(conversation_id)
        while batch(erasure_id, table_of("incoming"), echoes.quoting(conversation_id, person_id)):
            pass
        _forget_words(viewer, erasure_id, conversation_id, person_id)
    _forget_person(erasure_id, person_id)


def _leave(viewer: Viewer, erasure_id: int, conversation_id: int, person_id: int) -> None:
    with proven(erasure_id):
        conversation = _held(viewer, conversation_id)
        stays = select(Participation).where(Participation.conversation_id == conversation_id)
        stay = db.session.scalars(
            stays.where(Participation.person_id == person_id, Participation.left_at.is_(None))
        ).first()
        if stay:
            participants.end(conversation, stay)
            record_line(viewer, Fact.PARTICIPANT_REMOVED, conversation, person=db.session.get_one(Person, person_id))


def _untitle(viewer: Viewer, erasure_id: int, conversation_id: int, person_id: int) -> None:
    """Take away the title that they began it with; one that staff gave since is staff's words."""
    with proven(erasure_id):
        conversation = _held(viewer, conversation_id)
        theirs = Message.conversation_id == conversation_id, Message.author_id == person_id, Message.body != ""
        lines = db.session.scalars(select(Message).where(*theirs, Message.kind == MessageKind.EVENT)).all()
        titles = [line.body for line in lines]
        was_theirs = conversation.title in titles
        told = update(Mail).where(Mail.conversation_id == conversation_id, Mail.subject.in_(titles))
        db.session.execute(told.values(subject=UNTITLED))
        for line in lines:
            line.body = ""
        if was_theirs:
            conversation.title = UNTITLED
            conversation.public_rev += 1  # clients read it too
            record_line(viewer, Fact.DISCUSSION_RENAMED, conversation, title=UNTITLED)


def _unsay(viewer: Viewer, erasure_id: int, conversation_id: int, person_id: int) -> bool:
    """Take the words out of some messages; a line stays. Open pages get it as any deletion. Whether there is more."""
    left = or_(Message.token.is_not(None), Message.body != "")
    theirs = Message.conversation_id == conversation_id, Message.author_id == person_id, left
    ids = list(db.session.scalars(select(Message.id).where(*theirs).order_by(Message.id).limit(BATCH)))
    if not ids:
        return False
    forget_bytes(table_of("message"), ids, around=True)
    with proven(erasure_id) as purge:
        conversation = _held(viewer, conversation_id)
        echoes.ask_no_more(viewer, conversation, ids)
        echoes.remind_no_more(ids)
        purge.around(table_of("message"), ids)
        for message in db.session.scalars(select(Message).where(Message.id.in_(ids)).order_by(Message.id)).all():
            purge.item("message", message.public_id)
            _blank(conversation, message)
            search.forget(message.id)
            record(viewer, Fact.MESSAGE_DELETED, conversation, message_id=message.id)
            said.redraw(viewer, conversation, message)
    return True


def _blank(conversation: Conversation, message: Message) -> None:
    """Without its token it is known to be done: the token was a page's own, and names nothing else."""
    conversation.rev += 1
    message.rev = conversation.rev
    if message.public_seq is not None:
        conversation.public_rev += 1
        message.public_rev = conversation.public_rev
    message.body, message.html, message.token = "", "", None
    message.versions = message.files = message.quoted = 0
    message.deleted_at = message.deleted_at or now()


def _forget_words(viewer: Viewer, erasure_id: int, conversation_id: int, person_id: int) -> None:
    """What mails to others told of it, and the words by which it was found; those still said are put back."""
    with proven(erasure_id):
        conversation = _held(viewer, conversation_id)
        echoes.end_exports([conversation_id])
        echoes.unfold(viewer, conversation, person_id)
        others = update(Mail).where(Mail.conversation_id == conversation_id, Mail.person_id != person_id)
        waiting = others.where(Mail.state == MailState.QUEUED)
        db.session.execute(waiting.values(state=MailState.NONE, reason="nothing_new"))
        db.session.execute(others.values(text="", html=""))
        db.session.execute(delete(SEARCH_TERM).where(SEARCH_TERM.c.conversation_id == conversation_id))
        words = select(Message.id, Message.author_id, Message.created_at, Message.html, Message.files)
        here = Message.conversation_id == conversation_id, Message.kind != MessageKind.EVENT
        words = words.where(*here, Message.deleted_at.is_(None))
        for message_id, author_id, at, html, files in db.session.execute(words).all():
            search.index_again(message_id, conversation_id, author_id, at, html, files)


def _forget_person(erasure_id: int, person_id: int) -> None:
    """Whatever is theirs alone, and their name."""
    while batch(erasure_id, table_of("incoming"), echoes.unclaimed(person_id)):
        pass
    with proven(erasure_id):
        name = NOBODY[db.session.scalars(select(Firm.language)).one()]
        person = db.session.get_one(Person, person_id)
        for space in db.session.scalars(_own_spaces(person_id)).all():
            echoes.unname(space, person.name, name)
            space.name = name
        person.name, person.picture, person.time_zone, person.mails = name, None, "UTC", "none"
    for table, column, deed in pointing("person"):
        if deed == Deed.DELETE:
            while batch(erasure_id, table, column == person_id):
                pass


def _held(viewer: Viewer, conversation_id: int) -> Conversation:
    """Inside a unit: the conversation, in which nobody else writes until it ends."""
    query = select(Conversation).where(Conversation.id == conversation_id)
    access.take_turn(viewer, query)
    return db.session.scalars(query.with_for_update().execution_options(populate_existing=True)).one()


def _alone(person_id: int) -> Select[int]:
    """Discussions of which no other client ever was a part."""
    others = select(Participation.conversation_id).where(
        Participation.face == Face.CLIENT, Participation.person_id != person_id
    )
    found = theirs(person_id).where(Conversation.kind != Kind.ANNOUNCEMENT, Conversation.id.not_in(others))
    return found.with_only_columns(Conversation.id)


def _own_spaces(person_id: int) -> Select[Space]:
    """Spaces with no other client in them: they are called as their client is."""
    clients = select(SpaceMember.space_id).join(Person, Person.id == SpaceMember.person_id)
    clients = clients.where(Person.face == Face.CLIENT).group_by(SpaceMember.space_id)
    alone = clients.having(func.min(SpaceMember.person_id) == person_id, func.count() == 1)
    return select(Space).where(Space.id.in_(alone))


def _asker(erasure_id: int) -> Viewer:
    """Who asked, whatever became of them since: lines say so."""
    query = select(Person).join(Erasure, Erasure.asker_id == Person.id).where(Erasure.id == erasure_id)
    return system(db.session.scalars(query).one())
