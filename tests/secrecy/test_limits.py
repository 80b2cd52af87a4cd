"""RELIABILITY H3: how often one may try to sign in."""

import io
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.kernel import windows
from portal.kernel.errors import TooMany
from portal.kernel.windows import Window
from tests.promises import Figure, rounds
from tests.world import PASSWORD

MARIE, NOBODY = "marie@example.com", "nobody@example.com"
WRONG = "not the password"
HOME, AWAY = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def door(theatre: Callable[..., Flask]) -> Flask:
    """The application, with the limits it comes with."""
    return theatre()


@pytest.mark.promise("H3")
@pytest.mark.parametrize("email", [MARIE, NOBODY, "dora@example.com"])
def test_ten_failed_tries_of_an_account_from_wherever(door: Flask, email: str) -> None:
    got = [_try(door.test_client(), email, WRONG, f"198.51.100.{n}") for n in range(12)]
    assert [answer.status_code for answer in got] == [422] * 10 + [429] * 2
    for refused in got[10:]:
        assert 290 < int(refused.headers["Retry-After"]) <= 300
        assert 'role="alert"' in refused.text
        assert f'value="{email}"' in refused.text
        assert WRONG not in refused.text
    assert _try(door.test_client(), MARIE if email != MARIE else "luc@example.com", PASSWORD, HOME).status_code == 303


def test_ten_failed_tries_of_a_network_at_whatever(door: Flask) -> None:
    got = [_try(door.test_client(), f"guess{n}@example.com", WRONG, HOME).status_code for n in range(11)]
    assert got == [422] * 10 + [429]
    assert _try(door.test_client(), MARIE, PASSWORD, HOME).status_code == 429
    assert _try(door.test_client(), MARIE, PASSWORD, AWAY).status_code == 303


def test_a_household_is_one_network_however_many_addresses_it_has(door: Flask) -> None:
    got = [_try(door.test_client(), f"guess{n}@example.com", WRONG, f"2001:db8:1:2::{n + 1}") for n in range(11)]
    assert [answer.status_code for answer in got] == [422] * 10 + [429]
    assert _try(door.test_client(), MARIE, WRONG, "2001:db8:1:3::1").status_code == 422


def test_the_refusal_is_in_the_readers_language(door: Flask) -> None:
    french = {"Accept-Language": "fr"}
    got = [_try(door.test_client(), MARIE, WRONG, AWAY, headers=french) for _ in range(11)]
    assert got[10].status_code == 429
    assert '<html lang="fr"' in got[10].text
    assert "Too many" not in got[10].text


@pytest.mark.promise("H3")
@pytest.mark.parametrize("aim", ["an account", "a network"])
def test_forty_tries_at_once_are_forty_tries(door: Flask, figure: Figure, aim: str) -> None:
    """Counted when they begin: counted when they end, all forty would be let in. Who is known comes in meanwhile."""
    times, known = rounds(2, 50), door.test_client()
    assert _try(known, MARIE, PASSWORD, HOME).status_code == 303
    for turn in range(times):
        door.extensions.pop("comptoir_windows")
        with ThreadPoolExecutor(41) as pool:
            asked = [pool.submit(_guess, door, aim, number) for number in range(40)]
            owner = pool.submit(_try, known, MARIE, PASSWORD, HOME)
            got = [one.result() for one in asked]
            assert owner.result().status_code == 303, "the owner's own browser is never locked out"
        assert (got.count(422), got.count(429)) == (10, 30), turn
    figure(f"40 tries at once at {aim}: 10 let in, in {times} rounds of {times}; a known browser came in each time")


@pytest.mark.promise("H4")
def test_limits_tell_no_more_of_who_is_there(door: Flask) -> None:
    """The eleventh try is refused alike, whether or not there is such an account."""
    last = []
    for email in (MARIE, NOBODY, "dora@example.com"):
        answers = [_try(door.test_client(), email, WRONG, f"198.51.100.{n}") for n in range(12)]
        assert [answer.status_code for answer in answers] == [422] * 10 + [429] * 2
        refused = re.sub(r"[\w.-]{60,}", "", answers[-1].text.replace(email, ""))
        last.append((refused, sorted(set(answers[-1].headers.keys()))))
        door.extensions.pop("comptoir_windows")
    assert last[0] == last[1] == last[2]


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data"])
def test_no_other_form_of_a_try_counts_elsewhere(door: Flask, kind: str) -> None:
    """The address is read once, where it is counted: not from JSON, nor from a file of that name."""
    client = door.test_client()
    if "json" in kind:
        answer = client.post("/login", json={"email": MARIE, "password": PASSWORD})
    else:
        files = {"email": (io.BytesIO(MARIE.encode()), "email"), "password": PASSWORD}
        answer = client.post("/login", data=files, content_type=kind)
    assert answer.status_code == 422
    assert client.get("/profile").status_code == 302
    assert client.post("/login", json=[1, 2]).status_code == 422
    assert client.post("/login", data="{", content_type="application/json").status_code == 422


def test_a_known_browser_is_never_locked_out(door: Flask) -> None:
    """Neither by guesses at the account from elsewhere, nor by guesses at others from the same network."""
    known = door.test_client()
    assert _try(known, MARIE, PASSWORD, HOME).status_code == 303
    known.post("/logout")
    for number in range(12):
        _try(door.test_client(), MARIE, WRONG, f"198.51.100.{number}")
        _try(door.test_client(), f"guess{number}@example.com", WRONG, HOME)
    assert _try(door.test_client(), MARIE, PASSWORD, AWAY).status_code == 429
    assert _try(door.test_client(), "luc@example.com", PASSWORD, HOME).status_code == 429
    assert _try(known, MARIE, PASSWORD, HOME).status_code == 303


def test_a_known_browser_has_ten_tries_too(door: Flask) -> None:
    known = door.test_client()
    assert _try(known, MARIE, PASSWORD, HOME).status_code == 303
    known.post("/logout")
    got = [_try(known, MARIE, WRONG, f"198.51.100.{number}").status_code for number in range(11)]
    assert got == [422] * 10 + [429]
    assert _try(door.test_client(), MARIE, PASSWORD, AWAY).status_code == 303, "nobody else pays for it"


def test_a_browser_is_known_for_those_who_signed_in_there(door: Flask) -> None:
    """Luc's own browser gives him no tries at Marie's account, nor does a cookie of his making."""
    luc = door.test_client()
    assert _try(luc, "luc@example.com", PASSWORD, HOME).status_code == 303
    luc.post("/logout")
    for number in range(10):
        _try(door.test_client(), MARIE, WRONG, f"198.51.100.{number}")
    assert _try(luc, MARIE, PASSWORD, HOME).status_code == 429
    for made in ("x", "W10.x", '["a",["b"]]'):
        forger = door.test_client()
        forger.set_cookie("comptoir-known", made)
        assert _try(forger, MARIE, PASSWORD, AWAY).status_code == 429


def test_a_shared_browser_is_known_for_each(door: Flask) -> None:
    shared = door.test_client()
    for email in (MARIE, "luc@example.com"):
        assert _try(shared, email, PASSWORD, HOME).status_code == 303
        shared.post("/logout")
    for email in (MARIE, "luc@example.com"):
        for number in range(10):
            _try(door.test_client(), email, WRONG, f"198.51.100.{number}")
        assert _try(shared, email, PASSWORD, HOME).status_code == 303
        shared.post("/logout")


def test_the_cookie_of_a_known_browser_names_nobody(door: Flask) -> None:
    answer = _try(door.test_client(), MARIE, PASSWORD, HOME)
    cookie = next(c for c in answer.headers.getlist("Set-Cookie") if c.startswith("comptoir-known"))
    assert "marie" not in cookie.lower()
    assert "HttpOnly" in cookie


def test_a_window_of_tries_moves_along(monkeypatch: pytest.MonkeyPatch) -> None:
    """By a clock of its own: on a busy machine a fifth of a second is over at once."""
    hour, tries = [0.0], Window(2, seconds=20)
    monkeypatch.setattr(windows, "time", SimpleNamespace(monotonic=lambda: hour[0]))
    for hour[0] in (0, 10):
        with tries.one("a"):
            pass
    with pytest.raises(TooMany) as refused, tries.one("a"):
        pass
    assert refused.value.wait == 10
    hour[0] = 21
    with tries.one("a"):
        pass
    with pytest.raises(TooMany), tries.one("b", "a"):
        pass
    with tries.one("b") as this:
        this.succeeded = True
    with pytest.raises(KeyError), tries.one("b"):
        raise KeyError
    assert "b" not in tries._times, "what succeeded, was refused or broke is not counted"


def _guess(door: Flask, aim: str, number: int) -> int:
    """A wrong try: at Marie's account from wherever, or at whomever from her network."""
    if aim == "an account":
        return _try(door.test_client(), MARIE, WRONG, f"198.51.100.{number}").status_code
    return _try(door.test_client(), f"guess{number}@example.com", WRONG, HOME).status_code


def _try(browser: FlaskClient, email: str, password: str, address: str, **more: object) -> TestResponse:
    form = {"email": email, "password": password}
    return browser.post("/login", data=form, environ_base={"REMOTE_ADDR": address}, **more)
