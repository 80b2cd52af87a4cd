"""Doors: the table again in a firm that has co-owners, keeps rights from its agents, or limits whom they find."""

import pytest
from flask import Flask

from portal import access
from portal.actions import co_owners, participants
from tests.actions.rows import decide
from tests.conftest import Stage
from tests.doors.cells import HTMX, Booth, Route
from tests.doors.states import AROUND, Found, State
from tests.doors.steps import Visit
from tests.doors.test_table import _look, cells, shared
from tests.promises import Figure, whole
from tests.world import World

__all__ = ["shared"]

RIGHTS = "/console/settings/rights"
AGENTS = ("ines", "hugo", "nina", "sam")
CO_OWNED = {
    "console.new_participant", "console.participant_preview", "console.add_participant", "console.removal",
    "console.participant", "console.readers", "console.add_readers", "console.expect", "console.expect_no_more",
    "console.invite_into", "console.send_invitation",
}  # fmt: skip
KEPT = {
    "console.new_discussion", "console.create_discussion", "console.begin_first_upload", "console.invite_client",
    "console.invite_again",
    "console.withdraw", "console.try_address", "console.end_links", "console.end_link", "console.new_space",
    "console.create_space", "console.new_space_member",
}  # fmt: skip
OF_A_SPACE = {
    "console.space_name", "console.rename_space", "console.welcome", "console.add_space_member", "console.space_member",
}  # fmt: skip
OF_THE_PERMIT = {
    "console.publication", "console.publish", "console.discussion_record", "console.export_discussion",
    "console.invite_into", "console.send_invitation",
}  # fmt: skip
FOUND = {
    "console.person", "console.invite_again", "console.withdraw", "console.try_address", "console.end_links",
    "console.end_link",
}  # fmt: skip


def _of_the_discussion(route: Route) -> bool:
    return "{permit}" in route.path and not route.endpoint.startswith("account.")


def _share(world: World) -> None:
    """Hugo is a co-owner of the permit."""
    decide(world, co_owners=True)
    co_owners.make(world.viewer("ines"), world.permit, world.keys["hugo"])


def _co_owning(route: Route, name: str | None) -> Found:
    if name == "ines" and route.endpoint.endswith("make_co_owner"):
        return 409 if route.method == "POST" else 204
    return "ines" if name == "hugo" and route.endpoint in CO_OWNED else name


def _keep(world: World) -> None:
    decide(world, withheld=set(access.SWITCHABLE))


def _kept(route: Route, name: str | None) -> Found:
    """Whoever could find the thing is refused; whoever could not learns nothing."""
    if name not in AGENTS:
        return name
    if route.endpoint in OF_THE_PERMIT and name in {"ines", "hugo"}:
        return 403
    if route.endpoint in OF_A_SPACE and name != "sam":
        return 403
    inviting = route.endpoint == "console.new_invitation"
    nowhere = route.path.endswith("{hugo}/links")  # colleagues have none
    there = not nowhere and not ("{marie}" in route.path and name == "sam")
    return 403 if inviting or (route.endpoint in KEPT and there) else name


def _limit(world: World) -> None:
    decide(world, reach="own")


def _limited(route: Route, name: str | None) -> Found:
    """Nina knows no client, nor their spaces; Ines and Hugo do not know Paul."""
    paul = "{paul_face}" in route.path or route.endpoint == "console.add_space_member"
    if name in {"ines", "hugo", "nina"} and paul:
        return 404
    if name != "nina":
        return name
    if route.endpoint in FOUND or any(one in route.path for one in ("{marie_face}", "{dora}", "{delcourt}")):
        return 404
    return 422 if route.endpoint == "console.invite_client" else name  # the space is not among those to choose


STATES = (
    State("with a co-owner", _share, _co_owning, _of_the_discussion, AROUND),
    State("rights kept from agents", _keep, _kept, touched=("olga", *AGENTS, "marie", None)),
    State("agents who find their own clients", _limit, _limited, touched=("adam", *AGENTS, "luc", None)),
)
CONCERNED = ("hugo", "ines", "nina")


def _changes(state: State, route: Route) -> bool:
    return any(state.meets(route, name) != name for name in state.touched)


@pytest.mark.promise("S1")
@pytest.mark.parametrize(("state", "whom"), list(zip(STATES, CONCERNED, strict=True)), ids=str)
def test_what_the_firm_decides_holds_at_every_door(shared: Booth, figure: Figure, state: State, whom: str) -> None:
    """As in the table: the denial that tells nothing and writes nothing, or, of what one sees, a refusal.

    Where nothing should change, in every run only whom it concerns most is asked; in the whole everybody.
    """
    with state.set_up(shared):
        asked = [cell for cell in cells(state) if whole() or cell[1] == whom or _changes(state, cell[0])]
        assert [found for route, name in asked for found in _look(shared, state, route, name)] == []
    figure(f"{state}: {len(asked)} cells, 0 leaks, 0 writes")


def test_a_co_owner_takes_out_neither_the_owner_nor_another(visit: Visit, stage: Stage, site: Flask) -> None:
    world = stage.world
    with site.app_context():
        _share(world)
        participants.add(world.viewer("ines"), world.permit, world.keys["adam"])
        co_owners.make(world.viewer("ines"), world.permit, world.keys["adam"])
    at = f"/console/discussions/{world.permit}"
    for other in ("ines", "adam", "hugo"):
        address = f"{at}/participants/{world.keys[other]}"
        assert visit("hugo").get(f"{address}/removal", headers=HTMX).status_code == 404, other
        assert visit("hugo").delete(address, headers=HTMX).status_code == 422, other
    page = visit("hugo").get(at).text
    assert f"/participants/{world.keys['marie']}/removal" in page
    assert f"/participants/{world.keys['adam']}/removal" not in page
    assert "co-ownership" not in page
    assert visit("ines").delete(f"{at}/participants/{world.keys['adam']}", headers=HTMX).status_code == 204


def test_buttons_go_with_the_rights(visit: Visit, stage: Stage, site: Flask) -> None:
    with site.app_context():
        _keep(stage.world)
    bars = {name: visit(name).get("/console/commands", headers=HTMX).text for name in ("ines", "adam")}
    assert ["/discussions/new" in bars[name] for name in ("ines", "adam")] == [False, True]
    every = "create erase export invite_client invite_staff manage_firm manage_spaces"
    for name, may in (("ines", ""), ("adam", every)):
        assert f'data-may="{may}"' in visit(name).get("/console/people").text, name
    assert "data-may" not in visit("marie").get("/").text.split("<main")[0]
    said = visit("ines").get("/console/discussions/new").text
    assert "Your firm keeps this for its admins." in said


@pytest.mark.parametrize("number", ["0", "-1", "2", "99999", "x", "٢", "1" * 30, ""])
def test_any_number_of_a_page_is_a_page(visit: Visit, number: str) -> None:
    assert visit("adam").get(RIGHTS, query_string={"page": number}).status_code == 200


@pytest.mark.parametrize("form", [{"reach": "team"}, {"reach": ""}, {"reach": "all", "allowed": "write"}])
def test_what_cannot_be_decided_is_refused_on_the_page(visit: Visit, form: dict[str, str]) -> None:
    adam = visit("adam")
    before = adam.get(RIGHTS).text.count(" checked")
    assert adam.post(RIGHTS, data=form).status_code == 422
    assert adam.get(RIGHTS).text.count(" checked") == before
    assert adam.post(RIGHTS, data={"reach": "own"}).location == f"{RIGHTS}?saved=1"
