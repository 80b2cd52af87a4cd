"""SPEC O4: what is logged holds no message, no address, no name, no token; whatever happened."""

import http.client
import json
import logging
import re
import secrets
import socket
import urllib.parse
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask
from itsdangerous import URLSafeTimedSerializer
from simple_websocket import ConnectionClosed

from portal.actions import invitations
from portal.extensions import db
from tests.conftest import Stage
from tests.doors.cells import Route, names as _names
from tests.doors.test_table import ROUTES, TOKEN
from tests.links import desk
from tests.promises import Figure, rounds
from tests.serving import KEY, Server, install, listen, signed
from tests.world import PASSWORD, World, token

TEXT, NAME, EMAIL = "CANARYTEXT", "CANARYNAME", "canarymail@example.com"
HERE = "127.0.0.77"  # the address that people come from
# What people write into fields, each with something that is found again.
WRITTEN = {
    "body": TEXT, "title": "CANARYTITLE", "name": NAME, "email": EMAIL, "firm": "CANARYFIRM",
    "space_name": "CANARYSPACE", "password": "CANARYPASSWORD", "current": "CANARYCURRENT", "new": "CANARYNEWWORD",
    "again": "CANARYNEWWORD",
}  # fmt: skip
HEADERS = {
    "User-Agent": "CANARYAGENT/1.0",
    "Referer": "http://127.0.0.1/invitations/CANARYREFERER?next=CANARYREFERER",
    "X-Forwarded-For": "203.0.113.99",
    "X-Request-Id": "CANARYREQUEST",
    "Authorization": "Bearer CANARYBEARER",
}


class Browser:
    """Somebody at the real server, from an address of their own, with a cookie and the token of their pages."""

    def __init__(self, server: Server, app: Flask, device: str | None) -> None:
        self._server = server
        raw = secrets.token_hex(20)
        held = {"csrf_token": raw} | ({"_user_id": device, "_permanent": True} if device else {})
        self.cookie = signed(app, held)
        self.page_token = str(URLSafeTimedSerializer(KEY, salt="wtf-csrf-token").dumps(raw))
        self.secrets = {self.cookie, self.page_token, raw} | ({device} if device else set())

    def ask(self, method: str, path: str, form: dict[str, str] | None = None, **headers: str) -> int:
        """Send a request, with the page's token in it; gives the status."""
        link = http.client.HTTPConnection("127.0.0.1", self._server.port, timeout=20, source_address=(HERE, 0))
        sent = HEADERS | {"Cookie": f"comptoir={self.cookie}", "X-CSRFToken": self.page_token} | headers
        sent["Content-Type"] = "application/x-www-form-urlencoded"
        link.request(method, path, urllib.parse.urlencode(form or {}), sent)
        status = link.getresponse().status
        link.close()
        return status


@pytest.fixture
def server(stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    """The real server, which says all that it can say, and is asked for more."""
    monkeypatch.setenv("GUNICORN_CMD_ARGS", "--log-level debug --access-logfile -")
    server = install(
        stage, tmp_path, LOG_LEVEL="INFO", METRICS_TOKEN="CANARYMETRICS" * 3, SIGN_IN_LIMIT="1000 per minute"
    )
    yield server
    server.stop()


@pytest.mark.promise("O4")
def test_everything_that_can_be_done_leaves_no_word_of_anybody_in_the_log(
    server: Server, stage: Stage, figure: Figure
) -> None:
    """Every route there is, as somebody for whom it is; and some (in the whole: all) as one removed and a stranger."""
    server.start()
    with server.beside() as app:
        people = {name: Browser(server, app, stage.secrets[name]) for name in stage.secrets} | {
            "": Browser(server, app, None)
        }
        invited = _invited(stage.world)
        mail = desk.mailed(stage.world)
        link, undo = desk.link(mail), desk.link(mail, "unsubscribe")
    stranger = people[""]
    assert [
        stranger.ask("GET", f"/l/{link}"),
        stranger.ask("POST", f"/l/{link}/messages", {"body": TEXT, "token": TOKEN}),
        stranger.ask("POST", f"/l/{link}/device", {"code": "271828"}),
        stranger.ask("GET", f"/l/{link}/live"),
        stranger.ask("POST", f"/unsubscribe/{undo}"),
        stranger.ask("GET", f"/sign-in/{link}"),
    ] == [200, 200, 422, 400, 200, 410]
    done = [
        status
        for number, route in enumerate(sorted(ROUTES, key=_ends_something))
        for status in _tried(route, people, stage.world, all_of_them=number % rounds(12, 1) == 0)
    ]
    assert sum(200 <= status < 304 for status in done) > len(ROUTES) / 3, "much of it succeeds"
    assert [
        stranger.ask("GET", f"/invitations/{invited}"),
        stranger.ask("POST", f"/invitations/{invited}", WRITTEN, **{"X-CSRFToken": "CANARYCSRF"}),
        stranger.ask("POST", "/login", WRITTEN),
        stranger.ask("POST", "/login", WRITTEN, Origin="https://canaryorigin.example"),
        stranger.ask("GET", "/CANARYPATH/" + invited),
        stranger.ask("CANARYMETHOD", "/"),
        stranger.ask("GET", "/login?next=/CANARYQUERY"),
        stranger.ask("POST", "/login", {"email": "x" * 2_000_000}),
    ] == [200, 400, 422, 400, 404, 404, 200, 413]
    _knock(server, people["luc"])
    server.stop()
    log = server.log()
    lines = _lines(log)
    assert {line["rule"] for line in lines if line["event"] == "request"} >= {"/login", "/invitations/<secret>"}
    assert any(line["event"] == "socket ended" for line in lines)
    assert sum(line["event"] == "request" for line in lines) > len(done)
    _is_clean(log, people, stage, invited, TOKEN, link, undo, mail)
    figure(f"{len(done)} requests to {len(ROUTES)} routes, {len(lines)} lines of log, 0 words of anybody")


@pytest.mark.promise("O4")
def test_nothing_that_breaks_says_what_it_broke_on(server: Server, stage: Stage, figure: Figure) -> None:
    """Broken templates, libraries that talk, threads that end, a database that is gone: told, without a value."""
    server.wsgi = "tests.faults.worst:app"
    server.start()
    with server.beside() as app:
        people = {name: Browser(server, app, stage.secrets[name]) for name in ("ines", "marie")}
        with app.app_context():
            invited = _invited(stage.world)
    ines, page = people["ines"], f"/console/discussions/{stage.world.permit}"
    heard = listen(server, f"comptoir={people['marie'].cookie}")
    sent = [token(), token()]
    assert ines.ask("POST", f"{page}/messages", {"body": TEXT, "kind": "text", "token": sent[0]}) == 303
    for kind in ("library", "thread", "crash", "key", "late"):
        status = ines.ask("GET", f"/invitations/{invited}?q=CANARYQUERY", Mistake=kind, Word="CANARYWORD")
        assert status in {200, 500}, kind
    assert ines.ask("GET", page) == 500, "a template that breaks on a message"
    _break(server)
    assert ines.ask("GET", f"{page}?q=CANARYQUERY") in {500, 503}
    assert ines.ask("POST", f"{page}/messages", {"body": TEXT, "kind": "text", "token": sent[1]}) in {500, 503}
    with suppress(ConnectionClosed):  # it was sent away when the tail broke, to catch up
        heard.close()
    server.stop()
    log, lines = server.log(), _lines(server.log())
    broken = [line for line in lines if "exception" in line]
    kinds = {kind for line in broken for kind in re.findall(r"^(\w+)(?=$|: )", line["exception"], re.MULTILINE)}
    assert {"ValueError", "KeyError", "Worst", "OSError", "RuntimeError", "OperationalError"} <= kinds, (
        "what broke is told"
    )
    assert all('File "' in line["exception"] for line in broken), "and where"
    assert "no such table: message" in log
    assert any(line["event"].startswith("event ") for line in broken), "the tail broke on it too"
    _is_clean(log, people, stage, invited, *sent)
    figure(f"{len(broken)} tracebacks of {len(kinds)} kinds, 0 values in them")


@pytest.mark.parametrize("table", ["message", "event"])
def test_a_sending_that_breaks_is_logged_without_what_was_sent(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    """Before the insert of the message and after it; the traceback goes through the statement."""
    sent, browser = token(), app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret("ines")
    path = f"/console/discussions/{world.permit}/messages"
    assert browser.post(path, data={"body": TEXT, "kind": "text", "token": token()}).status_code == 303
    _lose(table)
    with caplog.at_level(logging.DEBUG):
        assert browser.post(path, data={"body": TEXT, "kind": "text", "token": sent}).status_code in {500, 503}
    assert caplog.text
    for hidden in (TEXT, sent, world.permit, world.cookie_secret("ines")):
        assert hidden not in caplog.text


def test_a_sign_in_that_breaks_is_logged_without_address_and_password(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    _lose("address")
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().post("/login", data={"email": "marie@example.com", "password": PASSWORD})
    assert answer.status_code in {500, 503}
    assert "address" in caplog.text, "what is wrong is told"
    for hidden in ("marie", PASSWORD):
        assert hidden not in caplog.text


def test_what_no_database_can_hold_is_a_bad_request_and_no_crash(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture
) -> None:
    """PostgreSQL refuses NUL in any text. It is cut out of what is stored; elsewhere it finds nothing."""
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret("ines")
    permit = f"/console/discussions/{world.permit}"
    for path in (
        "/console/discussions/%00", "/console/people?q=%00", "/console/discussions?before=1.%00",
        "/console/discussions?brand=%00", "/brand.css?of=%00", "/invitations/%00",
        f"{permit}/messages/%00/text", f"{permit}/participants/new/%00", f"{permit}/participants/new?q=%00",
    ):  # fmt: skip
        assert browser.get(path).status_code < 500, path
    for path, form in (
        ("/login", {"email": "a\x00@example.com", "password": PASSWORD}),
        (f"{permit}/participants", {"person": "\x00"}),
        (f"{permit}/messages", {"body": "a\x00b", "token": "\x00"}),
        ("/profile", {"name": "I\x00nes", "language": "en", "time_zone": "UTC\x00"}),
    ):
        assert browser.post(path, data=form).status_code < 500, path
    assert (
        browser.post(f"{permit}/messages", data={"body": "a\x00b", "kind": "text", "token": token()}).status_code == 303
    )
    assert "a request failed" not in caplog.text


def _invited(world: World) -> str:
    """The secret of an invitation of somebody whose name and address are found again."""
    where = {"role": "client", "space_key": world.spaces["Delcourt"], "language": "fr", "days": 1}
    _, secret = invitations.invite(world.viewer("ines"), name=NAME, email=EMAIL, **where)
    return secret


def _tried(route: Route, people: dict[str, Browser], world: World, all_of_them: bool) -> Iterator[int]:
    """What becomes of a request to a route, sent by one or by three, with words in every field that takes words."""
    names = _names(world)
    form = {key: WRITTEN.get(key, value.format(**names)) for key, value in route.form.items()}
    path = route.path.format(**names) + ("&" if "?" in route.path else "?") + "q=CANARYQUERY"
    rightful = next((name for name in route.get if name), "olga")
    for name in dict.fromkeys((rightful, "zoe", "") if all_of_them else (rightful,)):
        yield people[name].ask(route.method, path, form, **route.headers)


def _ends_something(route: Route) -> bool:
    """Whether it erases somebody or something for good: such come last, as nothing can be done with those then."""
    return route.endpoint in {"console.erase_client", "console.erase_discussion"}


def _knock(server: Server, somebody: Browser) -> None:
    """At the socket, and with what is no request at all."""
    listen(server, f"comptoir={somebody.cookie}").close()
    for origin, cookie in (("https://canaryorigin.example", somebody.cookie), (server.url, "CANARYCOOKIE")):
        with suppress(Exception):
            listen(server, f"comptoir={cookie}", origin)
    for nonsense in (
        b"GET /invitations/CANARYLINE extra HTTP/1.1\r\n\r\n",
        b"CANARYLINE\r\n\r\n",
        b"GET / HTTP/1.1\r\nCANARYLINE CANARYLINE: x\r\n\r\n",
        b"GET / HTTP/9.CANARYLINE\r\n\r\n",
        b"GET /" + b"CANARYLINE" * 600 + b" HTTP/1.1\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: CANARYLINE\r\n\r\n",
        b"POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nCANARYLINE\r\n",
    ):
        with socket.create_connection(("127.0.0.1", server.port), 10, source_address=(HERE, 0)) as line:
            line.sendall(nonsense)
            line.settimeout(10)
            with suppress(OSError):
                line.recv(4096)


def _lines(log: str) -> list[dict[str, str]]:
    """Every line, each an object with its time; so that nothing came out beside the log."""
    lines = [json.loads(line) for line in log.splitlines()]
    assert all({"time", "level", "event", "logger"} <= line.keys() for line in lines)
    return lines


def _is_clean(log: str, people: dict[str, Browser], stage: Stage, *more: str) -> None:
    world = stage.world
    keys = {*world.keys.values(), *world.spaces.values(), *world.brands.values()}
    hidden = keys | {world.permit, world.inside, world.text, world.note, world.answer, HERE, KEY, PASSWORD, *more}
    for browser in people.values():
        hidden |= browser.secrets
    assert len(hidden) > 25
    found = {word for word in hidden if word in log}
    assert found == set()
    assert re.findall(r"(?i)canary\w*|[\w.]+@[\w.]+|203\.0\.113|correct horse|here is the plan", log) == []
    for name in (person.capitalize() for person in world.keys):
        assert not re.search(rf"\b{name}\b", log), name


def _break(server: Server) -> None:
    """The database loses a table under the server's feet."""
    with server.beside():
        _lose("message")


def _lose(table: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO lost")
