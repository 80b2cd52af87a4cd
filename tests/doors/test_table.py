"""RELIABILITY S1: every route, with what each of the cast gets. A route that is not here fails the build."""

from collections.abc import Iterator

import pytest
from flask import Flask

from tests.conftest import Stage
from tests.doors import (
    delivery_routes,
    files_routes,
    later_routes,
    links_routes,
    mailbox_routes,
    marks_routes,
    mentions_routes,
    record_routes,
    search_routes,
    spaces_routes,
    turns_routes,
)
from tests.doors.cells import (
    ADMINS,
    CAST,
    CLIENT_IN,
    CLIENTS,
    CONFLICT,
    EVERYBODY,
    OUT,
    OWNER,
    READING,
    SIGNED_IN,
    STAFF,
    STAFF_IN,
    Booth,
    Route,
    booth,
)
from tests.doors.states import STATES, State
from tests.doors.ungiven import UNGIVEN
from tests.faces import DOT
from tests.promises import Figure, whole
from tests.world import PASSWORD

NOT_HERE = dict.fromkeys(STAFF_IN, 403)  # the right is the owner's, in a firm that has co-owners
TOKEN = "0123456789abcdef" * 2
NEW = {"title": "New", "audience": "shared", "brand": "{north}", "space": "", "token": TOKEN}
TEXT = {"body": "Hi", "kind": "text", "token": TOKEN}
C, P = "/console", "/console/discussions/{permit}"
D = "/discussions/{permit}"
M = "/messages/{text}"
INSIDE = "/console/discussions/{inside}"

ROUTES = (
    # the console's lists and pages
    Route("GET", "console.front", f"{C}/", STAFF, 302, denied=404),
    Route("GET", "console.discussions", f"{C}/discussions", STAFF),
    Route("GET", "console.commands", f"{C}/commands?q=a", STAFF),
    Route("GET", "console.new_discussion", f"{C}/discussions/new", STAFF),
    Route(
        "POST", "console.create_discussion", f"{C}/discussions", tuple(set(STAFF) - {"sam"}), 201, NEW,
        other={"sam": 422},
    ),
    Route("GET", "console.discussion", P, STAFF_IN),
    Route("GET", "console.discussion", INSIDE, STAFF_IN),
    Route("GET", "console.row", f"{P}/row", STAFF_IN),
    Route("GET", "console.row", f"{INSIDE}/row", STAFF_IN),
    Route("GET", "console.reach", f"{P}/reach", STAFF_IN),
    Route("GET", "console.title", f"{P}/title", STAFF_IN),
    Route("POST", "console.rename", f"{P}/title", OWNER, 204, {"title": "Other"}, other={"hugo": 403}),
    Route("POST", "console.archive", f"{P}/archive", STAFF_IN, 200),
    Route("DELETE", "console.reopen", f"{P}/archive", STAFF_IN, 204),
    Route("POST", "console.read_mark", f"{P}/read-mark", STAFF_IN, 204, {"number": "1"}),
    Route("GET", "console.ownerless", f"{C}/ownerless", ADMINS, denied=403),
    Route("POST", "console.ownership", f"{C}/ownerless/{{permit}}", (), 201),
    # messages, as staff
    Route("GET", "console.messages", f"{P}/messages?after_rev=0", STAFF_IN),
    Route("GET", "console.messages", f"{P}/messages?before=99", STAFF_IN),
    Route("GET", "console.messages", f"{INSIDE}/messages?after_rev=0", STAFF_IN),
    Route("POST", "console.create_message", f"{P}/messages", STAFF_IN, 201, TEXT),
    Route(
        "POST", "console.create_message", f"{P}/messages", STAFF_IN, 201,
        {"body": "Hi", "kind": "note", "token": TOKEN},
    ),
    Route("POST", "console.create_message", f"{INSIDE}/messages", STAFF_IN, 201, TEXT),
    Route("DELETE", "console.message", f"{P}{M}", OWNER, 200, other={"hugo": 403}),
    Route("GET", "console.message_text", f"{P}{M}/text", OWNER, other={"hugo": 403}),
    Route("POST", "console.edit_message", f"{P}{M}/text", OWNER, 200, {"body": "Else"}, other={"hugo": 403}),
    Route("GET", "console.message_versions", f"{P}{M}/versions", STAFF_IN),
    Route("GET", "console.publication", f"{P}/messages/{{note}}/publication", STAFF_IN),
    Route("GET", "console.publication", f"{P}{M}/publication", (), other={"ines": 403, "hugo": 403}),
    Route(
        "POST", "console.publish", f"{P}/messages/{{note}}/publication", STAFF_IN, 201, {"body": "Hi", "token": TOKEN}
    ),
    # participants
    Route("GET", "console.participants", f"{P}/participants", STAFF_IN),
    Route("GET", "console.new_participant", f"{P}/participants/new", OWNER, other={"hugo": 403}),
    Route("GET", "console.participant_preview", f"{P}/participants/new/{{nina}}", OWNER, other={"hugo": 403}),
    Route(
        "POST", "console.add_participant", f"{P}/participants", OWNER, 204, {"person": "{nina}"}, other={"hugo": 403}
    ),
    Route("GET", "console.removal", f"{P}/participants/{{marie}}/removal", OWNER),
    Route("DELETE", "console.participant", f"{P}/participants/{{marie}}", OWNER, 204, other={"hugo": 403}),
    # the firm has no co-owners; where it has them, test_rights asks
    Route("POST", "console.make_co_owner", f"{P}/participants/{{hugo}}/co-ownership", (), 204, other=NOT_HERE),
    Route("DELETE", "console.unmake_co_owner", f"{P}/participants/{{hugo}}/co-ownership", (), 204, other=NOT_HERE),
    Route("GET", "console.departure", f"{P}/departure", STAFF_IN),
    Route("POST", "console.leave", f"{P}/departure", STAFF_IN, 204),
    # people
    Route("GET", "console.people", f"{C}/people", STAFF),
    Route("GET", "console.person", f"{C}/people/{{marie}}", tuple(set(STAFF) - {"sam"})),
    Route("POST", "console.disable", f"{C}/people/{{hugo}}/disablement", ADMINS, 204, denied=403),
    Route(
        "DELETE", "console.enable", f"{C}/people/{{dora}}/disablement", ADMINS, 204,
        other={"ines": 403, "hugo": 403, "nina": 403},
    ),
    Route("POST", "console.limit", f"{C}/people/{{hugo}}/reach", ADMINS, 204, {"reach": "own"}, denied=403),
    Route("POST", "console.invite_again", f"{C}/people/{{marie}}/invitation", (), other=CONFLICT),
    Route("DELETE", "console.withdraw", f"{C}/people/{{marie}}/invitation", (), other=CONFLICT),
    Route("GET", "console.new_invitation", f"{C}/invitations/new", STAFF),
    Route("GET", "console.new_invitation", f"{C}/invitations/new?face=staff", ADMINS, denied=403),
    Route(
        "POST", "console.invite_client", f"{C}/invitations/clients", tuple(set(STAFF) - {"sam"}), 201,
        {"name": "New", "email": "new@example.com", "language": "en", "space": "{delcourt}", "brand": "{north}"},
        other={"sam": 422},
    ),
    Route(
        "POST", "console.invite_staff", f"{C}/invitations/staff", ADMINS, 201,
        {"name": "New", "email": "new@example.com", "language": "en", "role": "agent", "brands": "{north}"}, denied=403,
    ),
    # settings
    Route("GET", "console.settings", f"{C}/settings", ADMINS),
    Route("POST", "console.save_settings", f"{C}/settings", ADMINS, 303, {"name": "D", "staff_names": "brand"}),
    Route("GET", "console.rights", f"{C}/settings/rights", ADMINS),
    Route("GET", "console.rights", f"{C}/settings/rights?page=2", ADMINS),
    Route(
        "POST", "console.save_rights", f"{C}/settings/rights", ADMINS, 303,
        {"allowed": "create", "reach": "own", "co_owners": "y"},
    ),
    Route("GET", "console.new_brand", f"{C}/settings/brands/new", ADMINS),
    Route(
        "POST", "console.create_brand", f"{C}/settings/brands", ADMINS, 204,
        {"name": "West", "hue": "10", "host": "", "owner": "{ines}"},
    ),
    Route("GET", "console.brand", f"{C}/settings/brands/{{north}}", ADMINS),
    Route(
        "POST", "console.save_brand", f"{C}/settings/brands/{{north}}", ADMINS, 204,
        {"name": "Nord", "hue": "10", "host": "", "owner": "{ines}"},
    ),
    # the portal
    Route("GET", "client.discussions", "/", CLIENTS, other=dict.fromkeys(STAFF, 302)),
    Route("GET", "client.new_discussion", "/discussions/new", CLIENTS),
    Route(
        "POST", "client.create_discussion", "/discussions", CLIENT_IN, 201,
        {"title": "New", "space": "{delcourt}", "body": "Hello", "token": TOKEN},
        other={"luc": 403, "paul": 422, "zoe": 422, "rosa": 422},
    ),
    Route("GET", "client.discussion", D, CLIENT_IN),
    Route("GET", "client.discussion", "/discussions/{inside}", ()),
    Route("GET", "client.row", f"{D}/row", CLIENT_IN),
    Route("GET", "client.row", "/discussions/{inside}/row", ()),
    Route("POST", "client.read_mark", f"{D}/read-mark", CLIENT_IN, 204, {"number": "1"}),
    Route("GET", "client.messages", f"{D}/messages?after_rev=0", CLIENT_IN),
    Route("GET", "client.messages", f"{D}/messages?before=2147483647", CLIENT_IN),
    Route("GET", "client.messages", "/discussions/{inside}/messages?after_rev=0", ()),
    Route("POST", "client.create_message", f"{D}/messages", CLIENT_IN, 201, {"body": "Hi", "token": TOKEN}),
    Route("POST", "client.create_message", "/discussions/{inside}/messages", (), 201, {"body": "Hi", "token": TOKEN}),
    Route("DELETE", "client.message", f"{D}/messages/{{answer}}", CLIENT_IN),
    Route("DELETE", "client.message", f"{D}{M}", (), other={"marie": 403}),
    Route("DELETE", "client.message", f"{D}/messages/{{note}}", ()),
    Route("GET", "client.message_text", f"{D}/messages/{{answer}}/text", CLIENT_IN),
    Route("GET", "client.message_text", f"{D}{M}/text", (), other={"marie": 403}),
    Route("GET", "client.message_text", f"{D}/messages/{{note}}/text", ()),
    Route("POST", "client.edit_message", f"{D}/messages/{{answer}}/text", CLIENT_IN, 200, {"body": "Else"}),
    Route("POST", "client.edit_message", f"{D}{M}/text", (), 200, {"body": "Else"}, other={"marie": 403}),
    Route("POST", "client.edit_message", f"{D}/messages/{{note}}/text", (), 200, {"body": "Else"}),
    # one's own account
    Route("GET", "account.profile", "/profile", SIGNED_IN),
    Route(
        "POST", "account.save_profile", "/profile", SIGNED_IN, 303,
        {"name": "Me", "language": "fr", "time_zone": "Europe/Paris"},
    ),
    Route(
        "POST", "account.password", "/profile/password", (), 303,
        {"current": "wrong", "new": "n" * 12, "again": "n" * 12}, other=dict.fromkeys(SIGNED_IN, 422),
    ),
    Route("POST", "account.revoke_others", "/profile/devices", SIGNED_IN, 303),
    Route("POST", "account.revoke_device", "/profile/devices/{permit}", ()),
    Route("POST", "account.save_picture", "/profile/picture", SIGNED_IN, 200, files={"picture": DOT}),
    Route("POST", "account.remove_picture", "/profile/picture/removal", SIGNED_IN, 200),
    # faces: staff's by who read what they wrote, clients' by who has to do with them
    Route("GET", "account.picture", "/pictures/{ines_face}/small", (*STAFF, "marie")),
    Route("GET", "account.picture", "/pictures/{hugo_face}/small", STAFF),
    Route("GET", "account.picture", "/pictures/{nina_face}/large", STAFF),
    Route("GET", "account.picture", "/pictures/{marie_face}/large", (*set(STAFF) - {"sam"}, "marie")),
    Route("GET", "account.picture", "/pictures/{paul_face}/small", (*set(STAFF) - {"sam"}, "paul")),
    Route("GET", "account.picture", "/pictures/{ines_face}/huge", ()),
    Route("GET", "account.picture", "/pictures/{ines}/small", ()),
    # open to everybody
    Route("GET", "account.login", "/login", OUT, other=dict.fromkeys(SIGNED_IN, 302)),
    Route("POST", "account.sign_in", "/login", EVERYBODY, 303, {"email": "marie@example.com", "password": PASSWORD}),
    Route("POST", "account.logout", "/logout", EVERYBODY, 303),
    Route("POST", "account.language", "/language/fr", EVERYBODY, 303),
    Route("GET", "account.start", "/start", ()),
    Route(
        "POST", "account.found", "/start", (), 303,
        {"firm": "Mine", "name": "Eve", "email": "eve@example.com", "password": "x" * 12},
    ),
    Route("GET", "account.invitation", "/invitations/guess", ()),
    Route("POST", "account.accept", "/invitations/guess", (), 303, {"name": "Eve", "password": "x" * 12}),
    Route("GET", "account.mine", "/me.css", EVERYBODY),
    Route("GET", "account.brand", "/brand.css", EVERYBODY),
    # whoever runs the machine; /metrics opens by a token in the settings alone (tests/doors/test_health.py)
    Route("GET", "health.live", "/health/live", EVERYBODY),
    Route("GET", "health.ready", "/health/ready", EVERYBODY),
    Route("GET", "health.metrics", "/metrics", ()),
    # the socket: without an upgrade there is nothing here; test_sockets knocks with one
    Route("GET", "live.live", "/live", (), other=dict.fromkeys(CAST, 400)),
    *delivery_routes.ROUTES,
    *files_routes.ROUTES,
    *later_routes.ROUTES,
    *links_routes.ROUTES,
    *mailbox_routes.ROUTES,
    *marks_routes.ROUTES,
    *mentions_routes.ROUTES,
    *record_routes.ROUTES,
    *spaces_routes.ROUTES,
    *turns_routes.ROUTES,
    *search_routes.ROUTES,
)  # fmt: skip

# Pages that are there for strangers, but say that there is nothing.
OPEN_404 = {
    "account.start",
    "account.found",
    "account.invitation",
    "account.accept",
    "account.picture",
    "health.metrics",
    *delivery_routes.NOWHERE,
}


def test_every_route_is_declared(play: Flask) -> None:
    there = {
        (rule.endpoint, method)
        for rule in play.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = {(route.endpoint, route.method) for route in ROUTES} | {("static", "GET")}
    assert there == declared


@pytest.fixture(scope="module")
def shared(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Booth]:
    """One application for the whole table."""
    with booth(stage, tmp_path_factory.mktemp("table")) as standing:
        yield standing


@pytest.mark.timeout(1800)
@pytest.mark.promise("S1")
@pytest.mark.parametrize("state", STATES, ids=str)
def test_everybody_gets_what_is_theirs_and_nothing_else(shared: Booth, figure: Figure, state: State) -> None:
    """A denied cell gets the denial that tells nothing, and writes nothing; a granted one succeeds."""
    with state.set_up(shared):
        wrong = [found for route, name in cells(state) for found in _look(shared, state, route, name)]
    assert wrong == []
    asked = cells(state)
    denied = sum(not _granted(state, *cell) for cell in asked)
    figure(f"{state}: {len(asked)} cells, {denied} of them denied: 0 leaks, 0 writes")


@pytest.mark.promise("S1")
def test_the_table_is_large_enough(figure: Figure) -> None:
    """A table that denies all proves nothing, nor does one that grants all: what nobody gets is named."""
    counts = [(len(cells(state)), sum(_granted(state, *cell) for cell in cells(state))) for state in STATES]
    asked, granted = (sum(column) for column in zip(*counts, strict=True))
    assert asked >= 2500
    assert granted < asked / 2
    given = {cell[0].endpoint for state in STATES for cell in cells(state) if _granted(state, *cell)}
    assert {route.endpoint for route in ROUTES if route.method == "GET"} - given == UNGIVEN
    figure(f"together {len(ROUTES)} routes and methods, {len(STATES)} states, {asked} cells, {granted} of them granted")


def cells(state: State) -> list[tuple[Route, str | None]]:
    """The cells of a state: in every run of those whom it touches, in the whole of everybody."""
    cast = CAST if whole() and not state.alone else state.touched
    return [(route, name) for route in ROUTES if state.about(route) for name in cast]


def _look(booth: Booth, state: State, route: Route, name: str | None) -> Iterator[str]:
    """What is wrong with a cell, if anything is."""
    expected, granted = _expected(state, route, name), _granted(state, route, name)
    answer = booth.ask(route, name)
    if answer.status_code != expected:
        yield f"{route}: {name} got {answer.status_code}, not {expected}: {answer.get_data()[:200]!r}"
    if booth.changed() and not (granted and route.method not in READING):
        yield f"{route}: {name} wrote something"
    if granted and route.method not in READING:
        booth.put_back()


def _granted(state: State, route: Route, name: str | None) -> bool:
    return _expected(state, route, name) < 400 and _expected(state, route, name) == route.ok


def _expected(state: State, route: Route, name: str | None) -> int:
    """The status of a cell: the state's own, or the table's of who they are alike."""
    found = state.meets(route, name)
    if isinstance(found, int):
        return found
    return route.ok if found in route.get else _denial(route, found)


def _denial(route: Route, name: str | None) -> int:
    if name in route.other:
        return route.other[name]
    if name in OUT and route.endpoint not in OPEN_404:
        return 401
    wrong_door = route.endpoint.startswith("console.") and name in CLIENTS
    return 404 if wrong_door else route.denied
