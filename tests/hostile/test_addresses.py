"""RELIABILITY H5: whatever an address, a host or a proxy's header says, nobody is led out of the house."""

import re
from collections.abc import Callable
from itertools import product
from urllib.parse import quote, urljoin, urlsplit

import pytest
from flask import Flask

from tests.conftest import Stage, signed_in
from tests.hostile.crowd import House
from tests.hostile.rude import connect
from tests.promises import Figure, rounds
from tests.secrecy.test_hosts import ELSEWHERE, FORGED, _at_home
from tests.world import PASSWORD

FOREIGN = (
    "evil.example", "evil.example:80", "127.0.0.1.evil.example", "evil.example#127.0.0.1", "127.0.0.1@evil.example",
    "127.0.0.1,evil.example", "127.0.0.1 evil.example", "evil.example/", "[::1].evil.example", "EVIL.example", "",
)  # fmt: skip
TARGETS = (
    "/", "/login", "/nowhere", "//evil.example", "//evil.example/%2e%2e", "/console//evil.example", "/\\evil.example",
    "http://evil.example/", "http://evil.example/login", "https://evil.example", "/login?next=//evil.example",
    "/%0d%0aLocation:%20//evil.example", "/.//evil.example", "/console/..//evil.example", "/discussions//evil.example/",
)  # fmt: skip


@pytest.mark.promise("H5")
def test_next_leads_nobody_out(play: Flask, stage: Stage, figure: Figure) -> None:
    """Before signing in, after it, by it, and by choosing a language; as it is, behind a path, and encoded twice."""
    count = 0
    for target, shape in product(ELSEWHERE, range(rounds(2, 4))):
        plain = target.encode("utf-8", "replace").decode()
        to = (plain, f"/{plain}", quote(plain, safe=""), f"/login?next={plain}")[shape]
        stranger, marie = play.test_client(), signed_in(play, stage, "marie")
        form = {"email": "marie@example.com", "password": PASSWORD, "next": to}
        for answer in (
            marie.get("/login", query_string={"next": to}),
            stranger.get("/login", query_string={"next": to}),
            stranger.post("/language/en", data={"next": to}, headers={"Referer": "https://evil.example/"}),
            stranger.post("/login", data=form),
        ):
            count += 1
            assert answer.status_code in {200, 302, 303}, to
            assert _at_home(answer), (to, answer.headers)
    figure(f"{count} answers to a foreign next=: 0 lead elsewhere")


@pytest.mark.promise("H5")
def test_no_host_and_no_header_leads_anybody_out(house: Callable[..., House], figure: Figure) -> None:
    """On the real server, request by request as no browser would write it: foreign hosts are not answered, headers
    of proxies that nobody named are not believed, and absolute targets are targets like all."""
    home = house(TRUSTED_HOSTS="127.0.0.1")
    own = f"127.0.0.1:{home.server.port}"
    refused = sum(_ask(home, "GET", "/login", [("Host", host)]).startswith("HTTP/1.1 400") for host in FOREIGN)
    assert refused == len(FOREIGN)
    assert _ask(home, "GET", "/login", [("Host", own), ("Host", "evil.example")]).startswith("HTTP/1.1 400")
    count = 0
    for target, name, method in product(TARGETS, ("", "marie", "ines"), ("GET", "POST")[: rounds(1, 2)]):
        for forged in ([], list(FORGED.items())):
            biscuit = [("Cookie", home.cookies[name])] if name else []
            answer = _ask(home, method, target, [("Host", own), *biscuit, *forged])
            head, _, body = answer.partition("\r\n\r\n")
            count += 1
            assert re.match(r"HTTP/1\.1 [234]", head), (target, head)
            assert _leads(home, head) == own, (target, head)
            assert "http://evil" not in body, target
            assert "//evil.example" not in re.sub(r'name="next" value="[^"]*"|action="[^"]*"', "", body), target
    figure(f"{refused + 1} foreign hosts: 400; {count} requests with foreign targets and headers: 0 lead elsewhere")


def _ask(home: House, method: str, target: str, headers: list[tuple[str, str]]) -> str:
    """The whole answer to a request as it is written here."""
    lines = [f"{method} {target} HTTP/1.1", *(f"{name}: {value}" for name, value in headers), "Connection: close"]
    line = connect(home)
    line.settimeout(10)
    line.sendall("\r\n".join([*lines, "", ""]).encode())
    got = b""
    while data := line.recv(65_536):
        got += data
    line.close()
    return got.decode(errors="replace")


def _leads(home: House, head: str) -> str:
    """The host to which a browser goes next."""
    found = re.search(r"(?im)^(?:location|hx-redirect): *(.*?)\r?$", head)
    where = (found[1] if found else "/").replace("\\", "/")
    return urlsplit(urljoin(f"{home.server.url}/login", where)).netloc
