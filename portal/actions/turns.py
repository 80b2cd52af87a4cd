"""Whose turn it is in a discussion (SPEC Z4): it follows from the texts, until staff say otherwise.

Who did not write last is waited for, since the first word that they have not answered. A courtesy of staff ("You are
welcome!") to a client ends the matter; a client's waits until staff have seen it. What staff say by hand stands until
the next text of either side. Notes change nothing, and an archived discussion that a client opens again begins anew.
"""

from collections.abc import Iterable
from datetime import datetime
from itertools import takewhile
from typing import NamedTuple

from sqlalchemy import func, select

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.courtesies import LONGEST, only_courtesy
from portal.kernel.errors import Invalid
from portal.models import Conversation, Face, Fact, Message, Person, Turn, TurnMark

FAR = 200  # texts that are looked back on where one was deleted, or staff say whose turn it is


class Waits(NamedTuple):
    """Whose turn it is, and since when."""

    turn: str = Turn.NONE
    since: datetime | None = None


class Said(NamedTuple):
    """A text, as far as it says whose turn it is."""

    by_staff: bool
    body: str
    at: datetime


def set_turn(viewer: Viewer, key: str, turn: str) -> None:
    """Say by hand whose turn it is: a `Turn`. Raises `Invalid`, and `Forbidden` where nobody is waited for."""
    if turn not in set(Turn):
        raise Invalid("bad_request")
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.TURN, standing)
        expect(viewer, standing.conversation, turn)


def expect(viewer: Viewer, conversation: Conversation, turn: str) -> None:
    """Inside a unit: the same, for what is asked of a client otherwise than by a text."""
    waits = Waits(turn, _since(conversation, turn))
    if conversation.turn != turn:
        db.session.add(_mark(viewer, conversation, waits, conversation.public_seq))
        _become(viewer, conversation, waits)


def following(conversation: Conversation, face: str, body: str, at: datetime) -> Waits:
    """Whose turn it is after a new text."""
    if not conversation.has_turns:
        return Waits()
    before = Waits(conversation.turn, conversation.turn_since)
    anew = conversation.archived_at is not None and face != Face.STAFF
    return after(Waits() if anew else before, Said(face == Face.STAFF, body, at))


def begin_anew(viewer: Viewer, conversation: Conversation) -> None:
    """Inside a unit: a client's text has opened an archived discussion: what went before waits for nobody."""
    if conversation.has_turns:
        db.session.add(_mark(viewer, conversation, Waits(Turn.NONE, now()), conversation.public_seq - 1))


def after_deletion(viewer: Viewer, conversation: Conversation) -> None:
    """Inside a unit: a text is gone, and nobody waits for an answer to it."""
    if conversation.has_turns:
        db.session.flush()
        waits = _derived(conversation)
        if waits != (conversation.turn, conversation.turn_since):
            _become(viewer, conversation, waits)


def after(waits: Waits, said: Said) -> Waits:
    """Whose turn it is when one more text has been said."""
    if not said.by_staff:
        return waits if waits.turn == Turn.US else Waits(Turn.US, said.at)
    if waits.turn == Turn.CLIENT or (waits.turn == Turn.NONE and only_courtesy(said.body)):
        return waits
    return Waits(Turn.NONE if only_courtesy(said.body) else Turn.CLIENT, said.at)


def _become(viewer: Viewer, conversation: Conversation, waits: Waits) -> None:
    """Clients are told only where what they see changes: that we wait for them, or no more."""
    turns = conversation.turn, waits.turn
    shown = Turn.CLIENT in turns and turns[0] != turns[1] and conversation.archived_at is None
    conversation.turn, conversation.turn_since = waits
    read = conversation.last_public_message_id if shown else None
    record(viewer, Fact.TURN_SHOWN if shown else Fact.TURN_SET, conversation, message_id=read)


def _derived(conversation: Conversation) -> Waits:
    """What follows from the texts that are there, since staff last said so by hand."""
    query = select(TurnMark).where(TurnMark.conversation_id == conversation.id).order_by(TurnMark.id.desc()).limit(1)
    mark = db.session.scalars(query).first()
    waits = Waits(mark.turn, mark.since) if mark else Waits()
    for said in _texts(conversation, mark.number if mark else 0):
        waits = after(waits, said)
    return waits


def _since(conversation: Conversation, turn: str) -> datetime:
    """Since the first text that nobody of that side has answered; where there is none, since now."""
    if turn == Turn.NONE:
        return now()
    others = turn == Turn.CLIENT
    unanswered = list(takewhile(lambda said: said.by_staff == others, reversed(_texts(conversation, 0))))
    return unanswered[-1].at if unanswered else now()


def _texts(conversation: Conversation, number: int) -> list[Said]:
    """The last texts after that number which were not deleted, in order."""
    # The words of a long one say enough by being long.
    query = (
        select(Person.face, func.substr(Message.body, 1, LONGEST + 1), Message.created_at)
        .join(Person, Person.id == Message.author_id)
        .where(Message.conversation_id == conversation.id, Message.public_seq > number, Message.deleted_at.is_(None))
        .order_by(Message.public_seq.desc())
        .limit(FAR)
    )
    return [Said(face == Face.STAFF, body, at) for face, body, at in _in_order(db.session.execute(query).all())]


def _in_order(found: Iterable[tuple[str, str, datetime]]) -> Iterable[tuple[str, str, datetime]]:
    return reversed(list(found))


def _mark(viewer: Viewer, conversation: Conversation, waits: Waits, number: int) -> TurnMark:
    return TurnMark(
        conversation_id=conversation.id, number=number, turn=waits.turn, since=waits.since, person_id=viewer.person_id
    )
