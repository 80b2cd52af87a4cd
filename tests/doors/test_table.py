"""RELIABILITY S1: every route, with what each of the cast gets. A route that is not here fails the build."""

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest
from flask import Flask
from sqlalchemy import text
from werkzeug.test import TestResponse

from portal.extensions import db
from tests.conftest import Stage, signed_in
from tests.world import PASSWORD, World

STAFF = ("olga", "adam", "ines", "hugo", "nina", "sam")
CLIENTS = ("marie", "luc", "paul", "zoe", "rosa")
OUT = (None, "dora")  # nobody, and a disabled client's browser
CAST: tuple[str | None, ...] = (*OUT, *STAFF, *CLIENTS)

ADMINS = ("olga", "adam")
STAFF_IN = ("ines", "hugo")  # Ines owns it
OWNER = ("ines",)
CLIENT_IN = ("marie",)
EVERYBODY = CAST
SIGNED_IN = (*STAFF, *CLIENTS)
# those who see Marie in their list of people: what they ask for cannot be
CONFLICT = dict.fromkeys(("olga", "adam", "ines", "hugo", "nina"), 409)

HTMX = {"HX-Request": "true"}


@dataclass(frozen=True)
class Route:
    """One address and method; `get` are those who get `ok`, everybody else is denied."""

    method: str
    endpoint: str
    path: str
    get: tuple[str | None, ...]
    ok: int = 200
    form: dict[str, str] = field(default_factory=dict)
    denied: int = 404  # of those who are signed in
    headers: dict[str, str] = field(default_factory=lambda: HTMX)
    other: dict[str | None, int] = field(default_factory=dict)  # who gets something of their own

    def __str__(self) -> str:
        return f"{self.method} {self.path}"


TOKEN = "0123456789abcdef" * 2
NEW = {"title": "New", "audience": "shared", "brand": "{north}", "space": ""}
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
    Route("POST", "console.archive", f"{P}/archive", STAFF_IN, 204),
    Route("DELETE", "console.reopen", f"{P}/archive", STAFF_IN, 204),
    Route("POST", "console.read_mark", f"{P}/read-mark", STAFF_IN, 204, {"number": "1"}),
    Route("GET", "console.ownerless", f"{C}/ownerless", ADMINS, denied=403),
    Route("POST", "console.ownership", f"{C}/ownerless/{{permit}}", ()),
    # messages, as staff
    Route("GET", "console.messages", f"{P}/messages?after_rev=0", STAFF_IN),
    Route("GET", "console.messages", f"{P}/messages?before=99", STAFF_IN),
    Route("GET", "console.messages", f"{INSIDE}/messages?after_rev=0", STAFF_IN),
    Route("POST", "console.create_message", f"{P}/messages", STAFF_IN, 201, {"body": "Hi", "token": TOKEN}),
    Route(
        "POST", "console.create_message", f"{P}/messages", STAFF_IN, 201,
        {"body": "Hi", "kind": "note", "token": TOKEN},
    ),
    Route("POST", "console.create_message", f"{INSIDE}/messages", STAFF_IN, 201, {"body": "Hi", "token": TOKEN}),
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
    Route("GET", "client.messages", f"{D}/messages?before=99", CLIENT_IN),
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
    # the socket: without an upgrade there is nothing here; test_sockets knocks with one
    Route("GET", "live.live", "/live", (), other=dict.fromkeys(CAST, 400)),
)  # fmt: skip

# Pages that are there for strangers, but say that there is nothing.
OPEN_404 = {"account.start", "account.found", "account.invitation", "account.accept"}


def test_every_route_is_declared(play: Flask) -> None:
    there = {
        (rule.endpoint, method)
        for rule in play.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    declared = {(route.endpoint, route.method) for route in ROUTES} | {("static", "GET")}
    assert there == declared


@pytest.mark.parametrize("route", ROUTES, ids=str)
def test_denied_cells(route: Route, theatre: Callable[..., Flask], stage: Stage) -> None:
    """Whoever may not gets the denial that tells nothing, and nothing is written."""
    app = theatre(SIGN_IN_LIMIT="1000 per minute")
    before = _contents(app)
    for name in CAST:
        if name in route.get:
            continue
        answer = _ask(app, stage, route, name)
        assert answer.status_code == _denial(route, name), f"{name} got {answer.status_code}"
        assert _contents(app) == before, f"{name} wrote something"


@pytest.mark.parametrize("route", [route for route in ROUTES if route.get], ids=str)
def test_allowed_cells(route: Route, theatre: Callable[..., Flask], stage: Stage) -> None:
    """The same request succeeds for those whom it is for: a table that denies all proves nothing."""
    app = theatre(SIGN_IN_LIMIT="1000 per minute")
    for name in route.get:
        if route.method != "GET":
            app = theatre(SIGN_IN_LIMIT="1000 per minute")
        answer = _ask(app, stage, route, name)
        assert answer.status_code == route.ok, f"{name} got {answer.status_code}: {answer.text[:300]}"


def cells() -> int:
    """How many cells the table has."""
    return len(ROUTES) * len(CAST)


def _ask(app: Flask, stage: Stage, route: Route, name: str | None) -> TestResponse:
    fill = _names(stage.world)
    form = {key: value.format(**fill) for key, value in route.form.items()}
    browser = signed_in(app, stage, name)
    return browser.open(route.path.format(**fill), method=route.method, data=form or None, headers=route.headers)


def _denial(route: Route, name: str | None) -> int:
    if name in route.other:
        return route.other[name]
    if name in OUT and route.endpoint not in OPEN_404:
        return 401
    wrong_door = route.endpoint.startswith("console.") and name in CLIENTS
    return 404 if wrong_door else route.denied


def _names(world: World) -> dict[str, str]:
    """What the paths and forms call by name."""
    places = {name.lower(): key for name, key in (world.brands | world.spaces).items()}
    things = {name: getattr(world, name) for name in ("permit", "inside", "text", "note", "answer")}
    return world.keys | places | things


def _contents(app: Flask) -> str:
    """Everything in the database, but for when a device was last seen."""
    with app.app_context():
        tables = [table for table in db.metadata.sorted_tables if table.name != "device"]
        rows = [str(db.session.execute(table.select()).all()) for table in tables]
        devices = db.session.execute(text("SELECT id, person_id, revoked_at FROM device")).all()
        db.session.remove()
        return "\n".join([*rows, str(devices)])
