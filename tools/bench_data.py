"""A big firm for the benchmark of pages: 2,000 discussions of 50 participants, one of them with 10,000 messages."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, text

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
    Message,
    MessageKind,
    Participation,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)

DISCUSSIONS, PARTICIPANTS, LONG = 2_000, 50, 10_000
STAFF, CLIENTS = 50, 450
BATCH = 20_000
START = datetime(2026, 1, 1, tzinfo=UTC)
Row = dict[str, Any]


@dataclass(frozen=True)
class Filled:
    """The long discussion's key, and the internal ids of a member of staff and a client who are in all."""

    key: str
    people: dict[str, int]


def fill(messages: int) -> Filled:
    """Write it all into the migrated, empty database."""
    keys = {n: new_id() for n in range(1, DISCUSSIONS + 1)}
    with db.engine.connect() as connection:
        for table, rows in (*_people(), *_discussions(keys, _ends(messages))):
            connection.execute(insert(table), rows)
        for rows in _in_batches(_messages(messages)):
            connection.execute(insert(Message), rows)
        connection.commit()
        connection.execute(text("ANALYZE"))
        connection.commit()
    return Filled(keys[1], {"staff": 1, "client": STAFF + 1})


def _people() -> Iterator[tuple[type, list[Row]]]:
    everybody = range(1, STAFF + CLIENTS + 1)
    staff = range(1, STAFF + 1)
    yield (
        Person,
        [
            {
                "id": n,
                "public_id": new_id(),
                "face": Face.STAFF if n <= STAFF else Face.CLIENT,
                "name": f"Person {n}",
                "folded": f"person {n}",
            }
            for n in everybody
        ],
    )
    roles = {n: Role.AGENT if n <= STAFF else Role.CLIENT for n in everybody}
    yield Account, [{"person_id": n, "role": role, "state": State.ACTIVE} for n, role in roles.items()]
    yield Firm, [{"id": 1, "name": "Bench"}]
    yield Brand, [{"id": 1, "public_id": new_id(), "name": "Bench", "owner_id": 1, "is_default": True}]
    yield BrandStaff, [{"brand_id": 1, "person_id": n} for n in staff]
    yield Space, [{"id": n, "public_id": new_id(), "brand_id": 1, "name": f"Space {n}"} for n in range(1, CLIENTS + 1)]
    yield SpaceMember, [{"space_id": n - STAFF, "person_id": n} for n in everybody if n > STAFF]


def _discussions(keys: dict[int, str], ends: dict[int, Row]) -> Iterator[tuple[type, list[Row]]]:
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
            }
            | ends[n]
            for n, key in keys.items()
        ],
    )
    # The first member of staff and the first client are in all; the others by turns, half of them clients.
    half = PARTICIPANTS // 2
    stays = (
        (n, person)
        for n in keys
        for person in (
            1,
            STAFF + 1,
            *(2 + (n + k) % (STAFF - 1) for k in range(half - 1)),
            *(STAFF + 2 + (n + k) % (CLIENTS - 1) for k in range(half - 1)),
        )
    )
    # One of ten is unread.
    rows = [
        {
            "conversation_id": n,
            "person_id": who,
            "face": Face.STAFF if who <= STAFF else Face.CLIENT,
            "read": 1 if n % 10 == 1 else ends[n]["seq"],
        }
        for n, who in stays
    ]
    yield Participation, rows


def _counts(messages: int) -> dict[int, int]:
    """{discussion: how many messages}."""
    rest = max(messages - LONG, 0) // (DISCUSSIONS - 1)
    return {1: min(LONG, messages)} | dict.fromkeys(range(2, DISCUSSIONS + 1), rest)


def _messages(messages: int) -> Iterator[Row]:
    words = "The papers for the second quarter are complete; we file them on Thursday, and you get the receipt."
    identity = 0
    for n, count in _counts(messages).items():
        for number in range(1, count + 1):
            identity += 1
            yield {
                "id": identity,
                "public_id": new_id(),
                "conversation_id": n,
                "author_id": 1 if number % 2 else STAFF + 1,
                "kind": MessageKind.TEXT,
                "position": number,
                "seq": number,
                "public_seq": number,
                "rev": number,
                "public_rev": number,
                "body": words,
                "html": f"<p>{words}</p>",
                "origin": "console",
                "created_at": START + timedelta(seconds=identity),
            }


def _ends(messages: int) -> dict[int, Row]:
    """{discussion: the numbers of its last message}."""
    last, ends = 0, {}
    for n, count in _counts(messages).items():
        last += count
        at = START + timedelta(seconds=last)
        marks: Row = dict.fromkeys(("last_message_id", "last_public_message_id"), last if count else None)
        numbers = dict.fromkeys(("seq", "public_seq", "rev", "public_rev"), count)
        ends[n] = {"active_at": at, "public_active_at": at} | numbers | marks
    return ends


def _in_batches(rows: Iterator[Row]) -> Iterator[list[Row]]:
    batch: list[Row] = []
    for row in rows:
        batch.append(row)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch
