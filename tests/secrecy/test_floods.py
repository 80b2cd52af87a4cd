"""RELIABILITY H7: how much of anything one may send or hold."""

import re
import time
from collections.abc import Callable
from http.client import HTTPConnection

import pytest
from flask import Flask
from simple_websocket import ConnectionClosed, Server as Socket
from sqlalchemy import func, select

from portal.extensions import db
from portal.live.hub import SOCKETS_EACH, Hub
from portal.live.line import BEAT
from portal.models import Message
from tests.conftest import Stage, signed_in
from tests.live.ears import Closing
from tests.secrecy.writes import HTMX
from tests.serving import PATIENCE, Server, cookie, listen
from tests.world import token


@pytest.mark.parametrize("name", ["marie", "ines"])
def test_a_flood_of_messages_ends_and_keeps_the_words(theatre: Callable[..., Flask], stage: Stage, name: str) -> None:
    app = theatre(WRITE_LIMIT="3 per hour")
    browser, address = signed_in(app, stage, name), _messages(stage, name)
    got = [
        browser.post(address, data={"body": "heron", "kind": "text", "token": token()}, headers=HTMX) for _ in range(5)
    ]
    assert [answer.status_code for answer in got] == [201] * 3 + [429] * 2
    assert 'role="alert"' in got[4].text
    assert 3000 < int(got[4].headers["Retry-After"]) <= 3600
    plain = browser.post(address, data={"body": "bittern", "kind": "text", "token": token()})
    assert plain.status_code == 429
    assert re.search(r"<textarea[^>]*>bittern</textarea>", plain.text)
    assert int(plain.headers["Retry-After"]) > 3000
    assert _count(app, "bittern") == 0
    other = "hugo" if name == "ines" else "ines"
    assert signed_in(app, stage, other).post(
        _messages(stage, other), data={"body": "egret", "kind": "text", "token": token()}, headers=HTMX
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
        assert _ends(socket, PATIENCE if ends else 2) == ends, len(words)


def test_a_socket_that_was_ended_is_gone_at_once(server: Server, beside: Flask, stage: Stage) -> None:
    """Also its place: one that waits for a whole beat is one less for everybody."""
    marie = cookie(beside, stage.secrets["marie"])
    opened = [listen(server, marie) for _ in range(10)]
    _wait(lambda: _online(server, beside, stage))
    for socket in opened:
        socket.send("x" * 20_000)
    assert all(_ends(socket) for socket in opened)
    _wait(lambda: not _online(server, beside, stage))


def test_a_page_that_talks_on_is_closed(server: Server, beside: Flask, stage: Stage) -> None:
    socket = listen(server, cookie(beside, stage.secrets["luc"]))
    for _ in range(61):
        socket.send("blah")
    assert _ends(socket)


def test_the_oldest_of_too_many_sockets_gives_way(server: Server, beside: Flask, stage: Stage) -> None:
    biscuit = cookie(beside, stage.secrets["rosa"])
    sockets = [listen(server, biscuit) for _ in range(SOCKETS_EACH + 3)]
    _wait(lambda: sum(not socket.connected for socket in sockets) == 3)
    time.sleep(0.3)
    assert sum(not socket.connected for socket in sockets) == 3
    for socket in sockets:
        if socket.connected:
            socket.close()
    assert server.mishaps() == []


def test_however_fast_they_come_there_are_no_more_than_so_many() -> None:
    """Those that were sent off are a while in going; the next to come sends off another."""
    hub, pages = Hub(), [Closing(1) for _ in range(SOCKETS_EACH + 5)]
    for page in pages:
        hub.add(page)
    assert [page.closed for page in pages] == [True] * 5 + [False] * SOCKETS_EACH
    assert hub.count == len(pages), "they take their place until they have gone"
    for page in pages:
        hub.remove(page)
    assert (hub.count, hub.online()) == (0, frozenset())


def _messages(stage: Stage, name: str) -> str:
    door = "" if name == "marie" else "/console"
    return f"{door}/discussions/{stage.world.permit}/messages"


def _count(app: Flask, word: str) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count(Message.id)).where(Message.body.contains(word * 5)))


def _wait(until: Callable[[], bool]) -> None:
    """Look again and again, for much less than a beat."""
    last = time.monotonic() + BEAT / 2
    while not until():
        assert time.monotonic() < last
        time.sleep(0.05)


def _online(server: Server, beside: Flask, stage: Stage) -> bool:
    """Whether staff see that Marie is there."""
    link = HTTPConnection("127.0.0.1", server.port, timeout=5)
    path = f"/console/discussions/{stage.world.permit}/participants"
    link.request("GET", path, headers={"Cookie": cookie(beside, stage.secrets["ines"]), **HTMX})
    page = link.getresponse().read().decode()
    hers = page.partition(f'id="in-{stage.world.keys["marie"]}"')[2].partition("</li>")[0]
    assert "Marie" in hers
    return 'data-state="online"' in hers


def _ends(socket: Socket, patience: float = PATIENCE) -> bool:
    try:
        return socket.receive(timeout=patience) is None and not socket.connected
    except ConnectionClosed:
        return True
