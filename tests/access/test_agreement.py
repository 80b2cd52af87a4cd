"""Live, page, search and rights agree: may receive it = sees it on the page = finds it, for everybody."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal import access
from portal.extensions import db
from portal.models import Conversation, Event, Message
from portal.queries.search import Hits, hits, wanted
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


@pytest.mark.parametrize("seed", range(3))
def test_who_may_find_is_who_sees(app: Flask, world: World, seed: int) -> None:
    """By any word that is said, and by none but the words of what one sees."""
    play = Play(world, Random(seed))
    for _ in range(70):
        play.act()
    count = 0
    for name in ACTORS:
        seen = [message for key in play.discussions for message in all_messages(world.viewer(name), key)]
        said = {message.id: message.body for message in seen if message.kind != "event" and not message.deleted}
        assert _found(world, name, "after:2000") == set(said), (name, play.done)
        for word in ("text", "note", "edited", "published", "question", "plan", "late"):
            assert _found(world, name, f'"{word}"') == {key for key, body in said.items() if word in body}, (name, word)
        count += len(said)
    assert count > 25, "a play in which nothing happens proves nothing"


def _found(world: World, name: str, typed: str) -> set[str]:
    """All that somebody finds, page after page."""
    found: set[str] = set()
    page = hits(world.viewer(name), wanted(typed, "UTC"))
    while page.hits:
        found |= {hit.id for hit in page.hits}
        page = hits(world.viewer(name), wanted(typed, "UTC"), page.older) if page.older else Hits()
    return found


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
