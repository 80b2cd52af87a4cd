"""Co-owners: whom an owner lets add and remove participants, where the firm has any (SPEC D4)."""

from threading import Thread
from time import sleep

import pytest
from flask import Flask
from sqlalchemy import update

from portal.actions import co_owners, discussions, messages, participants, people
from portal.extensions import IMMEDIATE, db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from portal.models import Firm
from portal.queries import discussions as lists, messages as stretches
from tests.actions.rows import (
    add,
    browsing,
    conversation,
    decide,
    disable,
    facts,
    public_side,
    refused,
    remove,
    stays,
)
from tests.world import World


@pytest.fixture
def shared(world: World) -> World:
    """The cast, whose firm has co-owners: Hugo is one of the permit."""
    decide(world, co_owners=True)
    make(world, "hugo")
    return world


def make(world: World, name: str, by: str = "ines") -> None:
    """The owner makes somebody a co-owner of the permit."""
    co_owners.make(world.viewer(by), world.permit, world.keys[name])


def co_owning(world: World) -> set[str]:
    """Who is named as a co-owner of the permit, to staff."""
    shown = lists.discussion(world.viewer("ines"), world.permit).participants
    names = {key: name for name, key in world.keys.items()}
    return {names[one.id] for one in shown if one.co_owner}


def test_no_firm_has_them_before_it_wants_them(app: Flask, world: World) -> None:
    with refused(Forbidden):
        make(world, "hugo")
    decide(world, co_owners=True)
    make(world, "hugo")
    assert co_owning(world) == {"hugo"}


def test_a_co_owner_adds_and_removes(app: Flask, shared: World) -> None:
    add(shared, "hugo", shared.permit, "nina")
    add(shared, "hugo", shared.permit, "luc")
    remove(shared, "hugo", shared.permit, "nina")
    remove(shared, "hugo", shared.permit, "marie")
    assert facts(shared.permit)[-4:] == ["participant.added"] * 2 + ["participant.removed"] * 2
    with refused(Forbidden):
        add(shared, "hugo", shared.inside, "nina")  # of another discussion Hugo is a participant


def test_what_is_the_owner_s_stays_the_owner_s(app: Flask, shared: World) -> None:
    hugo, permit = shared.viewer("hugo"), shared.permit
    add(shared, "ines", permit, "nina")
    for deed in (
        lambda: discussions.rename(hugo, permit, title="Mine"),
        lambda: co_owners.make(hugo, permit, shared.keys["nina"]),
        lambda: co_owners.unmake(hugo, permit, shared.keys["hugo"]),
        lambda: messages.delete(hugo, permit, shared.answer),
    ):
        with refused(Forbidden):
            deed()
    with refused(Invalid, "owner_stays"):
        remove(shared, "hugo", permit, "ines")
    make(shared, "nina")
    for name in ("nina", "hugo"):
        with refused(Invalid, "co_owner_stays"):
            remove(shared, "hugo", permit, name)
    remove(shared, "ines", permit, "nina")


def test_only_the_owner_gives_it_and_only_to_active_colleagues_who_are_in(app: Flask, world: World) -> None:
    decide(world, co_owners=True)
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            make(world, "hugo", by=name)
    for name in ("adam", "nina", "luc"):
        with refused(NotFound):
            make(world, "hugo", by=name)
    for name, error, code in (
        ("marie", Invalid, "bad_co_owner"), ("dora", Invalid, "bad_co_owner"), ("ines", Invalid, "bad_co_owner"),
        ("nina", NotFound, ""), ("zoe", NotFound, ""),
    ):  # fmt: skip
        with refused(error, code):
            make(world, name)
    make(world, "hugo")
    with refused(Conflict, "co_owner_already"):
        make(world, "hugo")
    disable(world, "hugo")
    with refused(Invalid, "bad_co_owner"):
        make(world, "hugo")


def test_switched_off_it_ends_at_once_and_switched_on_it_is_back(app: Flask, shared: World) -> None:
    hugo = browsing(shared, "hugo")
    decide(shared, co_owners=False)
    for person in ("nina", "luc"):
        with refused(Forbidden):
            participants.add(hugo, shared.permit, shared.keys[person], confirmed=True)
    with refused(Forbidden):
        participants.remove(hugo, shared.permit, shared.keys["marie"])
    with refused(Forbidden):
        co_owners.unmake(shared.viewer("ines"), shared.permit, shared.keys["hugo"])
    assert co_owning(shared) == set()
    remove(shared, "ines", shared.permit, "marie")  # the owner has lost nothing
    decide(shared, co_owners=True)
    assert co_owning(shared) == {"hugo"}
    participants.add(hugo, shared.permit, shared.keys["nina"])


def test_of_a_deed_and_the_firm_s_end_of_it_at_once_the_first_wins(app: Flask, shared: World) -> None:
    """Hugo adds while the switch is being turned: his unit waits for it, and sees what it says."""
    said: list[str] = []

    def deed(world: World, key: str) -> None:
        with app.app_context():
            try:
                participants.add(browsing(world, "hugo"), world.permit, world.keys[key])
                said.append("done")
            except Refusal as refusal:
                said.append(refusal.code)

    browsing(shared, "hugo")
    db.session.remove()
    for key, end in (("nina", "rollback"), ("adam", "commit")):
        with db.engine.connect().execution_options(**IMMEDIATE) as other:
            other.execute(update(Firm).values(co_owners=False))
            thread = Thread(target=deed, args=(shared, key))
            thread.start()
            sleep(0.4)
            assert said == (["done"] if key == "adam" else []), "nothing is decided while it is being switched"
            getattr(other, end)()
        thread.join()
    assert said == ["done", "forbidden"]


@pytest.mark.parametrize("how", ["removed", "left", "disabled", "taken back"])
def test_it_ends_with_the_stay_with_the_account_and_when_it_is_taken_back(app: Flask, shared: World, how: str) -> None:
    if how == "removed":
        remove(shared, "ines", shared.permit, "hugo")
        add(shared, "ines", shared.permit, "hugo")
    elif how == "left":
        participants.leave(shared.viewer("hugo"), shared.permit)
        add(shared, "ines", shared.permit, "hugo")
    elif how == "disabled":
        decide(shared, co_owners=False)  # also while it rests
        disable(shared, "hugo")
        assert facts(shared.permit)[-1] == "co_ownership.ended"
        people.enable(shared.viewer("olga"), shared.keys["hugo"])
        decide(shared, co_owners=True)
    else:
        co_owners.unmake(shared.viewer("ines"), shared.permit, shared.keys["hugo"])
        with refused(Conflict, "no_co_owner"):
            co_owners.unmake(shared.viewer("ines"), shared.permit, shared.keys["hugo"])
    assert co_owning(shared) == set()
    with refused(Forbidden):
        add(shared, "hugo", shared.permit, "nina")
    make(shared, "hugo")
    add(shared, "hugo", shared.permit, "nina")


def test_it_outlives_a_change_of_owner_but_an_owner_is_no_co_owner(app: Flask, shared: World) -> None:
    add(shared, "ines", shared.permit, "nina")
    participants.leave(shared.viewer("ines"), shared.permit, successor_key=shared.keys["nina"])
    add(shared, "hugo", shared.permit, "adam")
    participants.leave(shared.viewer("nina"), shared.permit, successor_key=shared.keys["hugo"])
    assert conversation(shared.permit).owner_id == shared.person_id("hugo")
    assert [stay.co_owner for stay in stays(shared, shared.permit, "hugo")] == [False]
    make(shared, "adam", by="hugo")
    disable(shared, "hugo")
    remove(shared, "adam", shared.permit, "marie")  # without an owner the co-owner goes on
    discussions.take_over(shared.viewer("adam"), shared.permit)
    assert [stay.co_owner for stay in stays(shared, shared.permit, "adam")] == [False]
    discussions.rename(shared.viewer("adam"), shared.permit, title="Mine now")


def test_staff_read_a_line_and_clients_nothing(app: Flask, world: World) -> None:
    before = public_side(world.permit)
    page = stretches.page(world.viewer("marie"), world.permit)
    decide(world, co_owners=True)
    make(world, "hugo")
    co_owners.unmake(world.viewer("ines"), world.permit, world.keys["hugo"])
    lines = [one.line for one in stretches.page(world.viewer("hugo"), world.permit).messages if one.line][-2:]
    assert [(line.name, line.actor, line.person) for line in lines] == [
        ("co_ownership.given", "Ines Agent", "Hugo Agent"), ("co_ownership.ended", "Ines Agent", "Hugo Agent"),
    ]  # fmt: skip
    assert public_side(world.permit) == before
    assert stretches.page(world.viewer("marie"), world.permit) == page
