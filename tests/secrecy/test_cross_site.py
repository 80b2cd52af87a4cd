"""RELIABILITY S8: nothing is written at another site's bidding, and no socket opens for it."""

from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode

import pytest
from flask import Flask
from simple_websocket import ConnectionError

from tests.conftest import Stage, signed_in
from tests.doors.cells import Booth
from tests.promises import Figure
from tests.secrecy.writes import TOKEN, Write, given, known, there, token_of
from tests.serving import Server, cookie, listen
from tests.world import PASSWORD

FOREIGN_PAGES = (
    "https://evil.example",
    "null",
    "http://localhost:8001",
    "https://localhost",
    "http://portal.localhost",
    "http://localhost.evil.example",
    "http://localhost@evil.example",
    "http://localhost,http://evil.example",
    "",
)
FOREIGN_SOCKETS = (
    "https://evil.example",
    "null",
    "http://127.0.0.1:1",
    "http://127.0.0.1",
    "https://127.0.0.1:{port}",
    "http://portal.127.0.0.1:{port}",
    "http://127.0.0.1:{port}.evil.example",
    "http://127.0.0.1:{port}@evil.example",
    "http://evil.example/http://127.0.0.1:{port}",
    "http://[",
    "file://",
    "",
)


SIGNED = {("mailbox.take", "POST")}  # comes from no page: tests/mailbox/test_ways.py
NOWHERE = {("demo.answer", "POST")}  # but where a demo shows mails: tests/doors/test_demo_mails.py


def test_no_write_is_forgotten(play: Flask) -> None:
    assert there(play) - SIGNED - NOWHERE == set(known())


# Mail programs post it for their readers (RFC 8058), from anywhere: who has the address needs nothing else.
ONE_CLICK = {("links.unsubscribe", "POST")}


@pytest.mark.promise("S8")
@pytest.mark.parametrize(("endpoint", "method"), sorted(set(known()) - ONE_CLICK), ids=lambda part: part)
def test_a_write_is_its_own_pages_alone(guarded_booth: Booth, endpoint: str, method: str) -> None:
    booth = guarded_booth
    with given(booth, endpoint, method) as write:
        mine = booth.browser(write.who)
        token = token_of(booth.app, mine)
        for name, more in _attacks(booth, write, token):
            answer = write.send(mine, **more)
            assert answer.status_code == 400, f"{name}: {answer.status_code}"
            assert not booth.changed(), name
        write.send(mine, method="GET", headers={"X-CSRFToken": token}, data=None, query_string=write.form)
        assert not booth.changed(), "a GET writes nothing"
        answer = write.send(mine, headers={"X-CSRFToken": token, "Origin": "http://localhost"})
        assert answer.status_code == write.ok, answer.text[:300]


@pytest.mark.promise("S8")
def test_each_write_is_tried_in_all_these_ways(guarded_booth: Booth, figure: Figure) -> None:
    with given(guarded_booth, "client.read_mark", "POST") as write:
        ways = [name for name, _ in _attacks(guarded_booth, write, "a token")]
    assert len(set(ways)) >= 20
    figure(f"{len(known())} writes x {len(ways) + 1} ways of another site: 0 accepted")


def test_a_browser_that_vouches_for_the_page_is_believed(guarded: Callable[..., Flask], stage: Stage) -> None:
    """Behind a proxy that changes the host, `Origin` differs; scripts cannot set `Sec-Fetch-Site`."""
    app = guarded()
    mine = signed_in(app, stage, "marie")
    own = {"X-CSRFToken": token_of(app, mine), "Origin": "https://portal.example.com", "Sec-Fetch-Site": "same-origin"}
    path = f"/discussions/{stage.world.permit}/read-mark"
    assert mine.post(path, data={"number": "1"}, headers=own).status_code == 204
    assert mine.post(path, data={"number": "1"}, headers=own | {"Sec-Fetch-Site": "none"}).status_code == 400


def test_by_https_a_page_of_the_same_name_by_http_is_another_site(guarded: Callable[..., Flask], stage: Stage) -> None:
    app = guarded(PUBLIC_URL="https://portal.example.com")
    at = {"base_url": "https://portal.example.com"}
    mine = app.test_client()
    token = TOKEN.findall(mine.get("/login", **at).text)[0]
    form = {"email": "marie@example.com", "password": PASSWORD, "csrf_token": token}
    own = {"Origin": "https://portal.example.com", "Referer": "https://portal.example.com/login"}
    assert (
        mine.post("/login", data=form, headers=own | {"Origin": "http://portal.example.com"}, **at).status_code == 400
    )
    assert mine.post("/login", data=form, headers=own, **at).status_code == 303


@pytest.mark.promise("S8")
def test_no_socket_opens_for_another_site(server: Server, beside: Flask, stage: Stage, figure: Figure) -> None:
    biscuit = cookie(beside, stage.secrets["marie"])
    for origin in FOREIGN_SOCKETS:
        with pytest.raises(ConnectionError):
            listen(server, biscuit, origin.format(port=server.port))
        listen(server, biscuit).close()
    assert server.mishaps() == []
    figure(f"sockets from {len(FOREIGN_SOCKETS)} foreign origins: 0 open")


def _attacks(booth: Booth, write: Write, token: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """What another site can send along: the cookie, always; the rest varies."""
    other = token_of(booth.app, booth.browser("luc"))
    sent = write.form | {"csrf_token": token}
    yield "no token", {}
    for wrong in ("wrong", "", token[:-1], token[::-1], other):
        yield f"the token {wrong!r}", {"headers": {"X-CSRFToken": wrong}, "data": write.form | {"csrf_token": wrong}}
    yield "plain text", {"data": urlencode(sent), "content_type": "text/plain"}
    yield "JSON", {"json": sent, "data": None}
    yield "the token in the address", {"query_string": {"csrf_token": token, "X-CSRFToken": token}}
    yield "the token as a cookie", {"headers": {"Cookie": f"csrf_token={token}"}}
    for origin in FOREIGN_PAGES:
        yield f"right token from {origin!r}", {"headers": {"X-CSRFToken": token, "Origin": origin}}
    for site in ("cross-site", "same-site"):
        yield f"right token, {site}", {"headers": {"X-CSRFToken": token, "Sec-Fetch-Site": site}}
