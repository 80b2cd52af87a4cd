"""What a message points to, written with it: whom it mentions, and what it answers.

Neither names nor quoted words are stored. What clients may read of them is decided here, once, for all readers that
the message will ever have: a fragment is the same for all of one face, and must not change unseen. Who reads it has a
stay that covers it. That stay either lasts now, or begins later: then it covers all, or nothing up to now (SPEC D7).
So what every present stay of a face covers, every reader of that face may read; of what is edited, what every stay
covers that lasts, or ever covered the message.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, and_, false, func, insert, or_, select, update

from portal import access
from portal.access import Standing, Viewer
from portal.access.known import known
from portal.actions.facts import record
from portal.extensions import db, rows
from portal.kernel import mentions, text
from portal.kernel.errors import Invalid, NotFound
from portal.models import Conversation, Face, Fact, Mention, Message, MessageKind, Participation, Person

TEAM = 0  # no person's id: a name that means the team
DRAWN = 50  # answers that are sent to open pages when what they quote changes; those ask for what is more
TO_TEAM = 0  # the place of those whom a mention of the team reaches
_TO_CLIENTS = Message.kind == MessageKind.TEXT, Message.quote_clients.is_(True)  # what shows clients its quote
Mentioned = tuple[tuple[int, int | None], ...]  # (place, internal id of a person, None for the team)


class Words(NamedTuple):
    """A message's words as they are stored; `before` is how many mentions it had had when they were looked at.

    `typed` is what the writer typed, where that is something else.
    """

    body: str
    html: str
    mentioned: Mentioned = ()
    before: int = 0
    typed: str = ""


NOBODY = Words("", "")  # mentions nobody
NOTHING: dict[str, Any] = {"reply_to_id": None, "quote_staff": False, "quote_clients": False}  # answers nothing


def named(
    viewer: Viewer, key: str, body: str, html: str, *, chosen: Collection[str] = (), message_key: str = ""
) -> Words:
    """The cleaned words of a message in the discussion `key`, or other words for its message `message_key`.

    `chosen` are the keys of those whom the writer chose: of two people of one name they say who is meant. Who is
    mentioned already is meant again. Done before the transaction, because rendering takes time.
    """
    if "@" not in body:
        return Words(body, html)
    standing = access.conversation(viewer, key)
    message = access.message(viewer, standing, message_key) if message_key else None
    before, places = (message.mentions, _places(message.id)) if message else (0, {})
    typed, (body, mentioned) = body, _marked(body, _called(viewer, standing, places, chosen), places, before)
    return Words(body, text.render(body) if mentioned else html, mentioned, before, typed)


def answering(viewer: Viewer, standing: Standing, kind: str, reply_to: str) -> dict[str, Any]:
    """Inside a unit: the columns of a message that answers the message `reply_to`; where that is empty, `NOTHING`.

    A text quotes only what clients may see. Raises `Invalid`; the same for missing and forbidden messages.
    """
    if not reply_to:
        return NOTHING
    try:
        answered = access.message(viewer, standing, reply_to)
    except NotFound:
        raise Invalid("reply_gone") from None
    if answered.kind == MessageKind.EVENT:
        raise Invalid("reply_gone")
    if answered.kind == MessageKind.NOTE and kind != MessageKind.NOTE:
        raise Invalid("reply_is_note")
    to_staff = answered.position > _latest(standing.conversation, Face.STAFF)
    public = to_staff and answered.public_seq is not None
    to_clients = public and (answered.public_seq or 0) > _latest(standing.conversation, Face.CLIENT)
    return {"reply_to_id": answered.id, "quote_staff": to_staff, "quote_clients": to_clients}


def keep(conversation: Conversation, message_id: int, author_id: int, kind: str, mentioned: Mentioned) -> None:
    """Inside a unit: write down whom a message mentions, and which of these names clients may read."""
    if mentioned:
        wanted = _wanted(conversation, author_id, kind, mentioned)
        db.session.execute(insert(Mention), [_row(message_id, *one, shown) for one, shown in wanted.items()])


def change(conversation: Conversation, message: Message, words: Words) -> None:
    """Inside a unit: the same of a message that says something else now. Who still is, is not mentioned anew."""
    wanted = _wanted(conversation, message.author_id, message.kind, words.mentioned, message.public_seq)
    rows_of = select(Mention.id, Mention.place, Mention.person_id, Mention.current)
    old = {(row.place, row.person_id): row for row in rows(rows_of.where(Mention.message_id == message.id), {})}
    if any(person is None and row.current for (_, person), row in old.items()):
        # The team was meant already: those whom that reached, and not those who came since.
        wanted = {one: shown for one, shown in wanted.items() if one[0] != TO_TEAM or one in old}
    for one, row in old.items():
        shown = wanted.pop(one, None)
        db.session.execute(
            update(Mention).where(Mention.id == row.id).values(current=shown is not None, shown=bool(shown))
        )
    if wanted:
        db.session.execute(insert(Mention), [_row(message.id, *one, shown) for one, shown in wanted.items()])
    message.mentions = max(message.mentions, counted(words))  # words without any do not look for those of before


def counted(words: Words) -> int:
    """How many mentions the message has had with these words."""
    return max([words.before, *(place for place, _ in words.mentioned)])


def redraw(viewer: Viewer, conversation: Conversation, message: Message) -> None:
    """Inside a unit: what quotes this message, which was changed, is drawn anew on every page that may quote it."""
    # Where `quote_staff` is not set, it shows no words of it to anybody.
    quoting = [Message.reply_to_id == message.id, Message.deleted_at.is_(None), Message.quote_staff.is_(True)]
    # Those that clients read first: else these would be missed, and nothing after them showed clients' pages the gap.
    order = and_(*_TO_CLIENTS).desc(), Message.position.desc()
    found = db.session.scalars(select(Message).where(*quoting).order_by(*order).limit(DRAWN)).all()
    if len(found) == DRAWN:
        _missed(conversation, [*quoting, Message.id.not_in([one.id for one in found])])
    for reply in sorted(found, key=lambda one: one.position):
        drawn_anew(viewer, conversation, reply, to_clients=reply.kind == MessageKind.TEXT and reply.quote_clients)


def _missed(conversation: Conversation, which: Sequence[ColumnElement[bool]]) -> None:
    """Count these as one change that nobody is sent: from the gap pages know that they have to ask for it."""
    conversation.rev += 1
    rows(update(Message).where(*which).values(rev=conversation.rev), {})
    changed = rows(update(Message).where(*which, *_TO_CLIENTS).values(public_rev=conversation.public_rev + 1), {})
    conversation.public_rev += 1 if changed.rowcount else 0


def drawn_anew(viewer: Viewer, conversation: Conversation, message: Message, *, to_clients: bool) -> None:
    """Inside a unit: open pages get the message again, those of clients only where it changed for them."""
    conversation.rev += 1
    message.rev = conversation.rev
    if to_clients:
        conversation.public_rev += 1
        message.public_rev = conversation.public_rev
    fact = Fact.MESSAGE_REDRAWN if to_clients else Fact.MESSAGE_REDRAWN_INSIDE
    record(viewer, fact, conversation, message_id=message.id)


def _wanted(
    conversation: Conversation, author_id: int, kind: str, mentioned: Mentioned, number: int | None = None
) -> dict[tuple[int, int | None], bool]:
    """{(place, person): whether clients may read the name} of what a message mentions, and of whom the team reaches.

    `number` is the public one of a message that is there already.
    """
    people = {person for _, person in mentioned if person}
    shown = _shown(conversation, people, number) if kind == MessageKind.TEXT and conversation.is_shared else set()
    wanted = {(place, person): person in shown for place, person in mentioned}
    if any(person is None for _, person in mentioned):
        wanted |= dict.fromkeys(((TO_TEAM, one) for one in sorted(_staff(conversation) - people - {author_id})), False)
    return wanted


def _row(message_id: int, place: int, person_id: int | None, shown: bool) -> dict[str, Any]:
    return {"message_id": message_id, "place": place, "person_id": person_id, "shown": shown, "current": True}


def _shown(conversation: Conversation, people: Iterable[int], number: int | None) -> set[int]:
    """Of these people, those whom every client that reads what is said now has read, or may read, as authors."""
    said = select(Message.author_id).where(
        Message.conversation_id == conversation.id,
        Message.author_id.in_(people),
        Message.public_seq > _latest(conversation, Face.CLIENT, number),
    )
    return set(db.session.scalars(said.distinct()))


def _latest(conversation: Conversation, face: str, number: int | None = None) -> int:
    """Where the history begins of who, of those of a face who are in it now, reads the least of it.

    With the `number` of a message of before, also of those who left and read it still, when they are back.
    """
    begins = select(func.max(Participation.since)).where(
        Participation.conversation_id == conversation.id, Participation.face == face
    )
    here = Participation.left_at.is_(None)
    there = false() if number is None else and_(Participation.since < number, Participation.until >= number)
    return db.session.scalar(begins.where(or_(here, there))) or 0


def _staff(conversation: Conversation) -> set[int]:
    present = select(Participation.person_id).where(
        Participation.conversation_id == conversation.id,
        Participation.face == Face.STAFF,
        Participation.left_at.is_(None),
    )
    return set(db.session.scalars(present))


def _places(message_id: int) -> dict[int | None, tuple[int, str]]:
    """{whom: (place, name)} of all that a message mentions, or did before an edit."""
    query = select(Mention.person_id, Mention.place, Person.name).outerjoin(Person, Person.id == Mention.person_id)
    mine = rows(query.where(Mention.message_id == message_id, Mention.place != TO_TEAM), {})
    return {person: (place, name or "") for person, place, name in mine}


def _called(
    viewer: Viewer, standing: Standing, places: Mapping[int | None, Any], chosen: Collection[str]
) -> dict[str, int]:
    """{folded name: whom it means}, None for the team. A name that means two people alike means nobody.

    Of those who are there or were chosen the first name is enough.
    """
    names: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for one in known(viewer, standing):
        rank = 0 if one.author.key in chosen else 1 if one.person_id in places else 2 if one.here else 3
        first = [text.first_name(one.author.name)] if rank < 3 else []
        for name in {text.fold(name) for name in (one.author.name, *first)}:
            names[name].append((rank, one.person_id))
    if viewer.is_staff:
        for person, (_, name) in places.items():
            if person and all(person != one for _, one in names[text.fold(name)]):
                names[text.fold(name)].append((1, person))
    called: dict[str, int] = {}
    for name, found in names.items():
        best = [person for rank, person in found if rank == min(found)[0]]
        # What a client reads of two colleagues of one first name is one; the one who wrote last is meant.
        if len(best) == 1 or not viewer.is_staff:
            called[name] = best[0]
    team = (*mentions.TEAM, *([] if viewer.is_staff else [text.fold(standing.conversation.brand.name)]))
    return dict.fromkeys(team, TEAM) | called


def _marked(
    body: str, called: Mapping[str, int], places: Mapping[int | None, tuple[int, str]], before: int
) -> tuple[str, Mentioned]:
    """`body` with marks in the place of names, and whom these mean."""
    given = {person: place for person, (place, _) in places.items()}
    meant: dict[int, int | None] = {}
    pieces, end = [], 0
    for begin, stop, whom in mentions.found(body, called):
        person = whom or None
        place = given.setdefault(person, max([before, *given.values()], default=0) + 1)
        meant[place] = person
        pieces += [body[end:begin], mentions.mark(place)]
        end = stop
    return "".join([*pieces, body[end:]]), tuple(meant.items())
