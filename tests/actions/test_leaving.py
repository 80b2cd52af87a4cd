"""Who is removed or leaves is gone at once, and nothing stays (SPEC D4, D17)."""

from flask import Flask

from portal import access
from portal.actions import messages, participants
from portal.extensions import db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.models import Message
from portal.queries import discussions as lists, messages as stretches
from portal.queries.discussions import Filter
from tests.actions.rows import (
    add,
    conversation,
    disable,
    facts,
    last_fact,
    reads,
    refused,
    remove,
    say,
)
from tests.world import World, token


def test_d17_removal_is_at_once_and_nothing_stays(app: Flask, world: World) -> None:
    marie = world.viewer("marie")
    assert [row.id for row, _ in lists.page(marie, Filter()).rows] == [world.permit]
    remove(world, "ines", world.permit, "marie")
    event = last_fact(world.permit)
    assert (event.name, event.person_id) == ("participant.removed", world.person_id("marie"))
    for look in (
        lambda: lists.row(marie, world.permit),
        lambda: lists.discussion(marie, world.permit),
        lambda: stretches.page(marie, world.permit),
        lambda: stretches.changes(marie, world.permit, 0),
        lambda: stretches.message(marie, world.permit, world.answer),
        lambda: say(world, "marie", world.permit, "One more thing"),
        lambda: edit(world, "marie", world.answer),
    ):
        with refused(NotFound):
            look()
    assert lists.page(marie, Filter()).rows == ()
    assert db.session.scalars(access.scopes.messages(marie).with_only_columns(Message.id)).all() == []
    say(world, "ines", world.permit, "She is gone")
    assert world.person_id("marie") not in {one.person_id for one in access.recipients(last_fact(world.permit))}
    assert world.person_id("marie") not in {one.person_id for one in access.participants(last_fact(world.permit))}


def test_what_was_said_before_a_removal_is_hers_and_stays_for_the_others(app: Flask, world: World) -> None:
    remove(world, "ines", world.permit, "marie")
    shown = reads(world.viewer("hugo"), world.permit)[-1]
    assert (shown.body, shown.author.name) == ("Thank you!", "Marie Delcourt")


def test_d17_staff_leave_and_clients_cannot(app: Flask, world: World) -> None:
    with refused(Forbidden):
        participants.leave(world.viewer("marie"), world.permit)
    participants.leave(world.viewer("hugo"), world.permit)
    assert last_fact(world.permit).name == "participant.left"
    with refused(NotFound):
        stretches.page(world.viewer("hugo"), world.permit)
    assert conversation(world.permit).owner_id == world.person_id("ines")


def test_d4_an_owner_who_leaves_hands_over(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "nina")
    disable(world, "nina")
    for name in ("marie", "ines", "nina"):
        with refused(Invalid, "bad_successor"):
            participants.leave(world.viewer("ines"), world.permit, successor_key=world.keys[name])
    with refused(NotFound):
        participants.leave(world.viewer("ines"), world.permit, successor_key=world.keys["adam"])
    participants.leave(world.viewer("ines"), world.permit, successor_key=world.keys["hugo"])
    assert conversation(world.permit).owner_id == world.person_id("hugo")
    assert facts(world.permit)[-2:] == ["ownership.handed", "participant.left"]
    add(world, "hugo", world.permit, "luc")


def test_d4_an_owner_who_leaves_without_successor_leaves_it_without_owner(app: Flask, world: World) -> None:
    assert lists.ownerless(world.viewer("adam")) == ()
    participants.leave(world.viewer("ines"), world.permit)
    assert conversation(world.permit).owner_id is None
    for verb in (add, remove):
        with refused(Forbidden):
            verb(world, "hugo", world.permit, "marie")
    say(world, "hugo", world.permit, "We go on")
    assert conversation(world.permit).owner_id is None, "only a client's own beginning falls to who answers"
    shown = lists.ownerless(world.viewer("adam"))
    assert [(key, brand, count) for key, brand, _, count in shown] == [(world.permit, "North", 3)]
    assert "Permit" not in repr(shown)
    assert lists.ownerless(world.viewer("hugo")) == ()


def edit(world: World, name: str, key: str) -> None:
    """Somebody changes the words of a message."""
    messages.edit(world.viewer(name), world.permit, key, body=f"Edited {token()}")
