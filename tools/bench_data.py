"""A big firm for the benchmark of pages: 2,000 discussions of 50 participants, one of them with 10,000 messages.

Who is in it besides: a member of staff and a client who are in all of them, one of staff who is in some hundreds, and a
client who is in five. They talk as `bench_talk` has them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text, update

from portal.extensions import db
from portal.kernel.tokens import new_id
from portal.models import (
    Account,
    Audience,
    Brand,
    BrandStaff,
    Conversation,
    Face,
    Firm,
    Participation,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)
from tools import bench_more
from tools.bench_talk import START, Talk

DISCUSSIONS, PARTICIPANTS, LONG = 2_000, 50, 10_000
STAFF, CLIENTS = 50, 450
IN_SOME, IN_FEW = STAFF + CLIENTS + 1, STAFF + CLIENTS + 2
SOME, FEW = range(3, DISCUSSIONS, 7), (1, 500, 1_000, 1_500, 1_999)
Row = dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """The long discussion's key, its space's, and the internal ids of those who look, by how much they may see."""

    key: str
    space: str
    people: dict[str, int]


def fill(messages: int) -> Filled:
    """Write it all into the migrated, empty database."""
    keys = {n: new_id() for n in range(1, DISCUSSIONS + 1)}
    talk = Talk(messages, LONG, DISCUSSIONS, (1, STAFF + 1), frozenset(SOME) | frozenset(FEW))
    with db.engine.connect() as connection:
        for table, rows in (*_people(), *_discussions(keys)):
            connection.execute(insert(table), rows)
        talk.write(connection)
        for n, (last, at) in talk.last.items():
            connection.execute(_end(n, talk.counts[n], last, at))
        # One of ten is unread.
        said = select(Conversation.seq).where(Conversation.id == Participation.conversation_id).scalar_subquery()
        connection.execute(update(Participation).where(Participation.conversation_id % 10 != 1).values(read=said))
        bench_more.add(connection)
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()
    return _filled(keys[1])


def known() -> Filled | None:
    """What was written before, where something was."""
    key = db.session.scalar(select(Conversation.public_id).where(Conversation.id == 1))
    db.session.rollback()
    return _filled(key) if key else None


def _filled(key: str) -> Filled:
    here = select(Space.public_id).join(Conversation, Conversation.space_id == Space.id)
    space = db.session.scalar(here.where(Conversation.public_id == key)) or ""
    db.session.rollback()
    return Filled(key, space, {"staff": 1, "client": STAFF + 1, "some": IN_SOME, "few": IN_FEW})


def _end(n: int, count: int, last: int, at: datetime) -> Any:
    """The numbers of a discussion's last message."""
    marks = dict.fromkeys(("last_message_id", "last_public_message_id"), last)
    numbers = dict.fromkeys(("seq", "public_seq", "rev", "public_rev"), count)
    return (
        update(Conversation).where(Conversation.id == n).values(active_at=at, public_active_at=at, **marks, **numbers)
    )


def _people() -> Iterator[tuple[type, list[Row]]]:
    everybody = range(1, IN_FEW + 1)
    staff = {*range(1, STAFF + 1), IN_SOME}
    yield (
        Person,
        [
            {
                "id": n,
                "public_id": new_id(),
                "face": Face.STAFF if n in staff else Face.CLIENT,
                "name": f"Person {n}",
                "folded": f"person {n}",
            }
            for n in everybody
        ],
    )
    roles = {n: Role.AGENT if n in staff else Role.CLIENT for n in everybody}
    yield Account, [{"person_id": n, "role": role, "state": State.ACTIVE} for n, role in roles.items()]
    yield Firm, [{"id": 1, "name": "Bench"}]
    yield Brand, [{"id": 1, "public_id": new_id(), "name": "Bench", "owner_id": 1, "is_default": True}]
    yield BrandStaff, [{"brand_id": 1, "person_id": n} for n in staff]
    yield Space, [{"id": n, "public_id": new_id(), "brand_id": 1, "name": f"Space {n}"} for n in range(1, CLIENTS + 1)]
    yield SpaceMember, [{"space_id": n - STAFF, "person_id": n} for n in range(STAFF + 1, STAFF + CLIENTS + 1)]


def _discussions(keys: dict[int, str]) -> Iterator[tuple[type, list[Row]]]:
    yield (
        Conversation,
        [
            {
                "id": n,
                "public_id": key,
                "audience": Audience.SHARED,
                "brand_id": 1,
                "space_id": n % CLIENTS + 1,
                "title": f"Discussion {n}",
                "creator_id": 1,
                "owner_id": 1,
                "public_seq": 0,
                "public_rev": 0,
                "created_at": START,
            }
            for n, key in keys.items()
        ],
    )
    # The first member of staff and the first client are in all; the others by turns, half of them clients.
    half = PARTICIPANTS // 2
    stays = [
        (n, person)
        for n in keys
        for person in (
            1,
            STAFF + 1,
            *(2 + (n + k) % (STAFF - 1) for k in range(half - 1)),
            *(STAFF + 2 + (n + k) % (CLIENTS - 1) for k in range(half - 1)),
        )
    ]
    more = [*((n, IN_SOME) for n in SOME), *((n, IN_FEW) for n in FEW)]
    staff = {*range(1, STAFF + 1), IN_SOME}
    yield (
        Participation,
        [
            {"conversation_id": n, "person_id": who, "face": Face.STAFF if who in staff else Face.CLIENT}
            for n, who in stays + more
        ],
    )
