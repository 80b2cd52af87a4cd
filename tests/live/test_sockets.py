"""The socket on the real server: who gets one, what it brings, and how it ends."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed, ConnectionError

from portal.actions import devices, messages, participants, people
from portal.extensions import db
from tests.conftest import Stage
from tests.serving import Server, cookie, install, listen
from tests.world import token

SECOND = 1.0


@pytest.fixture(scope="module")
def server(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = install(stage, tmp_path_factory.mktemp("sockets")).start()
    yield server
    server.stop()


@pytest.fixture
def beside(server: Server) -> Iterator[Flask]:
    """An application on the server's database: a second process, in effect."""
    with server.beside() as app:
        yield app


@pytest.fixture
def socket_of(server: Server, beside: Flask, stage: Stage) -> Iterator[Callable[[str], Client]]:
    """`socket_of("marie")` opens a page's socket for a new device of Marie's."""
    opened = []

    def open_socket(name: str) -> Client:
        socket = listen(server, cookie(beside, stage.world.cookie_secret(name)))
        time.sleep(0.05)
        opened.append(socket)
        return socket

    yield open_socket
    for socket in opened:
        try:
            socket.close()
        except ConnectionClosed:
            continue


def test_without_a_session_there_is_no_socket(server: Server) -> None:
    with pytest.raises(ConnectionError):
        listen(server, None)


def test_a_message_comes_to_who_may_read_it_and_to_nobody_else(
    beside: Flask, stage: Stage, socket_of: Callable[[str], Client]
) -> None:
    world = stage.world
    sockets = {name: socket_of(name) for name in ("ines", "hugo", "marie", "luc", "zoe", "nina", "olga")}
    messages.post(world.viewer("ines"), world.permit, body="albatross", token=token())
    for name in ("ines", "hugo", "marie"):
        assert "albatross" in _heard(sockets[name]), name
    for name in ("luc", "zoe", "nina", "olga"):
        assert _silence(sockets[name]), name


def test_a_note_reaches_staff_only(beside: Flask, stage: Stage, socket_of: Callable[[str], Client]) -> None:
    world = stage.world
    hugo, marie = socket_of("hugo"), socket_of("marie")
    messages.post(world.viewer("ines"), world.permit, body="pelican", kind="note", token=token())
    assert "pelican" in _heard(hugo)
    assert _silence(marie)


def test_a_removal_is_one_frame(beside: Flask, stage: Stage, socket_of: Callable[[str], Client]) -> None:
    """Also where another process did it. Under load: test_ends."""
    world = stage.world
    ines, marie = world.viewer("ines"), socket_of("marie")
    messages.post(ines, world.permit, body="before", token=token())
    assert "before" in _heard(marie)
    participants.remove(ines, world.permit, world.keys["marie"])
    messages.post(ines, world.permit, body="after the commit", token=token())
    assert _heard(marie) == f'{{"removed":"{world.permit}"}}'
    assert _silence(marie)
    participants.add(ines, world.permit, world.keys["marie"], confirmed=True)


@pytest.mark.parametrize("end", ["sign out", "password", "disable"])
def test_a_sign_out_closes_sockets(
    beside: Flask, stage: Stage, server: Server, end: str, socket_of: Callable[[str], Client]
) -> None:
    world = stage.world
    paul = socket_of("paul")
    if end == "sign out":
        viewer = world.viewer("paul")
        devices.revoke_others(viewer)
    elif end == "password":
        viewer = world.viewer("paul")
        devices.change_password(viewer, current="correct horse battery", new="another horse battery")
    else:
        people.disable(world.viewer("olga"), world.keys["paul"])
    # Another process finds out at its next look, a second later at the latest; how soon, test_ends measures.
    assert "signed_out" in str(paul.receive(timeout=10 * SECOND))
    with pytest.raises(ConnectionClosed):
        paul.receive(timeout=10 * SECOND)


def test_a_restart_tells_pages_to_come_back(stage: Stage, tmp_path: Path) -> None:
    server = install(stage, tmp_path / "restart").start()
    app = server.app()
    with app.app_context():
        socket = listen(server, cookie(app, stage.secrets["marie"]))
        began = time.monotonic()
        server.stop()
        assert time.monotonic() - began < 8, "less than what it gives to answers"
        with pytest.raises(ConnectionClosed) as closed:
            socket.receive(timeout=5)
        assert closed.value.reason == 1012
        db.session.remove()
        db.engine.dispose()


def test_a_dead_reader_delays_nobody(beside: Flask, stage: Stage, socket_of: Callable[[str], Client]) -> None:
    world = stage.world
    dead, alive = socket_of("hugo"), socket_of("marie")
    dead.sock.setblocking(True)
    dead.thread_stop = True
    for number in range(30):
        messages.post(world.viewer("ines"), world.permit, body="x" * 9000 + str(number), token=token())
    heard = [_heard(alive) for _ in range(30)]
    assert all(str(number) in words for number, words in enumerate(heard))


def test_the_server_wrote_no_traceback_and_no_words(server: Server) -> None:
    log = server.log()
    assert "Traceback" not in log
    assert "albatross" not in log
    assert "pelican" not in log


def _heard(socket: Client) -> str:
    """The next frame that says something; lines about people coming and going are passed over."""
    until = time.monotonic() + 4
    while time.monotonic() < until:
        words = socket.receive(timeout=4)
        assert words is not None, "nothing came"
        if 'data-kind="event"' not in words and not words.startswith(('{"row"', '{"read"')):
            return str(words)
    raise AssertionError("nothing came")


def _silence(socket: Client) -> bool:
    """Whether nothing comes for longer than another process takes to look."""
    return socket.receive(timeout=1.3 * SECOND) is None
