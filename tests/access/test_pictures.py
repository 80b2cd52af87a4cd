"""A face is given to exactly those beside whose names it is drawn for them, whatever was done before (SPEC D5, D6)."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import delete, select

from portal import access
from portal.access import Viewer
from portal.actions import firm, messages, participants, people as accounts
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Forbidden, NotFound
from portal.models import BrandStaff, Person
from portal.queries import candidates, discussions as lists, people
from tests import faces
from tests.drama import ACTORS, Play, all_messages
from tests.promises import rounds
from tests.world import World, token

STAFF = {"olga", "adam", "ines", "hugo", "nina", "sam"}


@pytest.mark.parametrize("seed", range(rounds(1, 3)))
@pytest.mark.parametrize("names", ["full", "first", "brand"])
def test_a_face_is_given_to_whom_it_is_drawn_for(app: Flask, world: World, names: str, seed: int) -> None:
    others = [name for name in ACTORS if name not in world.faces]
    given = faces.give(*(world.keys[name] for name in others))
    world.faces |= {name: given[world.keys[name]] for name in others}
    play = Play(world, Random(seed))
    for _ in range(60):
        play.act()
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names=names)
    of = {face: name for name, face in world.faces.items()}
    for name in ACTORS:
        viewer = world.viewer(name)
        drawn = {of[face] for face in _drawn(viewer, play.discussions)}
        assert _given(world, name) == drawn, (name, play.done)
    assert len(_given(world, "ines")) > 5, "a play in which nobody is seen proves nothing"


def test_d5_a_client_gets_the_face_of_staff_who_wrote_to_them_and_of_no_other(app: Flask, world: World) -> None:
    assert _given(world, "marie") == {"marie", "ines"}
    messages.post(world.viewer("hugo"), world.permit, body="Only for us", kind="note", token=token())
    assert _given(world, "marie") == {"marie", "ines"}, "a note is not written to them"
    messages.post(world.viewer("hugo"), world.permit, body="Good morning", token=token())
    assert _given(world, "marie") == {"marie", "ines", "hugo"}
    participants.leave(world.viewer("hugo"), world.permit)
    accounts.disable(world.viewer("olga"), world.keys["hugo"])
    assert _given(world, "marie") == {"marie", "ines", "hugo"}, "what was said stays said"


@pytest.mark.parametrize("names", ["first", "brand"])
def test_d5_where_full_names_are_kept_faces_are(app: Flask, world: World, names: str) -> None:
    """Of two colleagues called Ines, a face would say which; under the brand's name, that there are two."""
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names=names)
    assert _given(world, "marie") == {"marie"}
    assert _given(world, "hugo") == set(world.faces)
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="full")
    assert _given(world, "marie") == {"marie", "ines"}


def test_d6_clients_get_one_anothers_faces_only_with_their_words(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    participants.add(ines, world.permit, world.keys["luc"], history="now", confirmed=True)
    assert _given(world, "luc") == set(), "what Marie wrote before is hidden, and so is she"
    answer = messages.post(world.viewer("marie"), world.permit, body="Hello", token=token())
    assert _given(world, "luc") == {"marie"}
    messages.delete(world.viewer("marie"), world.permit, answer)
    assert _given(world, "luc") == {"marie"}, "the line that stays says whose it was"
    assert "luc" not in _given(world, "marie")


def test_d17_who_was_removed_gets_none_any_more(app: Flask, world: World) -> None:
    assert "ines" in _given(world, "marie")
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    assert _given(world, "marie") == {"marie"}


def test_staff_get_those_of_people_they_find_or_talk_with(app: Flask, world: World) -> None:
    assert _given(world, "sam") == {"olga", "ines", "hugo", "nina"}, "colleagues, and no client of another brand"
    assert _given(world, "nina") == {"olga", "ines", "hugo", "nina", "marie", "paul"}


def test_staff_keep_those_they_talk_with_when_they_work_for_the_brand_no_more(app: Flask, world: World) -> None:
    """What was said stays theirs to read (D8), and with it who said it, there or gone."""
    with transaction():
        db.session.execute(delete(BrandStaff).where(BrandStaff.person_id == world.person_id("hugo")))
    assert _given(world, "hugo") == {"olga", "ines", "hugo", "nina", "marie"}, "and Paul no more"
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    assert "marie" in _given(world, "hugo"), "her answer is there"
    participants.add(world.viewer("ines"), world.permit, world.keys["paul"], confirmed=True)
    assert "paul" in _given(world, "hugo"), "he is there, and silent"


def test_there_are_two_sizes_and_no_others(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    for size in ("small", "large"):
        assert access.picture(ines, world.faces["ines"], size)
    for key, size in ((world.faces["ines"], "huge"), (world.keys["ines"], "small"), ("a" * 26, "small"), ("", "")):
        with pytest.raises(NotFound):
            access.picture(ines, key, size)


def _given(world: World, name: str) -> set[str]:
    """Whose faces somebody of the cast would get, if they knew every address."""
    viewer, found = world.viewer(name), set()
    for owner, key in world.faces.items():
        try:
            access.picture(viewer, key, "small")
            found.add(owner)
        except NotFound:
            continue
    return found


def _drawn(viewer: Viewer, keys: list[str]) -> set[str]:
    """Every picture that pages and dialogs of theirs name."""
    found = {_own(viewer)}
    for key in keys:
        found |= {message.author.picture for message in all_messages(viewer, key)}
        if viewer.is_staff:
            found |= _around(viewer, key)
    if viewer.is_staff:
        found |= {person.picture for face in ("staff", "client") for person in people.people(viewer, face)}
    return {picture for picture in found if picture}


def _own(viewer: Viewer) -> str | None:
    return db.session.scalar(select(Person.picture).where(Person.id == viewer.person_id))


def _around(viewer: Viewer, key: str) -> set[str | None]:
    """Participants, and whom one could add."""
    try:
        inside = {person.picture for person in lists.discussion(viewer, key).participants}
        return inside | {person.picture for person in candidates.candidates(viewer, key, "")}
    except NotFound:
        return set()
    except Forbidden:
        return inside
