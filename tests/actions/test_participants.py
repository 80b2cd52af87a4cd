"""Who is in a discussion: added, removed, gone (SPEC D2, D4, D7, D10, D17). Every test is a part of the promise."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal import access
from portal.actions import invitations, messages, participants, people
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Message
from portal.queries import candidates, discussions as lists, messages as stretches
from tests.actions.rows import (
    add,
    at_once,
    bodies,
    conversation,
    disable,
    facts,
    last_fact,
    message,
    refused,
    remove,
    say,
    stays,
)
from tests.world import PASSWORD, World, token

EVERYTHING = ["Here is the plan.", "She pays late.", "Thank you!"]
FOR_CLIENTS = ["Here is the plan.", "Thank you!"]


def test_d2_only_who_has_accepted_the_invitation_can_be_added(app: Flask, world: World) -> None:
    key, secret = invitations.invite(
        world.viewer("ines"), name="Lea Delcourt", email="lea@example.com", role="client", language="fr", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    world.keys["lea"] = key
    with refused(Invalid, "still_invited") as caught:
        add(world, "ines", world.permit, "lea")
    assert caught.value.values == {"name": "Lea Delcourt"}
    invitations.accept(secret, name="Lea", password=PASSWORD, time_zone="UTC")
    add(world, "ines", world.permit, "lea")
    assert bodies(world.viewer("lea"), world.permit) == FOR_CLIENTS


def test_d2_a_disabled_account_cannot_be_added(app: Flask, world: World) -> None:
    remove(world, "ines", world.permit, "dora")
    disable(world, "nina")
    for name in ("dora", "nina"):
        with refused(Invalid, "account_disabled"):
            add(world, "ines", world.permit, name)
    people.enable(world.viewer("olga"), world.keys["nina"])
    add(world, "ines", world.permit, "nina")


def test_who_belongs_to_another_brand_is_not_to_be_found(app: Flask, world: World) -> None:
    for name in ("sam", "rosa"):
        with refused(NotFound):
            add(world, "ines", world.permit, name)
    for name in ("paul", "adam"):  # of the brand, be it another space
        add(world, "ines", world.permit, name)


def test_d7_a_second_client_has_to_be_confirmed(app: Flask, world: World) -> None:
    with refused(Conflict, "second_client"):
        add(world, "ines", world.permit, "luc", confirmed=False)
    add(world, "ines", world.permit, "nina", confirmed=False)
    add(world, "ines", world.permit, "luc", confirmed=True)


def test_d4_only_the_creator_adds_and_removes(app: Flask, world: World) -> None:
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            add(world, name, world.permit, "nina")
        with refused(Forbidden):
            remove(world, name, world.permit, "hugo")
    add(world, "ines", world.permit, "nina")
    remove(world, "ines", world.permit, "hugo")


def test_the_owner_stays_nobody_is_in_twice_and_history_is_one_of_three(app: Flask, world: World) -> None:
    with refused(Invalid, "owner_stays"):
        remove(world, "ines", world.permit, "ines")
    with refused(Conflict, "already_in"):
        add(world, "ines", world.permit, "hugo")
    with refused(Invalid, "bad_history"):
        add(world, "ines", world.permit, "nina", history="everything")
    with refused(NotFound):
        remove(world, "ines", world.permit, "nina")


def test_d7_staff_see_the_whole_history_a_client_all_but_the_notes(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "nina")
    add(world, "ines", world.permit, "luc")
    assert bodies(world.viewer("nina"), world.permit) == EVERYTHING
    assert bodies(world.viewer("luc"), world.permit) == FOR_CLIENTS


def test_d7_from_now_on(app: Flask, world: World) -> None:
    for name in ("nina", "luc"):
        add(world, "ines", world.permit, name, history="now")
        assert bodies(world.viewer(name), world.permit) == []
        assert lists.row(world.viewer(name), world.permit)[0].last is None
    say(world, "hugo", world.permit, "A note", "note")
    say(world, "hugo", world.permit, "A text")
    assert bodies(world.viewer("nina"), world.permit) == ["A note", "A text"]
    assert bodies(world.viewer("luc"), world.permit) == ["A text"]


def test_d7_on_joining_everything_counts_as_read_and_mailed(app: Flask, world: World) -> None:
    row = conversation(world.permit)
    last = {"nina": row.seq, "luc": row.public_seq}
    for name, number in last.items():
        add(world, "ines", world.permit, name)
        stay = stays(world, world.permit, name)[-1]
        assert (stay.read, stay.seen, stay.mailed) == (number, number, number)
        assert lists.unread_marks(world.viewer(name)) == {}
    say(world, "marie", world.permit, "New")
    for name, number in last.items():
        assert lists.unread_marks(world.viewer(name)) == {world.permit: (number + 1, number)}


@pytest.mark.parametrize("name", ["hugo", "marie"])
def test_d7_who_is_added_again_does_not_see_the_gap_by_default(app: Flask, world: World, name: str) -> None:
    before = bodies(world.viewer(name), world.permit)
    remove(world, "ines", world.permit, name)
    missed = say(world, "ines", world.permit, "Behind their back")
    add(world, "ines", world.permit, name)
    say(world, "ines", world.permit, "Welcome back")
    assert bodies(world.viewer(name), world.permit) == [*before, "Welcome back"]
    for hidden in (
        lambda: stretches.message(world.viewer(name), world.permit, missed),
        lambda: edit(world, name, missed),
    ):
        with refused(NotFound):
            hidden()
    changed = stretches.changes(world.viewer(name), world.permit, 0)
    assert changed is not None
    assert missed not in [one.id for one in changed.messages]


@pytest.mark.parametrize("name", ["hugo", "marie"])
def test_d7_the_gap_is_shown_where_the_owner_says_so(app: Flask, world: World, name: str) -> None:
    before = bodies(world.viewer(name), world.permit)
    remove(world, "ines", world.permit, name)
    say(world, "ines", world.permit, "Meanwhile")
    assert candidates.preview(world.viewer("ines"), world.permit, world.keys[name]).missed == 1
    add(world, "ines", world.permit, name, history="gap")
    assert bodies(world.viewer(name), world.permit) == [*before, "Meanwhile"]


def test_an_edit_in_the_gap_stays_hidden_and_is_told_to_nobody_who_was_away(app: Flask, world: World) -> None:
    remove(world, "ines", world.permit, "marie")
    missed = say(world, "ines", world.permit, "Behind her back")
    add(world, "ines", world.permit, "marie")
    edit(world, "ines", missed)
    event = last_fact(world.permit)
    assert event.message_id == message(missed).id
    assert world.person_id("marie") not in {one.person_id for one in access.recipients(event)}
    assert world.person_id("hugo") in {one.person_id for one in access.recipients(event)}


def test_d10_being_added_is_told_to_no_client(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")
    event = last_fact(world.permit)
    assert (event.name, event.person_id) == ("participant.added", world.person_id("luc"))
    told = {one.person_id for one in access.recipients(event)}
    assert told == {world.person_id("ines"), world.person_id("hugo")}


def test_adding_at_once_adds_once(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    db.session.rollback()
    got = at_once(app, 6, lambda _: participants.add(ines, world.permit, world.keys["nina"]))
    assert sorted(map(str, got)) == ["None"] + ["already_in"] * 5
    assert facts(world.permit).count("participant.added") == 5


def test_d9_staff_only_has_no_limit_of_participants(app: Flask, world: World) -> None:
    for name in ("olga", "adam", "nina"):
        add(world, "ines", world.inside, name)
    row = conversation(world.inside)
    query = select(Message.kind).where(Message.conversation_id == row.id).order_by(Message.position)
    assert db.session.scalars(query).all()[-3:] == ["event"] * 3


def edit(world: World, name: str, key: str) -> None:
    """Somebody changes the words of a message."""
    messages.edit(world.viewer(name), world.permit, key, body=f"Edited {token()}")
