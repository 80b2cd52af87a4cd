"""Emoji that people put to messages: of a stretch, for both faces; and a client's own, which are in no fragment."""

from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from portal import access
from portal.access import Viewer
from portal.access.reactions import Put
from portal.extensions import db, rows
from portal.models import Conversation, Message, Person, Reaction


def of(messages: Iterable[Any]) -> dict[int, tuple[Put, ...]]:
    """{internal id: reactions, the first first} of those of these messages that have any. Mostly that is none."""
    having = [message.id for message in messages if message.reactions]
    found: dict[int, list[Put]] = defaultdict(list)
    if having:
        for message_id, *values in rows(_of(), {"messages": having}):
            found[message_id].append(Put(*values))
    return {message_id: tuple(put) for message_id, put in found.items()}


def own(viewer: Viewer, key: str) -> dict[str, list[str]]:
    """{message id: emoji} of a client's own reactions in the conversation `key`, where they may still read it.

    What a client put there no client's fragment says. Nothing for staff, whose pages say it, nor for who came by a
    mail or looks as the client.
    """
    if viewer.is_staff or viewer.limit is not None:
        return {}
    found: dict[str, list[str]] = defaultdict(list)
    for message_key, emoji in db.session.execute(_own(viewer.face, viewer.role), viewer.asked | {"key": key}):
        found[message_key].append(emoji)
    return dict(found)


@cache
def _of() -> Select[*tuple[Any, ...]]:
    """The reactions to `messages`, by internal ids."""
    return (
        select(Reaction.message_id, Reaction.emoji, Person.public_id, Person.name, Person.face)
        .join(Person, Person.id == Reaction.person_id)
        .where(Reaction.message_id.in_(bindparam("messages", expanding=True)))
        .order_by(Reaction.id)
    )


@cache
def _own(face: str, role: str) -> Select[str, str]:
    """Those of the person `me` in the conversation `key`."""
    return (
        access.scopes.messages(access.anybody(face, role))
        .join(Reaction, Reaction.message_id == Message.id)
        .where(Conversation.public_id == bindparam("key"), Reaction.person_id == bindparam("me"))
        .with_only_columns(Message.public_id, Reaction.emoji)
        .order_by(Reaction.id)
    )
