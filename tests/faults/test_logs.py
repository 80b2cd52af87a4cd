"""SPEC O4: what is logged holds no message, no address, no name, no token; whatever happened."""

import http.client
import logging
import urllib.parse
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from portal.actions import invitations
from portal.extensions import db
from tests.conftest import Stage
from tests.serving import Server, cookie, install
from tests.world import PASSWORD, World, token

TEXT, NAME, EMAIL = "CANARYTEXT", "CANARYNAME", "canarymail@example.com"


@pytest.fixture
def server(stage: Stage, tmp_path: Path) -> Iterator[Server]:
    """The real server, which says all that it can say."""
    server = install(stage, tmp_path, LOG_LEVEL="INFO").start()
    yield server
    server.stop()


def test_a_served_day_leaves_no_word_of_anybody_in_the_log(server: Server, stage: Stage) -> None:
    world, sent = stage.world, token()
    app = server.app()
    with app.app_context():
        where = {"role": "client", "space_key": world.spaces["Delcourt"], "language": "fr", "days": 1}
        _, secret = invitations.invite(world.viewer("ines"), name=NAME, email=EMAIL, **where)
        db.session.remove()
        db.engine.dispose()
    jar = cookie(app, stage.secrets["ines"])
    permit = f"/console/discussions/{world.permit}"
    answers = [
        _ask(server, "GET", f"/invitations/{secret}"),
        _ask(server, "POST", f"/invitations/{secret}", {"name": NAME, "password": PASSWORD}),
        _ask(server, "POST", "/login", {"email": EMAIL, "password": PASSWORD}),
        _ask(server, "GET", "/login?next=/" + TEXT),
        _ask(server, "GET", permit, jar=jar),
        _ask(server, "POST", f"{permit}/messages", {"body": TEXT, "token": sent}, jar=jar),
        _ask(server, "GET", f"/console/people?q={EMAIL}", jar=jar),
        _ask(server, "GET", f"/{TEXT}", jar=jar),
    ]
    assert answers == [200, 400, 400, 200, 200, 400, 200, 404]  # writes without the page's token are refused
    _break(server)
    assert _ask(server, "GET", f"{permit}?q={TEXT}", jar=jar) in {500, 503}
    server.stop()
    log = server.log()
    assert "Listening at" in log
    assert "Traceback" in log, "what breaks is told"
    device = stage.secrets["ines"]
    for hidden in (TEXT, NAME, EMAIL, secret, sent, device, jar.partition("=")[2], PASSWORD, world.permit, "k" * 64):
        assert hidden not in log


@pytest.mark.parametrize("table", ["message", "event"])
def test_a_sending_that_breaks_is_logged_without_what_was_sent(
    app: Flask, world: World, caplog: pytest.LogCaptureFixture, table: str
) -> None:
    """Before the insert of the message and after it; the traceback goes through the statement."""
    sent, browser = token(), app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret("ines")
    path = f"/console/discussions/{world.permit}/messages"
    assert browser.post(path, data={"body": TEXT, "token": token()}).status_code == 303
    _lose(table)
    with caplog.at_level(logging.DEBUG):
        assert browser.post(path, data={"body": TEXT, "token": sent}).status_code in {500, 503}
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
    assert browser.post(f"{permit}/messages", data={"body": "a\x00b", "token": token()}).status_code == 303
    assert "a request failed" not in caplog.text


def _break(server: Server) -> None:
    """The database loses a table under the server's feet."""
    with server.app().app_context():
        _lose("message")
        db.engine.dispose()


def _lose(table: str) -> None:
    with db.engine.begin() as connection:
        connection.exec_driver_sql(f"ALTER TABLE {table} RENAME TO lost")


def _ask(server: Server, method: str, path: str, form: dict[str, str] | None = None, jar: str = "") -> int:
    link = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    headers = {"Content-Type": "application/x-www-form-urlencoded"} | ({"Cookie": jar} if jar else {})
    link.request(method, path, urllib.parse.urlencode(form or {}), headers)
    return link.getresponse().status
