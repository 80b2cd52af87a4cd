"""Who owns a discussion, and what becomes of it when they go (SPEC D4, D8, P12)."""

from flask import Flask

from portal.actions import discussions
from portal.extensions import db
from portal.kernel.errors import NotFound
from portal.queries import messages as stretches
from tests.actions.rows import (
    add,
    at_once,
    bodies,
    conversation,
    disable,
    facts,
    last_fact,
    refused,
    say,
    stays,
)
from tests.world import World, token


def test_d4_what_a_client_begins_belongs_to_the_first_who_answers(app: Flask, world: World) -> None:
    delcourt = world.spaces["Delcourt"]
    key = discussions.start(world.viewer("marie"), title="Q", body="Hello", space_key=delcourt, token=token())
    assert conversation(key).owner_id is None
    say(world, "olga", key, "Who is she?", "note")
    assert conversation(key).owner_id is None, "a note answers nobody"
    say(world, "olga", key, "Good morning")
    assert conversation(key).owner_id == world.person_id("olga")
    assert last_fact(key).name == "ownership.answered"
    add(world, "olga", key, "ines")
    say(world, "ines", key, "Me too")
    assert conversation(key).owner_id == world.person_id("olga")


def test_d4_only_an_admin_takes_over_only_what_has_no_owner_and_all_see_it(app: Flask, world: World) -> None:
    with refused(NotFound):
        discussions.take_over(world.viewer("adam"), world.permit)
    disable(world, "ines")
    assert conversation(world.permit).owner_id is None
    with refused(NotFound):
        stretches.page(world.viewer("adam"), world.permit)  # D8: admins do not read others' discussions
    for name in ("hugo", "nina", "marie"):
        with refused(NotFound):
            discussions.take_over(world.viewer(name), world.permit)
    discussions.take_over(world.viewer("adam"), world.permit)
    assert "She pays late." in bodies(world.viewer("adam"), world.permit)
    line = stretches.page(world.viewer("hugo"), world.permit).messages[-1].line
    assert line is not None
    assert (line.name, line.actor) == ("ownership.taken", "Adam Admin")
    with refused(NotFound):
        discussions.take_over(world.viewer("olga"), world.permit)


def test_two_admins_who_take_over_at_once_are_one(app: Flask, world: World) -> None:
    disable(world, "ines")
    admins = [world.viewer("olga"), world.viewer("adam")]
    db.session.rollback()
    got = at_once(app, 2, lambda n: discussions.take_over(admins[n], world.permit))
    assert sorted(map(str, got)) == ["None", "not_found"]
    assert facts(world.permit).count("ownership.taken") == 1


def test_taking_over_what_one_is_in_makes_no_second_stay(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "adam")
    disable(world, "ines")
    discussions.take_over(world.viewer("adam"), world.permit)
    assert len(stays(world, world.permit, "adam")) == 1
    discussions.rename(world.viewer("adam"), world.permit, title="Mine now")
