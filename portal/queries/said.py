"""What messages point to, for those who may read these messages: whom they mention, and what they answer."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Row, bindparam, select

from portal.access import NOTHING, Called, Said
from portal.extensions import rows
from portal.models import Mention, Message, Person

_ANSWERED = (
    select(Message.id, Message.public_id, Message.kind, Message.html, Message.deleted_at, Message.mentions)
    .add_columns(Person.public_id.label("key"), Person.name, Person.face, Person.picture)
    .join(Person, Person.id == Message.author_id)
    .where(Message.id.in_(bindparam("ids", expanding=True)))
)
_MENTIONS = (
    select(Mention.message_id, Mention.place, Mention.shown, Mention.current)
    .add_columns(Person.public_id, Person.name, Person.face, Person.picture)
    .outerjoin(Person, Person.id == Mention.person_id)
    .where(Mention.message_id.in_(bindparam("ids", expanding=True)))
    .order_by(Mention.id)
)


def of(messages: Iterable[Any]) -> dict[int, Said]:
    """{internal id: what it points to} of those of these messages that point to anything. Mostly that is none."""
    messages = [message for message in messages if message.mentions or message.reply_to_id]
    if not messages:
        return {}
    answered = _answered([message.reply_to_id for message in messages if message.reply_to_id])
    named = _mentions([one.id for one in (*messages, *answered.values()) if one.mentions])
    return {message.id: _said(message, answered.get(message.reply_to_id), named) for message in messages}


def named(message: Any) -> Mapping[int, Called]:
    """Whom the message mentions, or did before an edit, by place."""
    return of([message]).get(message.id, NOTHING).called


def _said(message: Any, answered: Any, named: dict[int, list[Row[Any]]]) -> Said:
    mine = named.get(message.id, ())
    there = named.get(answered.id, ()) if answered else ()
    reached = tuple(row.public_id for row in mine if row.current and row.public_id)
    return Said(_called(mine), answered, _called(there), reached)


def _called(found: Sequence[Row[Any]]) -> dict[int, Called]:
    return {row.place: Called(row if row.public_id else None, row.shown) for row in found if row.place}


def _answered(ids: list[int]) -> dict[int, Any]:
    if not ids:
        return {}
    found = [SimpleNamespace(**row._mapping) for row in rows(_ANSWERED, {"ids": ids})]
    for one in found:
        one.author = SimpleNamespace(public_id=one.key, name=one.name, face=one.face, picture=one.picture)
    return {one.id: one for one in found}


def _mentions(ids: list[int]) -> dict[int, list[Row[Any]]]:
    named: dict[int, list[Row[Any]]] = defaultdict(list)
    for row in rows(_MENTIONS, {"ids": ids}) if ids else ():
        named[row.message_id].append(row)
    return named
