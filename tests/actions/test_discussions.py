"""Starting, naming, archiving, owning discussions (SPEC D1, D3, D4, D8, D11, D12)."""

from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import delete

from portal import access
from portal.access import Viewer
from portal.actions import discussions, firm, messages, participants, read_marks
from portal.actions.stays import join
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.kernel.text import TITLE_LIMIT
from portal.models import Participation, Person, SpaceMember
from portal.queries import discussions as lists, messages as stretches
from portal.queries.discussions import Filter
from tests.actions.rows import (
    add,
    at_once,
    bodies,
    conversation,
    disable,
    facts,
    last_fact,
    public_side,
    refused,
    say,
    stays,
)
from tests.world import World, token


def test_d1_the_audience_is_one_of_two_and_staff_create(app: Flask, world: World) -> None:
    north = world.brands["North"]
    for audience in ("", "public", "Shared"):
        with refused(Invalid, "bad_audience"):
            discussions.create(world.viewer("hugo"), title="New", audience=audience, brand_key=north)
    with refused(Forbidden):
        discussions.create(world.viewer("marie"), title="New", audience="shared", brand_key=north)
    for audience in ("internal", "shared"):
        key = discussions.create(world.viewer("hugo"), title="New", audience=audience, brand_key=north)
        row = conversation(key)
        assert (row.audience, row.owner_id) == (audience, world.person_id("hugo"))
        assert facts(key) == ["discussion.created"]


def test_a_discussion_is_made_in_ones_own_brand_and_its_spaces(app: Flask, world: World) -> None:
    south, north = world.brands["South"], world.brands["North"]
    with refused(NotFound):
        discussions.create(world.viewer("hugo"), title="New", audience="shared", brand_key=south)
    with refused(NotFound):
        discussions.create(
            world.viewer("hugo"), title="New", audience="shared", brand_key=north, space_key=world.spaces["Roche"]
        )
    with refused(Invalid, "space_of_other_brand"):
        discussions.create(
            world.viewer("adam"), title="New", audience="shared", brand_key=north, space_key=world.spaces["Roche"]
        )
    discussions.create(
        world.viewer("adam"), title="New", audience="shared", brand_key=south, space_key=world.spaces["Roche"]
    )


def test_d1_an_internal_discussion_accepts_no_client_by_any_door(app: Flask, world: World) -> None:
    with refused(Forbidden, "internal_discussion"):
        add(world, "ines", world.inside, "marie")
    row = conversation(world.inside)
    marie = db.session.get_one(Person, world.person_id("marie"))
    with pytest.raises(Forbidden):
        join(row, marie)
    add(world, "ines", world.inside, "nina")
    begun = discussions.start(
        world.viewer("marie"), title="Q", body="A question", space_key=world.spaces["Delcourt"], token=token()
    )
    assert conversation(begun).audience == "shared"


def test_d1_even_a_row_made_by_hand_lets_no_client_in(app: Flask, world: World) -> None:
    row, person = conversation(world.inside), world.person_id("marie")
    with transaction():
        db.session.add(Participation(conversation_id=row.id, person_id=person, face="client"))
    said = say(world, "hugo", world.inside, "Still between us")
    marie = world.viewer("marie")
    for look in (
        lambda: lists.discussion(marie, world.inside),
        lambda: lists.row(marie, world.inside),
        lambda: stretches.page(marie, world.inside),
        lambda: stretches.message(marie, world.inside, said),
        lambda: say(world, "marie", world.inside, "Hello?"),
    ):
        with refused(NotFound):
            look()
    assert world.inside not in [row.id for row, _ in lists.page(marie, Filter()).rows]
    assert world.inside not in lists.unread_marks(marie)
    event = last_fact(world.inside)
    assert {one.face for one in (*access.recipients(event), *access.participants(event))} == {"staff"}


VERBS: dict[str, Callable[[Viewer, World, str], object]] = {
    "rename": lambda viewer, world, key: discussions.rename(viewer, key, title="Mine"),
    "archive": lambda viewer, world, key: discussions.archive(viewer, key),
    "reopen": lambda viewer, world, key: discussions.reopen(viewer, key),
    "add": lambda viewer, world, key: participants.add(viewer, key, world.keys["nina"]),
    "remove": lambda viewer, world, key: participants.remove(viewer, key, world.keys["hugo"]),
    "leave": lambda viewer, world, key: participants.leave(viewer, key),
    "read": lambda viewer, world, key: read_marks.read(viewer, key, 1),
    "edit": lambda viewer, world, key: messages.edit(viewer, key, world.text, body="x"),
    "delete": lambda viewer, world, key: messages.delete(viewer, key, world.text),
    "publish": lambda viewer, world, key: messages.publish(viewer, key, world.note, body="x", token=token()),
}


def test_d3_outside_every_verb_finds_nothing_there_or_not(app: Flask, world: World) -> None:
    outside = [world.viewer(name) for name in ("adam", "nina", "sam", "luc", "rosa", "zoe")]
    for verb in VERBS.values():
        for viewer in outside:
            for key in (world.permit, "a" * 26):
                with refused(NotFound):
                    verb(viewer, world, key)
    for verb in ("rename", "archive", "reopen", "add", "remove", "read", "edit", "publish", "delete", "leave"):
        VERBS[verb](world.viewer("ines"), world, world.permit)


def test_d4_the_creator_renames_and_nobody_else(app: Flask, world: World) -> None:
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            discussions.rename(world.viewer(name), world.permit, title="Mine")
    before = conversation(world.permit).public_rev
    discussions.rename(world.viewer("ines"), world.permit, title="  The   permit ")
    assert conversation(world.permit).title == "The permit"
    assert conversation(world.permit).public_rev == before + 1, "clients' pages have to learn of it"
    discussions.rename(world.viewer("ines"), world.permit, title="The permit")
    assert facts(world.permit).count("discussion.renamed") == 1


def test_a_name_has_its_limits(app: Flask, world: World) -> None:
    for title, code in (("", "title_empty"), (" \u200b ", "title_empty"), ("x" * (TITLE_LIMIT + 1), "title_too_long")):
        with refused(Invalid, code):
            discussions.rename(world.viewer("ines"), world.permit, title=title)
    discussions.rename(world.viewer("ines"), world.permit, title="x" * TITLE_LIMIT)


def test_d11_a_client_starts_once_somebody_has_added_them(app: Flask, world: World) -> None:
    delcourt = world.spaces["Delcourt"]
    with refused(Forbidden, "not_added_yet"):
        discussions.start(world.viewer("luc"), title="Q", body="Hello", space_key=delcourt, token=token())
    with refused(Forbidden):
        discussions.start(world.viewer("ines"), title="Q", body="Hello", space_key=delcourt, token=token())
    with refused(NotFound):
        discussions.start(world.viewer("marie"), title="Q", body="Hello", space_key=world.spaces["Brun"], token=token())
    add(world, "ines", world.permit, "luc")
    key = discussions.start(world.viewer("luc"), title="Q", body="Hello", space_key=delcourt, token=token())
    assert bodies(world.viewer("luc"), key) == ["Hello"]
    with refused(NotFound):
        stretches.page(world.viewer("marie"), key)  # of the same space, and not asked


def test_d11_the_space_staff_receive_it_else_the_brand_s_owner_else_the_firm_s(app: Flask, world: World) -> None:
    """Whoever is disabled receives nothing; a client's question always has somebody who reads it."""
    north = {"name": "North", "hue": 165, "host": "", "owner_key": world.keys["adam"]}
    firm.save_brand(world.viewer("olga"), world.brands["North"], **north)
    assert _receivers(world) == ["olga"]  # who made the space
    with transaction():
        db.session.execute(delete(SpaceMember).where(SpaceMember.person_id == world.person_id("olga")))
    assert _receivers(world) == ["adam"]
    disable(world, "adam")
    assert _receivers(world) == ["olga"]


def test_d4_a_client_never_adds_removes_or_renames_not_even_what_they_began(app: Flask, world: World) -> None:
    delcourt = world.spaces["Delcourt"]
    key = discussions.start(world.viewer("marie"), title="Q", body="Hello", space_key=delcourt, token=token())
    for verb in ("rename", "archive", "reopen", "add", "remove", "leave"):
        with refused(Forbidden):
            VERBS[verb](world.viewer("marie"), world, key)
    say(world, "marie", key, "Still here")


def test_one_token_starts_one_discussion(app: Flask, world: World) -> None:
    marie, delcourt, sent = world.viewer("marie"), world.spaces["Delcourt"], token()

    def start(_: int) -> str:
        return discussions.start(marie, title="Q", body="Hello", space_key=delcourt, token=sent)

    db.session.rollback()
    begun = at_once(app, 12, start)
    assert len(set(begun)) == 1
    for title, body in (("Q", "Other"), ("Another", "Hello")):
        with refused(Conflict, "token_reused"):
            discussions.start(marie, title=title, body=body, space_key=delcourt, token=sent)
    with refused(Conflict, "token_reused"):
        messages.post(marie, world.permit, body="Hello", token=sent)
    assert start(0) == begun[0]


def test_d12_staff_archive_and_reopen_each_once(app: Flask, world: World) -> None:
    before = public_side(world.permit)
    with refused(Forbidden):
        discussions.archive(world.viewer("marie"), world.permit)
    for _ in range(2):
        discussions.archive(world.viewer("hugo"), world.permit)
    assert conversation(world.permit).archived_at is not None
    assert bodies(world.viewer("marie"), world.permit) == ["Here is the plan.", "Thank you!"]
    for _ in range(2):
        discussions.reopen(world.viewer("ines"), world.permit)
    assert facts(world.permit)[-2:] == ["discussion.archived", "discussion.reopened"]
    after = public_side(world.permit)
    assert (after[0], after[1], after[2]) == (before[0], before[1] + 2, before[2])


def _receivers(world: World) -> list[str]:
    """The staff who receive what Marie starts."""
    delcourt = world.spaces["Delcourt"]
    key = discussions.start(world.viewer("marie"), title="Q", body="Hello", space_key=delcourt, token=token())
    names = [name for name in ("olga", "adam", "ines", "hugo", "nina", "sam") if stays(world, key, name)]
    told = {one.person_id for one in access.recipients(last_fact(key))}
    assert told == {world.person_id(name) for name in (*names, "marie")}, "who is in it is told"
    return names
