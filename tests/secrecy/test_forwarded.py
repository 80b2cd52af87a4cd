"""RELIABILITY H5 at the real server: what stands in front is named by the settings, and nobody else is believed.

gunicorn by itself believes whoever comes from this machine, and by a unix socket everybody.
"""

import http.client
import socket
from collections.abc import Iterator

import pytest

from tests.conftest import Stage
from tests.secrecy.writes import TOKEN
from tests.serving import Server, install

HTTPS = {"X-Forwarded-Proto": "https", "X-Forwarded-Ssl": "on", "X-Forwarded-Protocol": "ssl"}


@pytest.fixture(scope="module")
def servers(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Server]]:
    """One that stands alone, by a port and by a socket, and one behind a proxy."""
    room = tmp_path_factory.mktemp("forwarded")
    alone, behind = install(stage, room / "alone"), install(stage, room / "behind", TRUSTED_PROXIES="1")
    alone.under = ("env", f"GUNICORN_CMD_ARGS=-b 127.0.0.1:{alone.port} -b unix:{room}/s")
    yield {"alone": alone.start(), "behind": behind.start()}
    alone.stop()
    behind.stop()


def test_only_a_named_proxy_says_that_people_come_by_https(servers: dict[str, Server]) -> None:
    """A form's origin is compared with it: whoever is believed decides which pages may write here."""
    for name, by_https, by_http in (("alone", 400, 303), ("behind", 303, 400)):
        assert _write(servers[name], "https") == by_https
        assert _write(servers[name], "http") == by_http


@pytest.mark.parametrize("name", ["alone", "behind"])
def test_nobody_says_under_which_address_we_stand(servers: dict[str, Server], name: str) -> None:
    """With SCRIPT_NAME believed, `/x/metrics` was `/metrics`, whatever a proxy had shut."""
    server = servers[name]
    for header in ("SCRIPT_NAME", "SCRIPT-NAME", "PATH_INFO", "X-Script-Name", "X-Forwarded-Prefix"):
        assert _ask(server, "/evil/login", {header: "/evil"}).status == 404
        led = _ask(server, "/console/people", {header: "/console"})
        assert (led.status, led.headers["Location"]) == (302, "/login?next=/console/people")


def test_by_a_unix_socket_nobody_is_believed_either(servers: dict[str, Server]) -> None:
    with socket.socket(socket.AF_UNIX) as line:
        line.connect(str(servers["alone"].var.parent / "s"))
        line.sendall(b"GET /evil/login HTTP/1.1\r\nHost: localhost\r\nSCRIPT_NAME: /evil\r\n\r\n")
        assert line.recv(64).split()[1] == b"404"


def _write(server: Server, scheme: str) -> int:
    """Choose a language, as a page of that scheme does, when what stands in front says https."""
    home = f"{scheme}://127.0.0.1:{server.port}"
    page = _ask(server, "/login", HTTPS)
    cookie, (token,) = page.headers["Set-Cookie"].partition(";")[0], TOKEN.findall(page.read().decode())
    sent = HTTPS | {"Cookie": cookie, "X-CSRFToken": token, "Origin": home, "Referer": f"{home}/login"}
    return _ask(server, "/language/fr", sent, "POST").status


def _ask(server: Server, path: str, headers: dict[str, str], method: str = "GET") -> http.client.HTTPResponse:
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    link.request(method, path, headers=headers)
    return link.getresponse()
