"""RELIABILITY R3 and H8: what many do at once is done once, by exactly one of them; on both databases."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.access import Viewer
from portal.actions import discussions, invitations, messages, participants
from portal.extensions import db
from portal.kernel.errors import Conflict, Unavailable
from portal.models import Conversation, Event, Fact, Message
from tests.actions.rows import at_once, refused
from tests.promises import Figure, rounds
from tests.world import PASSWORD, World, token

CROWD, AGAIN = 50, 10
Sending = Callable[[Viewer, World, str], str]


def _message(marie: Viewer, world: World, sent: str) -> str:
    return messages.post(marie, world.permit, body="Once", token=sent)


def _note(ines: Viewer, world: World, sent: str) -> str:
    return messages.post(ines, world.permit, body="Once", kind="note", token=sent)


def _discussion(ines: Viewer, world: World, sent: str) -> str:
    return discussions.create(ines, title="Once", audience="shared", brand_key=world.brands["North"], token=sent)


def _start(marie: Viewer, world: World, sent: str) -> str:
    return discussions.start(marie, title="Once", body="Once", space_key=world.spaces["Delcourt"], token=sent)


@pytest.mark.timeout(5400)
@pytest.mark.promise("R3")
@pytest.mark.parametrize(
    ("send", "who", "row", "short", "full"),
    [
        (_message, "marie", Message, 4, 500),
        (_note, "ines", Message, 1, 100),
        (_discussion, "ines", Conversation, 1, 200),
        (_start, "marie", Message, 1, 200),
    ],
)
def test_fifty_sendings_at_once_and_ten_after_them_are_one(
    app: Flask,
    world: World,
    figure: Figure,
    send: Sending,
    who: str,
    row: type[Message] | type[Conversation],
    short: int,
    full: int,
) -> None:
    author = world.viewer(who)
    for _ in range(rounds(short, full)):
        sent = token()
        db.session.rollback()
        got = set(_crowd(app, lambda _, sent=sent: send(author, world, sent)))
        got |= {send(author, world, sent) for _ in range(AGAIN)}
        found = list(db.session.scalars(select(row.public_id).where(row.token == sent)))
        assert len(got) == len(found) == 1, got
    what = f"{_database()}: {CROWD} at once and {AGAIN} after them of one token of a {send.__name__[1:]}"
    figure(f"{what}: exactly 1 in {rounds(short, full)} rounds of {rounds(short, full)}")


def test_what_is_sent_again_otherwise_is_a_conflict(app: Flask, world: World) -> None:
    """And a late retry of a creation is the same one, renamed since or not."""
    ines, sent, north = world.viewer("ines"), token(), world.brands["North"]
    first = {"title": "Once", "audience": "shared", "brand_key": north, "token": sent}
    key = discussions.create(ines, **first)
    for other in (
        {"title": "Twice"},
        {"audience": "internal"},
        {"space_key": world.spaces["Delcourt"]},
    ):
        with refused(Conflict, "token_reused"):
            discussions.create(ines, **first | other)
    discussions.rename(ines, key, title="Renamed")
    assert discussions.create(ines, **first) == key
    assert discussions.create(world.viewer("hugo"), **first) != key, "a token is its creator's"
    assert discussions.create(ines, **first | {"token": token()}) != key


@pytest.mark.timeout(5400)
@pytest.mark.promise("H8")
def test_of_fifty_who_accept_one_invitation_one_comes_in(app: Flask, world: World, figure: Figure) -> None:
    times = rounds(2, 500)
    for number in range(times):
        key, secret = invitations.invite(
            world.viewer("ines"), name="Eva", email=f"eva{number}@example.com", role="client", language="en", days=3,
            space_key=world.spaces["Delcourt"],
        )  # fmt: skip
        db.session.rollback()
        got = _crowd(app, lambda n, secret=secret: _accept(secret, n))
        assert sorted(got, key=str) == sorted([key, *["not_found"] * (CROWD - 1)], key=str)
        assert _count(Fact.ACCOUNT_ACTIVATED) == number + 1
    figure(f"{_database()}: {CROWD} accept one invitation: exactly one winner in {times} rounds")


@pytest.mark.timeout(5400)
@pytest.mark.promise("H8")
def test_of_fifty_who_take_a_discussion_over_one_owns_it(app: Flask, world: World, figure: Figure) -> None:
    times, admins = rounds(2, 500), [world.viewer("olga"), world.viewer("adam")]
    last: Viewer = world.viewer("ines")
    for number in range(times):
        participants.leave(last, world.permit)
        db.session.rollback()
        got = _crowd(app, lambda n: (discussions.take_over(admins[n % 2], world.permit), n % 2)[1])
        winners = [who for who in got if isinstance(who, int)]
        assert len(winners) == 1, got
        last = admins[winners[0]]
        owner = select(Conversation.owner_id).where(Conversation.public_id == world.permit)
        assert db.session.scalar(owner) == last.person_id
        assert _count(Fact.OWNERSHIP_TAKEN) == number + 1
    figure(f"{_database()}: {CROWD} take one discussion over: exactly one winner in {times} rounds")


@pytest.mark.timeout(5400)
@pytest.mark.promise("H8")
def test_of_removing_and_sending_whichever_commits_first_wins(app: Flask, world: World, figure: Figure) -> None:
    """Every sending is either there before the line of the removal, or refused; and the removal always succeeds."""
    times, refusals = rounds(3, 500), 0
    ines, marie = world.viewer("ines"), world.viewer("marie")
    for number in range(times):
        db.session.rollback()
        got = _crowd(app, lambda n, turn=17 * number % CROWD: _send_or_remove(world, ines, marie, n, turn))
        sent = {str(key) for key in got if key not in {"not_found", "removed"}}
        assert got.count("removed") == 1
        assert sent == _between_the_last_removals(world)
        refusals += got.count("not_found")
        participants.add(ines, world.permit, world.keys["marie"], history="gap", confirmed=True)
    assert 0 < refusals < times * (CROWD - 1), "a race that always ends alike is none"
    figure(f"{_database()}: a removal among {CROWD - 1} sends: {refusals} refused, 0 after it, in {times} rounds")


def _crowd(app: Flask, call: Callable[[int], object]) -> list[object]:
    """So many at once, each of whom tries again where the database was too busy: nothing was done then."""

    def patiently(number: int) -> object:
        while True:
            try:
                return call(number)
            except Unavailable:
                continue

    return at_once(app, CROWD, patiently)


def _accept(secret: str, number: int) -> str:
    return invitations.accept(secret, name=f"Eva {number}", password=PASSWORD, time_zone="UTC")


def _send_or_remove(world: World, ines: Viewer, marie: Viewer, number: int, turn: int) -> str:
    if number == turn:
        participants.remove(ines, world.permit, world.keys["marie"])
        return "removed"
    return messages.post(marie, world.permit, body="In time?", token=token())


def _between_the_last_removals(world: World) -> set[str]:
    """Marie's messages since she came in last and up to her removal; after it there may be none."""
    db.session.rollback()
    marie, removed = world.person_id("marie"), Fact.PARTICIPANT_REMOVED
    lines = (
        select(Event.name, Message.position)
        .join(Message, Message.event_id == Event.id)
        .where(Event.person_id == marie, Event.name.in_((Fact.PARTICIPANT_ADDED, removed)))
        .order_by(Message.position.desc())
        .limit(2)
    )
    (name, end), (_, begin) = db.session.execute(lines).all()
    assert name == removed
    hers = select(Message.public_id, Message.position).where(Message.author_id == marie, Message.kind == "text")
    found = db.session.execute(hers.where(Message.position > begin)).all()
    assert all(position < end for _, position in found), "said after the removal"
    return {key for key, _ in found if key != world.answer}


def _count(fact: Fact) -> int:
    db.session.rollback()
    return db.session.scalar(select(func.count()).where(Event.name == fact)) or 0


def _database() -> str:
    return db.engine.dialect.name
