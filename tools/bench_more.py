"""What a big firm has besides words: turns, mails that were sent, mentions, files, what goes later, reminders, exports.

Written by statements from what is there already, so that a million messages have theirs within seconds.
"""

from typing import Any

from sqlalchemy import Connection, Text, case, cast, insert, literal, select, update
from sqlalchemy.sql.operators import Operators

from portal.kernel.clock import now
from portal.kernel.mentions import mark
from portal.models import (
    Conversation,
    Export,
    ExportState,
    Face,
    File,
    Later,
    Mention,
    Message,
    Participation,
    Person,
    Reminder,
    Turn,
)

MENTIONING, FILED, OWN = 101, 51, 100  # one of so many messages, or discussions; the long one has every hundredth
LOOKER = 1  # the member of staff who is in all discussions


def add(connection: Connection) -> None:
    """All of it."""
    _turns(connection)
    _mentions(connection)
    _files(connection)
    _own(connection)


def _turns(connection: Connection) -> None:
    """Every discussion waits for those who did not speak last; clients who have not read were told by mail."""
    last, author = Message.id == Conversation.last_message_id, Person.id == Message.author_id
    face = select(Person.face).join(Message, author).where(last).scalar_subquery()
    turn = case((face == Face.STAFF, Turn.CLIENT), else_=Turn.US)
    connection.execute(update(Conversation).values(turn=turn, turn_since=Conversation.active_at))
    unread = Participation.face == Face.CLIENT, Participation.conversation_id % 10 == 1
    connection.execute(update(Participation).where(*unread).values(mailed_at=now()))


def _mentions(connection: Connection) -> None:
    """By clients and colleagues, of those who look: a third of it is of this one, who said it or not."""
    some = Message.id % MENTIONING == 0
    connection.execute(update(Message).where(some).values(mentions=1, html=literal(f"<p>{mark(1)}</p>") + Message.html))
    whom = case((Message.id % (3 * MENTIONING) == 0, LOOKER), else_=2 + Message.id // MENTIONING % 40)
    _copy(connection, Mention, Message, some, message_id=Message.id, person_id=whom, place=1, shown=True, current=True)


def _files(connection: Connection) -> None:
    some, key = Message.id % FILED == 0, _key("f", Message.id)
    connection.execute(update(Message).where(some).values(files=1))
    about = {"uploader_id": Message.author_id, "conversation_id": Message.conversation_id, "message_id": Message.id}
    what = {"name": _key("Plan ", Message.id), "type": "text/plain", "size": 4_096, "sha256": "0" * 64}
    state = {"public_id": key, "file": key, "place": 0, "tries": 0, "wanted_until": now()}
    _copy(connection, File, Message, some, **about, **what, **state)


def _own(connection: Connection) -> None:
    """What the one who looks has waiting, is reminded of, and has had exported."""
    some, at = Conversation.id % OWN == 0, now()
    where = {"conversation_id": Conversation.id}
    words = {"kind": "text", "body": "Until tomorrow, then.", "more": {}, "state": "waiting", "reason": ""}
    flags = {"held": False, "unless": False, "since": 0, "token": _key("t", Conversation.id)}
    times = dict.fromkeys(("due_at", "look_at", "created_at"), at.replace(year=at.year + 5))
    mine = {"author_id": LOOKER, "public_id": _key("l", Conversation.id)}
    _copy(connection, Later, Conversation, some, **where, **words, **flags, **times, **mine)
    rang = {"person_id": LOOKER, "since": 0, "due_at": at, "rang_at": at, "created_at": at}
    about = {"message_id": Conversation.last_message_id, "public_id": _key("r", Conversation.id)}
    _copy(connection, Reminder, Conversation, some, **where, **rang, **about)
    state = {"contents": "firm", "notes": True, "state": ExportState.READY, "reason": "", "sha256": ""}
    numbers = dict.fromkeys(("done", "total", "tries", "size"), 0)
    made = {
        "asker_id": LOOKER,
        "public_id": _key("e", Conversation.id),
        "created_at": at,
        "due_at": at,
        "ends_at": times["due_at"],
    }
    _copy(connection, Export, Conversation, some, **where, **state, **numbers, **made)


def _key(kind: str, identity: Any) -> Any:
    """An id, or a name, that nothing else has."""
    return literal(kind) + cast(identity, Text)


def _copy(connection: Connection, noun: type, of: type, some: Any, **values: Any) -> None:
    """A `noun` for each of some rows of another."""
    types = noun.__table__.columns
    chosen = [one if isinstance(one, Operators) else literal(one, types[name].type) for name, one in values.items()]
    connection.execute(insert(noun.__table__).from_select(list(values), select(*chosen).select_from(of).where(some)))
