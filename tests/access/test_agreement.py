"""Live, page and rights agree: may receive it = sees it on the page, for every viewer and message."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal import access
from portal.extensions import db
from portal.models import Conversation, Event, Message
from tests.drama import ACTORS, Play, all_messages
from tests.world import World


@pytest.mark.parametrize("seed", range(6))
def test_who_may_receive_is_who_sees(app: Flask, world: World, seed: int) -> None:
    play = Play(world, Random(seed))
    for _ in range(70):
        play.act()
    seen = {name: _on_pages(world, name, play.discussions) for name in ACTORS}
    told = _told(world)
    assert sum(len(keys) for keys in told.values()) > 30, "a play in which nothing happens proves nothing"
    for name in ACTORS:
        received = {message for message, people in told.items() if name in people}
        assert received == seen[name], (name, play.done)


def test_a_client_is_never_given_a_note_or_a_line(app: Flask, world: World) -> None:
    play = Play(world, Random(99))
    for _ in range(80):
        play.act()
    for name in ("marie", "luc", "paul", "zoe"):
        for key in play.discussions:
            shown = all_messages(world.viewer(name), key)
            assert all(message.kind == "text" and message.line is None for message in shown)


def _on_pages(world: World, name: str, keys: list[str]) -> set[str]:
    return {message.id for key in keys for message in all_messages(world.viewer(name), key)}


def _told(world: World) -> dict[str, set[str]]:
    """{message: who would be told of it now}, by the question that the tail asks."""
    names = {world.person_id(name): name for name in ACTORS}
    query = select(Message.id, Message.public_id, Message.conversation_id).join(Conversation)
    return {
        row.public_id: {
            names[person.person_id]
            for person in access.recipients(Event(message_id=row.id, conversation_id=row.conversation_id))
            if person.person_id in names
        }
        for row in db.session.execute(query)
    }
