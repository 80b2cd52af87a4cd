"""RELIABILITY S7: caches keep nothing private; and what browsers are told to refuse."""

import hashlib
import re
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.conftest import Stage, signed_in
from tests.doors.cells import Booth, names
from tests.doors.test_table import ROUTES
from tests.promises import Figure
from tests.secrecy.writes import HTMX
from tests.serving import Server
from tests.world import PASSWORD

HTTPS = {"base_url": "https://portal.example.com"}
STATIC = re.compile(r'(?:href|src)="(/static/[^"#]+)')
SOME = (None, "marie", "ines")
READING = [route for route in ROUTES if route.method == "GET"]
WRITING = [route for route in ROUTES if route.method != "GET" and route.endpoint != "account.found"]


@pytest.mark.promise("S7")
def test_no_answer_may_be_kept(open_booth: Booth, figure: Figure) -> None:
    """Whatever anybody is told, granted or refused, page or fragment, by reading or by writing."""
    booth, seen = open_booth, 0
    for route in READING:
        path = route.path.format(**names(booth.world))
        for name in SOME:
            for headers in ({}, HTMX):
                answer = booth.browser(name).get(path, headers=headers)
                (_kept if _is_picture(answer) else _private)(answer, f"{route} for {name}")
                seen += 1
    for route in WRITING:
        for name in SOME:
            _private(booth.ask(route, name), f"{route} for {name}")
            booth.put_back()
            seen += 1
    assert seen >= 6 * len(READING) + 3 * len(WRITING)
    figure(
        f"{seen} answers: each `private, no-store` and `Vary: Cookie, HX-Request`, but pictures, kept by one browser"
    )


@pytest.mark.parametrize("path", ["/", "/discussions/{}", "/nowhere", "/login", "/me.css", "/static/nothing.css"])
def test_browsers_are_told_what_to_refuse(play: Flask, stage: Stage, path: str) -> None:
    answer = signed_in(play, stage, "marie").get(path.format(stage.world.permit))
    policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == policy["form-action"] == policy["connect-src"] == "'self'"
    assert not re.search(r"unsafe|https?:|\*", answer.headers["Content-Security-Policy"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["Referrer-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"
    for power in ("camera", "microphone", "geolocation"):
        assert f"{power}=()" in answer.headers["Permissions-Policy"]


def test_no_page_has_what_the_policy_would_refuse(play: Flask, stage: Stage) -> None:
    for name, path in _pages(stage):
        page = signed_in(play, stage, name).get(path).text
        assert "<html" in page, path
        assert not re.search(r"<style|<script(?![^>]*\ssrc=)|\sstyle=|\son\w+=|javascript:|hx-on", page), path


def test_cookies_are_not_for_scripts_nor_for_other_sites(play: Flask) -> None:
    for cookie in _signs_in(play.test_client()):
        assert "; HttpOnly" in cookie
        assert "; SameSite=Lax" in cookie
        assert "; Path=/" in cookie
        assert "Domain" not in cookie


def test_in_production_cookies_and_pages_are_for_https(theatre: Callable[..., Flask]) -> None:
    app = theatre(PUBLIC_URL="https://portal.example.com")
    cookies = _signs_in(app.test_client(), **HTTPS)
    assert len(cookies) == 2
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert "; Secure" in cookie
    answer = app.test_client().get("/login", **HTTPS)
    age = re.match(r"max-age=(\d+)", answer.headers["Strict-Transport-Security"])
    assert age
    assert int(age[1]) >= 180 * 24 * 3600


def test_static_files_are_kept_and_say_nothing_of_anybody(play: Flask, stage: Stage) -> None:
    """A session cookie that renews itself in a file of everybody's cache would be everybody's session."""
    browser = signed_in(play, stage, "marie")
    with browser.session_transaction() as session:
        session.permanent = True
    page = browser.get("/")
    assert "Set-Cookie" in page.headers, "the cookie does renew itself in pages"
    files = set(STATIC.findall(page.text))
    assert len(files) >= 5
    for file in files:
        answer = browser.get(file)
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
        assert re.search(r"\?v=[0-9a-f]{12}$", file) or file.endswith(".woff2"), file


def test_a_missing_static_file_is_not_kept(play: Flask, stage: Stage) -> None:
    answer = signed_in(play, stage, "marie").get("/static/css/nothing.css")
    assert answer.status_code == 404
    assert answer.headers["Cache-Control"] == "private, no-store"


def test_a_file_that_changes_changes_its_address(play: Flask) -> None:
    page = play.test_client().get("/login").text
    file = next(path for path in STATIC.findall(page) if "favicon.svg" in path)
    content = (Path(play.static_folder or "") / "favicon.svg").read_bytes()
    assert file.endswith(hashlib.sha256(content).hexdigest()[:12])


def test_the_server_tells_no_version(server: Server) -> None:
    link = HTTPConnection("127.0.0.1", server.port, timeout=5)
    for path in ("/login", "/nowhere", "/static/css/base.css"):
        link.request("GET", path)
        answer = link.getresponse()
        answer.read()
        assert not re.search(r"\d", answer.headers.get("Server", ""))
        assert "X-Powered-By" not in answer.headers


def _private(answer: TestResponse, what: str) -> None:
    assert answer.headers["Cache-Control"] == "private, no-store", what
    assert {"Cookie", "HX-Request"} <= {part.strip() for part in answer.headers["Vary"].split(",")}, what
    # A page without these can be kept by nobody, and compared with an older one by nobody.
    assert not {"ETag", "Last-Modified", "Expires", "Age"} & set(answer.headers.keys()), what
    assert "Content-Security-Policy" in answer.headers, what


def _is_picture(answer: TestResponse) -> bool:
    return answer.mimetype.startswith("image/")


def _kept(answer: TestResponse, what: str) -> None:
    """A picture's address is known to who was shown the face only: the one thing of anybody's that a browser keeps."""
    assert answer.headers["Cache-Control"] == "private, max-age=86400, immutable", what
    assert not {"Set-Cookie", "Expires", "Age"} & set(answer.headers.keys()), what
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'; sandbox", what
    assert answer.headers["X-Content-Type-Options"] == "nosniff", what
    assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin", what


def _pages(stage: Stage) -> Iterator[tuple[str | None, str]]:
    world = stage.world
    yield from ((None, "/login"), (None, "/invitations/x"), ("marie", "/"), ("marie", "/profile"))
    yield from (("marie", f"/discussions/{world.permit}"), ("marie", "/discussions/new"), ("marie", "/nowhere"))
    yield from (("olga", "/console/people"), ("olga", "/console/settings"), ("olga", "/console/ownerless"))
    yield from (("ines", f"/console/discussions/{world.permit}"), ("ines", "/console/discussions/new"))


def _signs_in(browser: FlaskClient, **where: str) -> list[str]:
    answer = browser.post("/login", data={"email": "marie@example.com", "password": PASSWORD}, **where)
    assert answer.status_code == 303
    return answer.headers.getlist("Set-Cookie")
