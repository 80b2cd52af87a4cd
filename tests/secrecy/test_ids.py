"""RELIABILITY S6 and H4: what is not yours is what is not there, to the byte and to the millisecond."""

import re
import statistics
import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from pwdlib import PasswordHash
from werkzeug.test import TestResponse

from portal.actions import invitations
from portal.kernel import clock, passwords
from tests.conftest import Stage, signed_in
from tests.doors.cells import Booth, Route, names
from tests.doors.steps import Visit, invite
from tests.doors.test_table import ROUTES
from tests.promises import Figure, rounds
from tests.secrecy.writes import HTMX
from tests.world import PASSWORD, password_hash

MISSING = "a" * 26
NEAR = 0.005  # seconds
KEY = re.compile(r"\{(\w+)\}")
TOKENS = re.compile(r"[\w.-]{60,}|(?<=name=\"token\" value=\")[0-9a-f]{32}")
KEYED = [
    route
    for route in ROUTES
    if KEY.search(route.path)
    and route.endpoint.split(".")[0] in {"console", "client"}
    and "{hugo}" not in route.path  # a colleague: everybody on staff may know of him
]

# What Marie is not told of though she is in the discussion.
OF_NOTES = [route for route in ROUTES if "{note}" in route.path and route.endpoint.startswith("client.")]

# Who has something of their own behind that door, but not this.
OUTSIDER = {"client": "paul", "console": "sam"}


@pytest.fixture
def site(theatre: Callable[..., Flask]) -> Flask:
    """The application with the cast, where one may try as often as one likes."""
    return theatre(SIGN_IN_LIMIT="100000 per minute", WRITE_LIMIT="100000 per minute")


@pytest.fixture
def visit(site: Flask, stage: Stage) -> Visit:
    """`visit("marie")` is a browser in which Marie is signed in; of None, nobody is."""
    return lambda name: signed_in(site, stage, name)


@pytest.mark.promise("S6")
def test_not_yours_is_not_there(open_booth: Booth, figure: Figure) -> None:
    """Each key of each address in turn: somebody else's, and nobody's."""
    fill, compared = names(open_booth.world), 0
    for route, who in [(route, _outsider(route)) for route in KEYED] + [(route, "marie") for route in OF_NOTES]:
        browser = open_booth.browser(who)
        form = {name: value.format(**fill) for name, value in route.form.items()}
        for key in ["note"] if who == "marie" else KEY.findall(route.path):
            nobodys = route.path.format(**fill | {key: MISSING})
            for headers in ({}, HTMX):
                theirs = browser.open(route.path.format(**fill), method=route.method, data=form, headers=headers)
                missing = browser.open(nobodys, method=route.method, data=form, headers=headers)
                assert theirs.status_code == missing.status_code == _denied(route, who, key), f"{route}: {key}"
                assert _bytes(theirs) == _bytes(missing), f"{route}: {key}"
                compared += 1
    assert not open_booth.changed()
    figure(f"{compared} answers that are not yours and not there: 0 bytes of difference")


@pytest.mark.promise("S6")
@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("paul", "/discussions/{permit}"),
        ("paul", "/discussions/{permit}/messages?after_rev=0"),
        ("marie", "/discussions/{permit}/messages/{note}/text"),
        ("marie", "/discussions/{inside}"),
        ("nina", "/console/discussions/{permit}"),
        ("adam", "/console/discussions/{inside}/messages/{text}/versions"),
        ("sam", "/console/people/{marie}"),
    ],
)
def test_not_yours_takes_as_long_as_not_there(open_booth: Booth, figure: Figure, name: str, path: str) -> None:
    fill = names(open_booth.world)
    last = KEY.findall(path)[-1]
    theirs, missing = path.format(**fill), path.format(**fill | {last: MISSING})
    browser = open_booth.browser(name)
    times = rounds(30, 200)
    apart = _difference(lambda: browser.get(theirs), lambda: browser.get(missing), times)
    assert apart < NEAR
    figure(f"{path} as {name}: medians of {times} are {apart * 1000:.2f} ms apart")


def test_a_key_of_another_discussion_is_no_key_here(visit: Visit, stage: Stage) -> None:
    """Hugo is in both: a message of one is not to be had under the address of the other."""
    world, hugo = stage.world, visit("hugo")
    assert hugo.get(f"/console/discussions/{world.permit}/messages/{world.text}/versions").status_code == 200
    for path in ("{}/versions", "{}/publication", "{}/text", "{}"):
        key = world.note if "publication" in path else world.text
        address = f"/console/discussions/{world.inside}/messages/{path.format(key)}"
        assert hugo.open(address, method="GET" if "/" in path else "DELETE").status_code == 404


@pytest.mark.promise("H4")
@pytest.mark.parametrize("who", ["nobody@example.com", "dora@example.com", "eva@example.com"])
def test_a_sign_in_that_fails_tells_nothing(site: Flask, stage: Stage, visit: Visit, figure: Figure, who: str) -> None:
    """Wrong password, unknown, disabled or invited: the same bytes, in the same time."""
    invite(site, stage)
    wrong, unknown = visit(None), visit(None)
    first, second = _tried(wrong, "marie@example.com"), _tried(unknown, who)
    assert first.status_code == second.status_code == 422
    assert _bytes(first).replace("marie@example.com", "") == _bytes(second).replace(who, "")
    times = rounds(30, 200)
    apart = _difference(lambda: _tried(wrong, "marie@example.com"), lambda: _tried(unknown, who), times)
    assert apart < NEAR
    figure(
        f"sign-in as a wrong password's and as {who}: same bytes, medians of {times} are {apart * 1000:.2f} ms apart"
    )


@pytest.mark.parametrize("who", ["marie@example.com", "nobody@example.com", "dora@example.com", "eva@example.com"])
def test_every_failed_try_checks_one_password_of_the_same_cost(
    site: Flask, stage: Stage, visit: Visit, who: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What takes nearly all of the time in earnest; here it is quick."""
    invite(site, stage)
    spy = Spy(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", spy)
    assert _tried(visit(None), who).status_code == 422
    assert [_cost(stored) for stored in spy.verified] == [_cost(password_hash())]


def test_the_first_unknown_address_takes_no_longer_than_the_second(
    site: Flask, visit: Visit, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hash that stands in for nobody's is made for whoever tries first, not for the first unknown."""
    passwords._nobodys.cache_clear()
    spy = Spy(passwords._hasher)
    monkeypatch.setattr(passwords, "_hasher", spy)
    for who, made in (("marie@example.com", 1), ("nobody@example.com", 1)):
        _tried(visit(None), who)
        assert spy.hashed == made


@pytest.mark.promise("H4")
def test_invitations_that_are_over_and_such_as_never_were_are_one(site: Flask, stage: Stage, figure: Figure) -> None:
    with clock.at(clock.now() - timedelta(days=4)):
        _, expired = invite(site, stage, days=3)
    _, used = invite(site, stage, email="used@example.com")
    gone, withdrawn = invite(site, stage, email="gone@example.com")
    with site.app_context():
        invitations.withdraw(stage.world.viewer("olga"), gone)
    form = {"name": "Eva", "password": PASSWORD, "time_zone": "UTC"}
    assert site.test_client().post(used, data=form).status_code == 303
    never = f"/invitations/{'x' * 43}"
    browser, times, apart = site.test_client(), rounds(20, 200), 0.0
    for link in (expired, used, withdrawn):
        for ask in (browser.get, lambda path: browser.post(path, data=form)):
            assert _bytes(ask(link)).replace(link, "") == _bytes(ask(never)).replace(never, "")
        apart = max(apart, _difference(lambda link=link: browser.get(link), lambda: browser.get(never), times))
    assert apart < NEAR
    figure(f"3 links that are over and one that never was: same bytes, medians of {times} {apart * 1000:.2f} ms apart")


@pytest.mark.promise("H4")
def test_who_invites_learns_not_whose_an_address_is(site: Flask, stage: Stage, visit: Visit, figure: Figure) -> None:
    """An address that is taken is refused in the same words and time, whoever in the firm has it, known or not."""
    sam, times = visit("sam"), rounds(15, 200)
    known, unknown = "ines@example.com", "marie@example.com"  # a colleague; a client of another brand

    def invites(email: str) -> TestResponse:
        form = {"name": "New", "email": email, "language": "en", "space": "", "brand": stage.world.brands["South"]}
        return sam.post("/console/invitations/clients", data=form, headers=HTMX)

    assert invites("new@example.com").status_code == 201
    assert invites(known).status_code == invites(unknown).status_code == 409
    assert _bytes(invites(known)).replace(known, "") == _bytes(invites(unknown)).replace(unknown, "")
    apart = _difference(lambda: invites(known), lambda: invites(unknown), times)
    assert apart < NEAR
    figure(f"inviting a taken address, of whomever: same bytes, medians of {times} are {apart * 1000:.2f} ms apart")


class Spy:
    """A hasher that keeps what it was asked to do."""

    def __init__(self, hasher: PasswordHash) -> None:
        self.hasher = hasher
        self.verified: list[str] = []
        self.hashed = 0

    def verify(self, password: str, stored: str) -> bool:
        """Whether it is the one."""
        self.verified.append(stored)
        return self.hasher.verify(password, stored)

    def hash(self, password: str) -> str:
        """Its hash."""
        self.hashed += 1
        return self.hasher.hash(password)


def _cost(stored: str) -> list[str]:
    """Kind, version and cost of a hash: what its check takes."""
    return stored.split("$")[:4]


def _tried(browser: FlaskClient, email: str, address: str = "198.51.100.1") -> TestResponse:
    form = {"email": email, "password": "not the password"}
    return browser.post("/login", data=form, environ_base={"REMOTE_ADDR": address})


def _outsider(route: Route) -> str:
    """Somebody for whom the door is open and nothing behind it theirs."""
    who = OUTSIDER[route.endpoint.split(".")[0]]
    return "ines" if "settings" in route.path else who


def _denied(route: Route, who: str, key: str) -> int:
    """What is told of it; but a place in a page or a list of one's own that is not there is left out."""
    own = route.endpoint == "console.mentions" or (who == "marie" and f"?at={{{key}}}" in route.path)
    return 200 if own else route.denied


def _bytes(answer: TestResponse) -> str:
    """An answer as it goes out, without the tokens that differ each time."""
    kept = [
        f"{name}: {value}" for name, value in answer.headers.items() if name not in {"Set-Cookie", "Content-Length"}
    ]
    return "\n".join([str(answer.status_code), *kept, TOKENS.sub("", answer.text)])


def _difference(one: Callable[[], object], other: Callable[[], object], times: int) -> float:
    """How far apart the medians are, in seconds, of so many tries of each by turns.

    Seconds of work: what the neighbours of this machine do meanwhile is not the server's to tell.
    """
    one(), other()
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for ask, kept in zip((one, other), took, strict=True):
            began = time.process_time()
            ask()
            kept.append(time.process_time() - began)
    return abs(statistics.median(took[0]) - statistics.median(took[1]))
