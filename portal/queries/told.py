"""A message with all that is shown around it, in one row. Asked twice for every message sent, so without the session:
making objects of it takes longer than the database does."""

from collections.abc import Iterator
from itertools import islice
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, Select
from sqlalchemy.orm import aliased

from portal.models import Brand, Conversation, Event, Message, Person, Space
from portal.queries.firm import STAFF_NAMES

_AUTHOR, _SUBJECT = aliased(Person), aliased(Person)
_SHOWN = (
    (
        Message,
        "id public_id kind position seq rev public_seq public_rev body html origin versions created_at edited_at",
    ),
    (Message, "deleted_at files quoted asks reactions mentions reply_to_id quote_staff quote_clients"),
    (Conversation, "public_id title kind audience seq rev public_seq public_rev archived_at"),
    (Conversation, "last_message_id last_public_message_id active_at public_active_at turn turn_since"),
    (_AUTHOR, "public_id name face picture"),
    (Brand, "public_id name hue"),
    (Space, "name"),
    (Event, "name"),
    (_SUBJECT, "name"),
)
_NAMES = [(noun, names.split()) for noun, names in _SHOWN]


def told(query: Select[*tuple[Any, ...]]) -> Select[*tuple[Any, ...]]:
    """`query`, which joins messages and their conversations, for rows that `parts` can read."""
    columns = [getattr(noun, name) for noun, names in _NAMES for name in names]
    return (
        query.with_only_columns(*columns, STAFF_NAMES, maintain_column_froms=True)
        .join(_AUTHOR, _AUTHOR.id == Message.author_id)
        .join(Brand, Brand.id == Conversation.brand_id)
        .outerjoin(Space, Space.id == Conversation.space_id)
        .outerjoin(Event, Event.id == Message.event_id)
        .outerjoin(_SUBJECT, _SUBJECT.id == Event.person_id)
    )


def parts(row: Row[*tuple[Any, ...]]) -> tuple[Any, Any, str | None]:
    """The message and its conversation, with the attributes that are shown, and how the firm shows its staff."""
    values = iter(row)
    message, conversation = _take(values, 0, 1), _take(values, 2, 3)
    message.author, conversation.brand = _take(values, 4), _take(values, 5)
    conversation.space, message.event, subject = (_if_there(_take(values, place)) for place in (6, 7, 8))
    if message.event:
        message.event.subject = subject
    return message, conversation, next(values)


def _take(values: Iterator[Any], *places: int) -> SimpleNamespace:
    names = [name for place in places for name in _NAMES[place][1]]
    return SimpleNamespace(**dict(zip(names, islice(values, len(names)), strict=True)))


def _if_there(part: SimpleNamespace) -> SimpleNamespace | None:
    return part if part.name is not None else None
