"""SPEC P11: whose clients an agent finds. Whichever way one looks, it is the same people."""

from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import invitations, participants, people as accounts
from portal.extensions import db
from portal.kernel.errors import NotFound, Refusal
from portal.models import Brand, Invitation, Participation, Space, SpaceMember
from portal.queries import candidates, discussions as lists, firm, people
from tests.actions.rows import add, conversation, decide, refused, remove
from tests.drama import Play
from tests.world import World

AGENTS = ("ines", "hugo", "nina", "sam")
CLIENTS = ("marie", "luc", "paul", "zoe", "dora", "rosa")
HOME = {"ines": "North", "hugo": "North", "nina": "North", "sam": "South"}


@pytest.mark.parametrize("seed", range(5))
def test_every_way_to_a_client_leads_to_the_same_ones(app: Flask, world: World, seed: int) -> None:
    """List, search, card, invitation, dialog of adding and adding itself, against the rows read by hand."""
    play = Play(world, Random(seed))
    decide(world, reach="own")
    for _ in range(60):
        play.act()
    decide(world, reach="own", co_owners=True)
    met = 0
    for name in AGENTS:
        expected = _own(world, name)
        met += len(expected)
        assert _listed(world, name) == expected, (name, play.done)
        assert {other for other in CLIENTS if _opens(world, name, other)} == expected
        assert {other for other in CLIENTS if _may_invite_again(world, name, other)} == expected
        assert _spaces(world, name) == _own_spaces(world, name, expected)
        for key in play.discussions:
            assert _addable(world, name, key) in (None, expected & _missing(world, key))
    assert met > 2, "agents who know nobody prove nothing"
    for name in ("olga", "adam"):
        assert _listed(world, name) == set(CLIENTS), name
    for name in CLIENTS[:4]:
        assert _listed(world, name) == set(), name


def test_with_all_within_reach_it_is_the_clients_of_their_brands(app: Flask, world: World) -> None:
    for name, known in {"ines": set(CLIENTS) - {"rosa"}, "nina": set(CLIENTS) - {"rosa"}, "sam": {"rosa"}}.items():
        assert _listed(world, name) == known, name
    assert _addable(world, "ines", world.permit) == {"luc", "paul", "zoe"}


def test_with_their_own_alone_it_is_those_of_their_discussions_invitations_and_spaces(app: Flask, world: World) -> None:
    decide(world, reach="own")
    here_before = {"marie", "zoe", "dora"}  # in the permit; Zoe was removed from it, and can be added again
    assert {name: _listed(world, name) for name in AGENTS} == {
        "ines": here_before, "hugo": here_before, "nina": set(), "sam": set(),
    }  # fmt: skip
    assert _addable(world, "ines", world.permit) == {"zoe"}
    add(world, "ines", world.permit, "nina")
    assert _listed(world, "nina") == here_before
    remove(world, "ines", world.permit, "nina")
    assert _listed(world, "nina") == set(), "who left finds them no more"
    key, _ = invitations.invite(
        world.viewer("nina"), name="Eva Neu", email="eva@example.com", role="client", language="en", days=3,
        brand_keys=(world.brands["North"],), space_name="Neu",
    )  # fmt: skip
    assert [one.id for one in people.people(world.viewer("nina"), "client")] == [key]
    assert _spaces(world, "nina") == {"Neu"}


def test_a_client_beyond_reach_is_as_one_who_is_not_there(app: Flask, world: World) -> None:
    decide(world, reach="own")
    ines = world.viewer("ines")
    for look in (
        lambda key: people.person(ines, key),
        lambda key: candidates.preview(ines, world.permit, key),
        lambda key: participants.add(ines, world.permit, key, confirmed=True),
        lambda key: invitations.invite_again(ines, key, 3),
        lambda key: invitations.withdraw(ines, key),
        lambda key: accounts.disable(ines, key),
    ):
        for key in (world.keys["luc"], "a" * 26):
            with refused(NotFound):
                look(key)
    assert candidates.candidates(ines, world.permit, "luc") == candidates.candidates(ines, world.permit, "nobody") == ()
    decide(world)
    add(world, "ines", world.permit, "luc")


def test_a_space_beyond_reach_takes_no_client_and_no_discussion(app: Flask, world: World) -> None:
    """A space is called as its client is: whoever may not find the one does not read the other."""
    decide(world, reach="own")
    nina, brun = world.viewer("nina"), world.spaces["Brun"]
    assert _spaces(world, "nina") == set()
    with refused(NotFound):
        invitations.invite(
            nina, name="X", email="x@example.com", role="client", language="en", days=3, space_key=brun
        )  # fmt: skip
    decide(world)
    assert "Brun" in _spaces(world, "nina")


def test_an_exception_goes_before_the_firm_s_rule_and_ends_with_it(app: Flask, world: World) -> None:
    adam, nina = world.viewer("adam"), world.keys["nina"]
    north = set(CLIENTS) - {"rosa"}
    for firms, own, found in (("all", "own", set()), ("own", "all", north), ("own", "", set()), ("all", "", north)):
        decide(world, reach=firms)
        accounts.limit(adam, nina, reach=own)
        assert _listed(world, "nina") == found, (firms, own)
    assert _listed(world, "hugo") == north


def _own(world: World, name: str) -> set[str]:
    """By hand: row by row, as SPEC P11 says it."""
    me = world.person_id(name)
    stays = db.session.execute(select(Participation.conversation_id, Participation.person_id, Participation.left_at))
    stays = stays.all()
    mine = {where for where, who, left in stays if who == me and left is None}
    met = {who for where, who, _ in stays if where in mine}
    invited = db.session.execute(select(Invitation.person_id, Invitation.inviter_id)).all()
    met |= {who for who, by in invited if by == me}
    members = db.session.execute(select(SpaceMember.space_id, SpaceMember.person_id)).all()
    looked_after = {space for space, who in members if who == me}
    met |= {who for space, who in members if space in looked_after}
    return {other for other in CLIENTS if world.person_id(other) in met and HOME[name] in _brands(world, other)}


def _brands(world: World, client: str) -> set[str]:
    query = select(Brand.name).join(Space, Space.brand_id == Brand.id).join(SpaceMember)
    return set(db.session.scalars(query.where(SpaceMember.person_id == world.person_id(client))))


def _own_spaces(world: World, name: str, clients: set[str]) -> set[str]:
    me, ids = world.person_id(name), {world.person_id(other) for other in clients}
    query = select(Space.name, SpaceMember.person_id).join(SpaceMember).join(Brand, Brand.id == Space.brand_id)
    members = db.session.execute(query.where(Brand.name == HOME[name])).all()
    found = {space for space, who in members if who == me or who in ids}
    shown = {lists.row(world.viewer(name), key)[0].space for key in _discussions(world, name)}
    return found | {space for space in shown if space}


def _discussions(world: World, name: str) -> list[str]:
    current = lists.page(world.viewer(name), lists.Filter()).rows
    archived = lists.page(world.viewer(name), lists.Filter(archived=True)).rows
    return [row.id for row, _ in (*current, *archived)]


def _names(world: World, keys: set[str]) -> set[str]:
    return {name for name, key in world.keys.items() if key in keys}


def _listed(world: World, name: str) -> set[str]:
    return _names(world, {one.id for one in people.people(world.viewer(name), "client")})


def _spaces(world: World, name: str) -> set[str]:
    return {space for _, space, _ in firm.spaces(world.viewer(name))}


def _opens(world: World, name: str, other: str) -> bool:
    try:
        return people.person(world.viewer(name), world.keys[other]).id == world.keys[other]
    except NotFound:
        return False


def _may_invite_again(world: World, name: str, other: str) -> bool:
    try:
        return "invite" in people.may(world.viewer(name), world.keys[other])
    except NotFound:
        return False


def _addable(world: World, name: str, key: str) -> set[str] | None:
    """Clients who are offered in the dialog that adds, each of whom can be looked at; None for who may not add."""
    viewer = world.viewer(name)
    try:
        offered = {one.id for one in candidates.candidates(viewer, key, "") if one.face == "client"}
    except Refusal:
        return None
    for one in offered:
        candidates.preview(viewer, key, one)
    return _names(world, offered)


def _missing(world: World, key: str) -> set[str]:
    """Active clients who are not in a discussion that admits any."""
    row = conversation(key)
    inside = select(Participation.person_id).where(
        Participation.conversation_id == row.id, Participation.left_at.is_(None)
    )
    present = set(db.session.scalars(inside))
    return {name for name in CLIENTS if row.is_shared and name != "dora" and world.person_id(name) not in present}
