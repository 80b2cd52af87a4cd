"""RELIABILITY H3 and H7: how much of anything one may try, send or hold."""

import io
import re
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from threading import Barrier

import pytest
from flask import Flask
from flask.testing import FlaskClient
from simple_websocket import ConnectionClosed, Server as Socket
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from portal.account.tries import Tries
from portal.extensions import db
from portal.kernel.errors import TooMany
from portal.live.hub import SOCKETS_EACH
from portal.models import Message
from tests.conftest import Stage, signed_in
from tests.secrecy.conftest import Quick
from tests.secrecy.writes import HTMX
from tests.serving import Server, cookie, listen
from tests.world import PASSWORD, token

MARIE, NOBODY = "marie@example.com", "nobody@example.com"
WRONG = "not the password"
HOME, AWAY = "192.0.2.1", "203.0.113.9"


@pytest.fixture
def door(theatre: Callable[..., Flask], quick: Quick) -> Flask:
    """The application, with the limits it comes with."""
    app = theatre()
    quick(app)
    return app


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


def test_forty_tries_at_once_are_forty_tries(door: Flask) -> None:
    """Counted when they begin: counted when they end, all forty would be let in."""
    barrier = Barrier(40)

    def one(number: int) -> int:
        barrier.wait()
        return _try(door.test_client(), MARIE, WRONG, f"198.51.100.{number}").status_code

    with ThreadPoolExecutor(40) as pool:
        got = list(pool.map(one, range(40)))
    assert got.count(422) == 10
    assert got.count(429) == 30


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


def test_a_window_of_tries_moves_along() -> None:
    tries = Tries(2, window=0.2)
    for pause in (0, 0.1):
        time.sleep(pause)
        with tries.one("a"):
            pass
    with pytest.raises(TooMany) as refused, tries.one("a"):
        pass
    assert refused.value.wait == 1
    time.sleep(0.12)
    with tries.one("a"):
        pass
    with pytest.raises(TooMany), tries.one("b", "a"):
        pass
    with tries.one("b") as this:
        this.succeeded = True
    with pytest.raises(KeyError), tries.one("b"):
        raise KeyError
    assert "b" not in tries._times, "what succeeded, was refused or broke is not counted"


@pytest.mark.parametrize("name", ["marie", "ines"])
def test_a_flood_of_messages_ends_and_keeps_the_words(theatre: Callable[..., Flask], stage: Stage, name: str) -> None:
    app = theatre(WRITE_LIMIT="3 per minute")
    browser, address = signed_in(app, stage, name), _messages(stage, name)
    got = [browser.post(address, data={"body": "heron", "token": token()}, headers=HTMX) for _ in range(5)]
    assert [answer.status_code for answer in got] == [201] * 3 + [429] * 2
    assert 'role="alert"' in got[4].text
    assert 50 < int(got[4].headers["Retry-After"]) <= 60
    plain = browser.post(address, data={"body": "bittern", "token": token()})
    assert plain.status_code == 429
    assert re.search(r"<textarea[^>]*>bittern</textarea>", plain.text)
    assert int(plain.headers["Retry-After"]) > 50
    assert _count(app, "bittern") == 0
    other = "hugo" if name == "ines" else "ines"
    assert signed_in(app, stage, other).post(
        _messages(stage, other), data={"body": "egret", "token": token()}, headers=HTMX
    ).status_code == 201  # fmt: skip


def test_a_flood_of_edits_or_new_discussions_ends_too(theatre: Callable[..., Flask], stage: Stage) -> None:
    app = theatre(WRITE_LIMIT="2 per minute")
    marie, world = signed_in(app, stage, "marie"), stage.world
    text = f"/discussions/{world.permit}/messages/{world.answer}/text"
    edits = [marie.post(text, data={"body": f"edit {n}"}, headers=HTMX).status_code for n in range(3)]
    assert edits == [200, 200, 429]
    form = {"title": "New", "space": world.spaces["Delcourt"], "body": "stork"}
    begun = [marie.post("/discussions", data=form | {"token": token()}) for _ in range(3)]
    assert [answer.status_code for answer in begun] == [303, 303, 429]
    assert re.search(r"<textarea[^>]*>\s*stork</textarea>", begun[2].text)


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize("language", ["en", "fr"])
def test_a_body_over_the_limit_is_refused_in_words(
    play: Flask, stage: Stage, headers: dict[str, str], language: str
) -> None:
    marie = signed_in(play, stage, "marie")
    marie.post("/profile", data={"name": "Marie", "language": language, "time_zone": "UTC"})
    body = {"body": "x" * 2_000_000, "token": token()}
    answer = marie.post(_messages(stage, "marie"), data=body, headers=headers)
    assert answer.status_code == 413
    assert ("too large" in answer.text) == (language == "en")
    assert len(answer.text) < 20_000
    assert _count(play, "x") == 0
    many = {f"field{n}": "x" for n in range(2000)}
    assert marie.post(_messages(stage, "marie"), data=many, content_type="multipart/form-data").status_code == 413


def test_a_long_message_is_refused_and_kept(play: Flask, stage: Stage) -> None:
    answer = signed_in(play, stage, "marie").post(
        _messages(stage, "marie"), data={"body": "y" * 10_001, "token": token()}
    )
    assert answer.status_code == 422
    assert "y" * 10_001 in answer.text


def test_a_frame_over_16_kb_closes_the_socket(server: Server, beside: Flask, stage: Stage) -> None:
    biscuit = cookie(beside, stage.secrets["luc"])
    for words, ends in (("x" * 16_384, False), ("x" * 16_385, True), ("x" * 1_000_000, True)):
        socket = listen(server, biscuit)
        socket.send(words)
        assert _ends(socket) == ends, len(words)


def test_a_socket_that_was_ended_is_gone_at_once(server: Server, beside: Flask, stage: Stage) -> None:
    """It gives its thread back: one that waits for a whole beat is one less for everybody."""
    marie = cookie(beside, stage.secrets["marie"])
    for words in ("x" * 20_000, b"\xff" * 20_000):
        socket = listen(server, marie)
        assert _online(server, beside, stage)
        socket.send(words)
        assert _ends(socket)
        until = time.monotonic() + 2
        while _online(server, beside, stage):
            assert time.monotonic() < until
            time.sleep(0.05)


def test_a_page_that_talks_on_is_closed(server: Server, beside: Flask, stage: Stage) -> None:
    socket = listen(server, cookie(beside, stage.secrets["luc"]))
    for _ in range(61):
        socket.send("blah")
    assert _ends(socket)


def test_the_oldest_of_too_many_sockets_gives_way(server: Server, beside: Flask, stage: Stage) -> None:
    biscuit = cookie(beside, stage.secrets["rosa"])
    sockets = [listen(server, biscuit) for _ in range(SOCKETS_EACH + 3)]
    assert [_ends(socket, 0.5) for socket in sockets[:3]] == [True] * 3
    assert not any(_ends(socket, 0.01) for socket in sockets[3:])
    for socket in sockets[3:]:
        socket.close()
    assert "Traceback" not in server.log()


def _try(browser: FlaskClient, email: str, password: str, address: str, **more: object) -> TestResponse:
    form = {"email": email, "password": password}
    return browser.post("/login", data=form, environ_base={"REMOTE_ADDR": address}, **more)


def _messages(stage: Stage, name: str) -> str:
    door = "" if name == "marie" else "/console"
    return f"{door}/discussions/{stage.world.permit}/messages"


def _count(app: Flask, word: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Message.id)).where(Message.body.contains(word * 5)))


def _online(server: Server, beside: Flask, stage: Stage) -> bool:
    """Whether staff see that Marie is there."""
    link = HTTPConnection("127.0.0.1", server.port, timeout=5)
    path = f"/console/discussions/{stage.world.permit}/participants"
    link.request("GET", path, headers={"Cookie": cookie(beside, stage.secrets["ines"]), **HTMX})
    page = link.getresponse().read().decode()
    assert "Marie" in page
    return 'data-state="online"' in page


def _ends(socket: Socket, patience: float = 2) -> bool:
    try:
        return socket.receive(timeout=patience) is None and not socket.connected
    except ConnectionClosed:
        return True
