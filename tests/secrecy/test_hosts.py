"""RELIABILITY H5: no redirect leaves the house, and no header says where the house stands."""

import re
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.conftest import Stage, signed_in
from tests.secrecy.writes import HTMX
from tests.serving import Server
from tests.world import PASSWORD

ELSEWHERE = (
    "//evil.example", "///evil.example", "////evil.example", "/\\evil.example", "\\/evil.example", "\\\\evil.example",
    "https:evil.example", "https:/evil.example", "https://evil.example", "http://localhost@evil.example",
    "http://localhost.evil.example", "javascript:alert(1)", "data:text/html,x", "//localhost@evil.example",
    "/\t/evil.example", "\t//evil.example", "\n//evil.example", " //evil.example", "/\r\n/evil.example", "/\x00/evil",
    "/\x0b/evil.example", "/\u2028/evil.example", "//[", "http://[", "http://[::1]evil", "//evil.example:x", "//",
    "/%0d%0aSet-Cookie:x=1\r\nX: y", "evil.example", ".evil.example", "@evil.example", "/\ud800", "\u3002\u3002/evil",
)  # fmt: skip
FORGED = {
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-For": "203.0.113.77",
    "X-Forwarded-Port": "4430",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/console/settings",
    "X-Rewrite-URL": "/console/settings",
    "X-Real-IP": "203.0.113.77",
    "X-Host": "evil.example",
    "Forwarded": "for=203.0.113.77;host=evil.example;proto=https",
}
EVA = {"name": "Eva Neu", "email": "eva@example.com", "language": "en", "space_name": "Neu"}


@pytest.mark.parametrize("target", ELSEWHERE, ids=ascii)
def test_going_on_never_leaves_the_house(play: Flask, stage: Stage, target: str) -> None:
    """After signing in, before it, by choosing a language; as a field or in the address."""
    asked = target.encode("utf-8", "replace").decode()
    stranger, marie = play.test_client(), signed_in(play, stage, "marie")
    form = {"email": "marie@example.com", "password": "wrong", "next": asked}
    answers = [
        marie.get("/login", query_string={"next": asked}),
        stranger.get("/login", query_string={"next": asked}),
        stranger.post("/language/en", data={"next": asked}),
        stranger.post("/language/en", query_string={"next": asked}, headers={"Referer": "https://evil.example/"}),
        stranger.post("/login", data=form),
    ]
    assert [answer.status_code for answer in answers] == [302, 200, 303, 303, 422]
    for answer in answers:
        assert _at_home(answer), answer.headers
        assert "X" not in answer.headers
        assert "evil.example" not in re.sub(r'<input type="hidden" name="next"[^>]*>', "", answer.text)


def test_going_on_goes_on_at_home(play: Flask, stage: Stage) -> None:
    marie = signed_in(play, stage, "marie")
    for target in ("/profile", "/discussions/x?archived=1", "/?filter=unread", "/a//b"):
        assert marie.get("/login", query_string={"next": target}).location == target


@pytest.mark.parametrize(
    "path", ["//evil.example", "///evil.example/x", "/console///evil.example", "/\\evil.example", "/\r\nX: y"]
)
def test_no_address_of_ours_is_led_elsewhere(play: Flask, stage: Stage, path: str) -> None:
    """Slashes that are put right, and strangers who are led to the sign-in page."""
    for name in (None, "marie", "ines"):
        for before in ("", "/console"):
            there = {"PATH_INFO": before + path}  # the test's client would take `//evil.example` for its host
            assert _at_home(signed_in(play, stage, name).get("/", environ_overrides=there))


def test_the_real_server_leads_nobody_elsewhere(server: Server) -> None:
    for path in (
        "//evil.example/..",
        "//evil.example/%2e%2e",
        "/console//evil.example",
        "http://evil.example/",
        "/%0d%0aX:y",
    ):
        link = HTTPConnection("127.0.0.1", server.port, timeout=5)
        link.putrequest("GET", path, skip_host=True)
        link.putheader("Host", f"127.0.0.1:{server.port}")
        link.endheaders()
        answer = link.getresponse()
        answer.read()
        assert answer.headers.get("X") is None
        assert "evil.example" not in (urlsplit(urljoin(server.url, answer.headers.get("Location", "/"))).netloc)


def test_headers_of_proxies_are_not_believed(play: Flask, stage: Stage) -> None:
    """Without COMPTOIR_TRUSTED_PROXIES, an answer is the same byte for byte, whatever they say."""
    for name in (None, "marie", "ines"):
        for path in ("/", "/login", "/nowhere", "/console/people", f"/discussions/{stage.world.permit}"):
            plain = signed_in(play, stage, name).get(path)
            forged = signed_in(play, stage, name).get(path, headers=FORGED)
            assert _told(plain) == _told(forged)


def test_a_forged_network_counts_as_ones_own(play: Flask) -> None:
    got = []
    for number in range(11):
        form = {"email": f"guess{number}@example.com", "password": "wrong"}
        forged = {"X-Forwarded-For": f"203.0.113.{number}", "Forwarded": f"for=203.0.113.{number}"}
        got.append(play.test_client().post("/login", data=form, headers=forged).status_code)
    assert got == [422] * 10 + [429]


def test_a_named_proxy_is_believed_and_what_stands_before_it_is_not(theatre: Callable[..., Flask]) -> None:
    app = theatre(TRUSTED_PROXIES="1", SIGN_IN_LIMIT="1 per minute")
    for number, status in ((1, 422), (1, 429), (2, 422)):
        # The client wrote the first part itself; the proxy adds the last.
        forged = {"X-Forwarded-For": f"10.9.8.{number + 40}, 203.0.113.{number}"}
        form = {"email": f"guess{number}{status}@example.com", "password": "wrong"}
        assert app.test_client().post("/login", data=form, headers=forged).status_code == status


def test_only_trusted_hosts_are_answered(theatre: Callable[..., Flask], stage: Stage) -> None:
    app = theatre(PUBLIC_URL="https://portal.example.com")
    good = {"base_url": "https://portal.example.com"}
    assert app.test_client().get("/login", **good).status_code == 200
    for host in (
        "evil.example",
        "portal.example.com.evil.example",
        "evil.example:443",
        "x.portal.example.com",
        "",
        "[",
    ):
        for path in ("/login", "/nowhere", "/static/css/base.css", "/brand.css"):
            answer = app.test_client().get(path, headers={"Host": host}, base_url="https://portal.example.com")
            assert answer.status_code == 400, (host, path)
            assert not host or host == "[" or host not in answer.text


@pytest.mark.parametrize("forged", [{}, FORGED, {"Host": "portal.example.com"}])
def test_an_invitations_link_uses_the_address_in_the_settings(
    theatre: Callable[..., Flask], stage: Stage, forged: dict[str, str]
) -> None:
    app = theatre(PUBLIC_URL="https://portal.example.com", TRUSTED_HOSTS="portal.example.com,inside.example.com")
    ines = app.test_client()
    at = {"base_url": "https://inside.example.com"}
    form = {"email": "ines@example.com", "password": PASSWORD}
    assert ines.post("/login", data=form, **at).status_code == 303
    form = EVA | {"brand": stage.world.brands["North"], "space": ""}
    shown = ines.post("/console/invitations/clients", data=form, headers=HTMX | forged, **at)
    assert shown.status_code == (401 if "Host" in forged else 201), "a cookie is one host's"
    links = re.findall(r'value="(\w+://[^"]*)"', shown.text)
    assert all(link.startswith("https://portal.example.com/invitations/") for link in links)
    assert bool(links) == ("Host" not in forged)


def _at_home(answer: TestResponse) -> bool:
    """Whether a browser that follows stays on this host."""
    where = answer.headers.get("Location") or answer.headers.get("HX-Redirect") or "/"
    # As browsers read it: backslashes are slashes, control characters in front and tabs inside are dropped.
    read = re.sub(r"[\t\r\n]", "", where).strip("".join(map(chr, range(33)))).replace("\\", "/")
    return (
        urlsplit(urljoin("http://localhost/login", read)).netloc == "localhost"
        and quote(where, safe="%/?=&#:+;,@!$'()*~") == where
    )


def _told(answer: TestResponse) -> str:
    kept = [
        f"{name}: {value}" for name, value in answer.headers.items() if name not in {"Set-Cookie", "Content-Length"}
    ]
    return "\n".join([str(answer.status_code), *kept, re.sub(r'"[\w.-]{32,}"', "", answer.text)])
