"""Sending later, and the seconds in which a message can be undone (SPEC M14).

Until it goes, a message is a row that its author alone sees: it has no number, and no event tells anybody else of it.
It goes through `messages.post`, and the row ends in the same transaction: two workers, or one that dies, post once.
"""

from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import delete, select, update

from portal import access
from portal.access import Act, Viewer
from portal.actions import messages, writing
from portal.actions.beside import Beside
from portal.actions.facts import record
from portal.actions.files import keep_until
from portal.actions.unit import transaction, unit, unless_taken
from portal.extensions import db, rows
from portal.kernel import when
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound, Refusal, TooMany, Unavailable
from portal.models import Conversation, Fact, Later, LaterState, Message, MessageKind, Person
from portal.models.file import WAITS
from portal.models.later import written_since

HOLD = timedelta(seconds=10)
CLAIM = timedelta(minutes=1)  # for it to be posted
KEPT_FOR = timedelta(days=2)  # a token: a browser tries to send for a day
FOR_GOOD = datetime(9999, 12, 31, tzinfo=UTC)  # files: as long as their words wait, or are kept, which nobody knows
MOST = 200  # of one person that wait


class Words(NamedTuple):
    """What was taken back, for the composer."""

    discussion_id: str
    body: str
    kind: str
    more: dict[str, Any]


def schedule(
    viewer: Viewer, key: str, *, body: str, due: str, token: str, kind: str = "text", unless: bool = False, **more: Any
) -> str:
    """Have a message go out at `due` (see `kernel.when`); gives the id of what waits.

    With `unless` it does not go if the other side writes before. `more` are further keywords of `messages.post`.
    The same `token` is one message. Raises what `post` does, and `Invalid` of the time.
    """
    due_at = when.moment(due, viewer.time_zone, now())
    return _wait(viewer, key, body, kind, token, {"due_at": due_at, "unless": unless}, more)


def hold(viewer: Viewer, key: str, *, body: str, token: str, kind: str = "text", **more: Any) -> str:
    """Send a message in `HOLD`, until when it can be undone; gives the message's id if it went out already, else ""."""
    sent = select(Message.public_id).where(Message.author_id == viewer.person_id, Message.token == token)
    if found := db.session.scalar(sent):
        return found
    _wait(viewer, key, body, kind, token, {"due_at": now() + HOLD, "held": True}, more)
    return ""


def change(viewer: Viewer, later_key: str, *, body: str, due: str, unless: bool) -> str:
    """Other words, another time; what was not sent waits again. Gives the discussion's id."""
    files = access.due.later(viewer, later_key).more.get("files", ())
    body, _ = writing.prepared(body, files)
    due_at = when.moment(due, viewer.time_zone, now())
    with unit(viewer) as viewer:
        row = _mine(viewer, later_key)
        conversation = _still_in(viewer, row)
        row.body, row.due_at, row.look_at, row.unless = body, due_at, due_at, unless
        row.since, row.created_at = conversation.rev, now()
        keep_until(viewer, files, FOR_GOOD)
        row.state, row.reason, row.held = LaterState.WAITING, "", False
        _tell(viewer, row.author_id)
        return conversation.public_id


def send_now(viewer: Viewer, later_key: str) -> str:
    """Send it at once, whoever has written meanwhile; gives the discussion's id."""
    with unit(viewer) as viewer:
        row = _mine(viewer, later_key)
        conversation = _still_in(viewer, row)
        row.due_at = row.look_at = row.created_at = now()
        row.unless, row.state, row.reason, row.held = False, LaterState.WAITING, "", False
        later_id, key = row.id, conversation.public_id
    deliver(later_id)
    return key


def take_back(viewer: Viewer, later_key: str) -> Words:
    """Have it not go out; its words are given back, and are nowhere else any more. Raises `Conflict` when it went."""
    with unit(viewer) as viewer:
        row = _mine(viewer, later_key)
        place = db.session.get_one(Conversation, row.conversation_id)
        words = Words(place.public_id, row.body, row.kind, dict(row.more))
        keep_until(viewer, words.more.get("files", ()), now() + WAITS)
        row.state, row.body, row.more, row.look_at = LaterState.GONE, "", {}, now()
        _tell(viewer, row.author_id)
        return words


def take(later_id: int, look_at: datetime) -> bool:
    """Claim what is due at that moment: one of all who try gets it."""
    claimed = update(Later).where(Later.id == later_id, Later.state == LaterState.WAITING, Later.look_at == look_at)
    with transaction():
        return rows(claimed.values(look_at=now() + CLAIM), {}).rowcount == 1


def deliver(later_id: int) -> None:
    """Post what waits, as its author, whose rights are asked again; what may not go is kept, and they are told why."""
    row = db.session.execute(
        select(Later, Conversation.public_id, Person.public_id.label("author"))
        .join(Conversation, Conversation.id == Later.conversation_id)
        .join(Person, Person.id == Later.author_id)
        .where(Later.id == later_id, Later.state == LaterState.WAITING)
        .execution_options(populate_existing=True)
    ).first()
    if row is None:
        return
    said = {"body": row.Later.body, "kind": row.Later.kind, "token": row.Later.token} | row.Later.more
    try:
        author = access.as_person(row.author)
        beside = Beside(0, 0, partial(_gone_out, later_id, author), unattended=True)
        messages.post(author, row.public_id, beside=beside, **said)
        _settle(later_id)
    except Unavailable:
        raise  # another time
    except Refusal as refusal:
        keep(later_id, refusal.code)


def keep(later_id: int, reason: str) -> None:
    """Not sent: the words stay their author's, who is told why."""
    kept = update(Later).where(Later.id == later_id, Later.state == LaterState.WAITING)
    with transaction():
        author = db.session.scalar(select(Later.author_id).where(Later.id == later_id))
        if author and rows(kept.values(state=LaterState.KEPT, reason=reason, held=False), {}).rowcount:
            _tell(None, author)


def forget() -> None:
    """Of what went out or was taken back, the token is known for a while and then no more."""
    over = (LaterState.SENT, LaterState.GONE)
    with transaction():
        db.session.execute(delete(Later).where(Later.state.in_(over), Later.look_at < now() - KEPT_FOR))


def _wait(
    viewer: Viewer, key: str, body: str, kind: str, token: str, values: dict[str, Any], more: dict[str, Any]
) -> str:
    body, _ = writing.prepared(body, more.get("files", ()))
    writing.checked_token(token)
    if kind not in writing.WRITTEN:
        raise Invalid("bad_request")
    with unless_taken("token_reused"), unit(viewer) as viewer:
        standing = access.conversation(viewer, key)
        if kind == MessageKind.NOTE or not access.can(viewer, Act.ANSWER, standing):
            access.require(viewer, Act.NOTE if kind == MessageKind.NOTE else Act.WRITE, standing)
        mine = {"author_id": viewer.person_id, "token": token}
        if known := db.session.scalars(select(Later).filter_by(**mine)).first():
            return _same(known, standing.conversation, kind, body)
        _in_measure(viewer)
        said = {"conversation_id": standing.conversation.id, "kind": kind, "body": body, "more": more}
        row = Later(**mine, **said, **values, look_at=values["due_at"], since=standing.conversation.rev)
        db.session.add(row)
        db.session.flush()
        keep_until(viewer, more.get("files", ()), FOR_GOOD)
        _tell(viewer, viewer.person_id)
        return row.public_id


def _same(known: Later, conversation: Conversation, kind: str, body: str) -> str:
    """A late retry; what was taken back meanwhile does not wait again."""
    said = (known.conversation_id, known.kind) != (conversation.id, kind)
    if said or (known.state in access.due.SHOWN and known.body != body):
        raise Conflict("token_reused")
    return known.public_id


def _in_measure(viewer: Viewer) -> None:
    waiting = access.due.laters(viewer).with_only_columns(Later.id).limit(MOST)
    if len(db.session.scalars(waiting).all()) >= MOST:
        raise TooMany(60)


def _mine(viewer: Viewer, later_key: str) -> Later:
    """Locked: who sends it meanwhile is waited for. Raises `NotFound`, or `Conflict` when it is over."""
    row = access.due.later(viewer, later_key, lock=True)
    if row.state not in access.due.SHOWN:
        raise Conflict("later_over")
    return row


def _still_in(viewer: Viewer, row: Later) -> Conversation:
    """Its conversation, of who is in it; who is not any more can take the words back and no more."""
    place = db.session.get_one(Conversation, row.conversation_id)
    return access.conversation(viewer, place.public_id).conversation


def _gone_out(later_id: int, author: Viewer, _message_id: int) -> None:
    """In the message's own transaction: the row ends with it, and what may have changed since is asked once more."""
    access.as_person(author.key)  # disabled at the last moment
    ended = update(Later).where(Later.id == later_id, Later.state == LaterState.WAITING)
    if not rows(ended.values(state=LaterState.SENT, body="", more={}, look_at=now()), {}).rowcount:
        raise NotFound  # taken back at the last moment
    written = written_since(Later.conversation_id, Later.since, author.person_id, author.face)
    archived = (Conversation.archived_at > Later.created_at).label("archived")
    asked = select(Later.unless, written.label("written"), archived).join(
        Conversation, Conversation.id == Later.conversation_id
    )
    row = rows(asked.where(Later.id == later_id), {}).one()
    if row.unless and row.written:
        raise Conflict("written_first")
    if row.archived and author.is_staff:
        raise Conflict("archived_since")
    _tell(author, author.person_id)


def _settle(later_id: int) -> None:
    """A message that was there already, by its token, ends its row too."""
    there = select(Later.id).where(Later.id == later_id, Later.state == LaterState.WAITING)
    if db.session.scalar(there) is not None:
        with transaction():
            db.session.execute(
                update(Later).where(Later.id == later_id).values(state=LaterState.SENT, body="", more={}, look_at=now())
            )


def _tell(viewer: Viewer | None, author_id: int) -> None:
    record(viewer, Fact.LATER_CHANGED, person=db.session.get_one(Person, author_id))
