"""RELIABILITY S4, by halves: what is ended between two steps of something that has begun."""

import logging
import socket
import threading
from collections.abc import Callable
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import OperationalError
from wsproto import ConnectionType, WSConnection

from portal import access
from portal.actions import devices, firm, messages, participants, people
from portal.extensions import db
from portal.kernel import passwords
from portal.kernel.tokens import digest
from portal.live import frames, keeper, tell as telling
from portal.live.hub import hub
from portal.live.line import Line
from portal.live.tail import Tail
from portal.queries import facts, happened
from portal.wiring import REACTIONS
from tests.conftest import Stage, signed_in
from tests.live.ears import Closing, Ear, listening
from tests.live.page import decode
from tests.secrecy.writes import HTMX
from tests.world import PASSWORD, World, token


def test_who_is_removed_while_others_are_told_hears_nothing_more(play: Flask, stage: Stage) -> None:
    """A batch of events takes a while; a removal that commits meanwhile wins over what is left of it."""
    world, tail = stage.world, _tail(play)
    ines = world.viewer("ines")
    with listening(world, "ines", "marie") as ears:
        cursor = facts.newest()
        for number in range(3):
            messages.post(ines, world.permit, body=f"heron {number}", token=token())
        with _when_told(ears["ines"], 1, lambda: _elsewhere(play, _remove, world, "marie")):
            cursor = tail._read(cursor)
        tail._read(cursor)  # the removal wakes it
    assert ["heron 0" in words for words in ears["marie"].heard()] == [True, False]
    assert ears["marie"].heard()[-1] == f'{{"removed":"{world.permit}"}}'
    assert sum("heron" in words for words in ears["ines"].heard()) == 3


def test_who_is_removed_while_a_message_is_drawn_does_not_get_it(
    play: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    world, tail = stage.world, _tail(play)
    _once_drawn(monkeypatch, lambda: _elsewhere(play, _remove, world, "marie"))
    with listening(world, "ines", "marie") as ears:
        cursor = facts.newest()
        messages.post(world.viewer("ines"), world.permit, body="heron", token=token())
        tail._read(tail._read(cursor))
    assert ears["marie"].heard() == [f'{{"removed":"{world.permit}"}}']
    assert "heron" in ears["ines"].heard()[0]


def test_a_name_that_is_hidden_while_a_message_is_drawn_does_not_get_out(
    play: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC D5: from the commit on, what clients read of staff is what the firm lets them."""
    world, tail = stage.world, _tail(play)
    _once_drawn(monkeypatch, lambda: _elsewhere(play, _hide_names, world))
    with listening(world, "hugo", "marie") as ears:
        cursor = facts.newest()
        messages.post(world.viewer("ines"), world.permit, body="heron", token=token())
        tail._read(tail._read(cursor))
    assert "Ines" in "".join(ears["hugo"].heard())
    assert "heron" in "".join(ears["marie"].heard())
    assert "Ines" not in "".join(ears["marie"].heard())


def test_who_comes_while_nobody_was_there_misses_nothing(
    play: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The tail skips what nobody hears; a page that opens at that very moment is somebody."""
    world, tail, newest = stage.world, _tail(play), facts.newest
    ear = Ear(world.person_id("marie"))

    def opened() -> facts.Cursor:
        hub.add(ear)
        messages.post(world.viewer("ines"), world.permit, body="heron", token=token())
        return newest()

    cursor = newest()
    monkeypatch.setattr(facts, "newest", opened)
    try:
        cursor = tail._read(cursor)
        tail._read(cursor)
    finally:
        hub.remove(ear)
    assert "heron" in "".join(ear.heard())


@pytest.mark.parametrize("end", ["signed out", "disabled", "not at all", "database away"])
def test_a_socket_whose_device_was_signed_out_while_it_opened_is_closed(
    play: Flask, stage: Stage, end: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There was nobody to close yet when the sign-out was told; and until it has been asked, it hears nothing."""
    world = stage.world
    viewer = access.principal(stage.secrets["marie"])
    assert viewer
    if end == "signed out":
        devices.sign_out(viewer)
    elif end == "disabled":
        people.disable(world.viewer("olga"), world.keys["marie"])
    elif end == "database away":
        monkeypatch.setattr(keeper.access, "signed_in", _away)
    ear = Closing(viewer.person_id)
    ear.device_id, ear.begun = viewer.device_id, False
    line = Line(ear, socket.socket(), WSConnection(ConnectionType.SERVER))
    hub.add(ear)
    hub.send([viewer.person_id], b"heron")
    keeper._beat([line])
    hub.send([viewer.person_id], b"bittern")
    hub.remove(ear)
    said = {"not at all": [frames.HEARTBEAT, frames.PING, b"bittern"], "database away": []}
    assert (ear.frames, ear.closed) == (said.get(end, [frames.SIGNED_OUT]), end != "not at all")


@pytest.mark.parametrize("change", ["password", "disabled", "nothing"])
def test_a_sign_in_that_began_before_the_password_changed_does_not_end_well(
    play: Flask, stage: Stage, change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """SPEC P7: a new password signs all others out, those too whose old one is being checked."""
    world, matches = stage.world, passwords.matches
    acts = {
        "password": lambda: devices.change_password(world.viewer("marie"), current=PASSWORD, new="n" * 12),
        "disabled": lambda: people.disable(world.viewer("olga"), world.keys["marie"]),
        "nothing": lambda: None,
    }

    def slowly(password: str, stored: str | None) -> bool:
        right = matches(password, stored)
        monkeypatch.setattr(passwords, "matches", matches)
        acts[change]()
        return right

    monkeypatch.setattr(passwords, "matches", slowly)
    secret = devices.sign_in("marie@example.com", PASSWORD, "")
    assert (secret is None) == (change != "nothing")


def test_the_log_has_no_words_no_addresses_and_no_secrets(
    theatre: Callable[..., Flask],
    stage: Stage,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """SPEC O4: also of what fails, and at the most talkative level."""
    app, world = theatre(SIGN_IN_LIMIT="2 per minute", WRITE_LIMIT="2 per minute"), stage.world
    caplog.set_level(logging.DEBUG)
    caplog.set_level(logging.INFO, logger="sqlalchemy.engine")  # as `echo` does; rows are for debuggers only
    stranger, marie = app.test_client(), signed_in(app, stage, "marie")
    for _ in range(3):
        stranger.post("/login", data={"email": "marie@example.com", "password": "kestrel password"})
    address, form = f"/discussions/{world.permit}/messages", {"body": "kestrel", "kind": "text"}
    for _ in range(3):
        marie.post(address, data=form | {"token": token()}, headers=HTMX)
    marie.post(address, data=form | {"token": "kestrel"}, headers=HTMX)
    marie.post(address, data=form | {"token": token()}, headers=HTMX | {"Origin": "https://kestrel.example"})
    stranger.get("/invitations/kestrel-secret")
    signed_in(app, stage, "ines").get("/console/people?q=kestrel")
    monkeypatch.setattr("portal.web.messages.messages.post", _breaks)
    assert signed_in(app, stage, "ines").post(
        f"/console{address}", data=form | {"token": token()}, headers=HTMX
    ).status_code == 500  # fmt: skip
    said = caplog.text + "".join(capfd.readouterr())
    assert "a request failed" in said
    assert "SELECT" in said
    for secret in ("kestrel", "marie@example.com", stage.secrets["marie"], digest(stage.secrets["marie"])):
        assert secret not in said


def _tail(app: Flask) -> Tail:
    tail = Tail()
    tail.prepare(app, REACTIONS)
    return tail


@contextmanager
def _when_told(ear: Ear, times: int, act: Callable[[], object]) -> Any:
    """Have `act` happen when this page has been sent so many frames."""
    send = ear.send

    def listen(frame: bytes) -> None:
        send(frame)
        if len(ear.frames) == times:
            act()

    ear.send = listen  # type: ignore[method-assign]
    yield
    assert decode(ear.frames[0])


def _once_drawn(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Have something happen when a message has been drawn, and is not sent yet; once."""
    draw, left = happened.message, [act]

    def drawn(*given: Any) -> Any:
        done = draw(*given)
        if left:
            left.pop()()
        return done

    monkeypatch.setattr(telling.happened, "message", drawn)


def _hide_names(world: World) -> None:
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")


def _elsewhere(app: Flask, act: Callable[..., None], *given: object) -> None:
    """Do it as another request does, at the same time: with a session of its own."""

    def run() -> None:
        with app.app_context():
            act(*given)
            db.session.remove()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()


def _remove(world: World, name: str) -> None:
    participants.remove(world.viewer("ines"), world.permit, world.keys[name])


def _away(_viewer: object) -> None:
    raise OperationalError("SELECT", {}, Exception("away"))


def _breaks(*_given: object, **more: object) -> None:
    db.session.execute(db.text("INSERT INTO message (body) VALUES (:body)"), {"body": more["body"]})
