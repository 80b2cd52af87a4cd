"""RELIABILITY S4 and SPEC E3: a link's socket tells of its discussion alone, and ends with its link, at once."""

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection

import pytest
from flask import Flask
from simple_websocket import Client, ConnectionClosed, ConnectionError
from sqlalchemy import event, func, select, update
from wsproto import ConnectionType, WSConnection

from portal import access
from portal.access import Link
from portal.actions import challenges, discussions, links, messages, participants, people, read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import tokens
from portal.live import frames, keeper, tell as telling
from portal.live.hub import hub
from portal.live.line import Line
from portal.mailer import codes
from portal.models import Event, Mail, Message
from portal.queries import facts, links as queries
from tests.conftest import Stage
from tests.links import desk
from tests.live.ears import Closing, tell
from tests.promises import Figure, rounds
from tests.serving import PATIENCE, PageSocket, Server, install
from tests.world import World, token

ARTICLE = re.compile(r'<article id="m-(\w+)"')


class Ear(Closing):
    """An open page of a mail's link."""

    def __init__(self, world: World, key: str, *, device: bool = True) -> None:
        held = access.by_link(desk.link(key))
        super().__init__(held.viewer.person_id)
        name = next(name for name, of in world.keys.items() if of == held.viewer.key)
        self.limit = held.viewer.limit
        self.link = Link(held.viewer.mail_id or 0, _device(world, key, name) if device else None)

    def send(self, frame: bytes) -> None:
        """Closed, it gets nothing: as a socket."""
        if not self.closed:
            super().send(frame)


@contextmanager
def open_page(ear: Ear) -> Iterator[Ear]:
    hub.add(ear)
    try:
        yield ear
    finally:
        hub.remove(ear)


def test_it_is_told_of_its_discussion_and_of_nothing_else(world: World) -> None:
    other = _another_room(world)
    with open_page(Ear(world, desk.mailed(world))) as ear:
        cursor = facts.newest()
        messages.post(world.viewer("ines"), world.permit, body="For this page.", token=token())
        messages.post(world.viewer("ines"), world.permit, body="A note.", kind="note", token=token())
        messages.post(world.viewer("ines"), other, body="Elsewhere.", token=token())
        discussions.rename(world.viewer("ines"), world.permit, title="Renamed")
        discussions.rename(world.viewer("ines"), other, title="Other")
        cursor = tell(cursor)
        participants.remove(world.viewer("ines"), other, world.keys["marie"])
        cursor = tell(cursor)
        read = read_marks.read(world.viewer("marie"), world.permit, 2**40)
        telling.read(world.person_id("marie"), world.permit, read)
        (heard,) = ear.heard()
        assert "For this page." in heard
        assert f'id="row-{world.permit}"' not in heard
        assert not ear.closed


ENDS: dict[str, Callable[[World, str], object]] = {
    "removed": lambda world, _: participants.remove(world.viewer("ines"), world.permit, world.keys["marie"]),
    "disabled": lambda world, _: people.disable(world.viewer("olga"), world.keys["marie"]),
    "its link ended": lambda world, key: links.end(world.viewer("ines"), world.keys["marie"], key),
    "all links ended": lambda world, _: links.end_own(world.viewer("marie")),
    "its device signed out": lambda world, _: links.revoke_device(world.viewer("marie"), _devices(world)[0]),
}


@pytest.mark.parametrize("how", ENDS)
def test_its_page_closes_with_it_and_others_stay(world: World, how: str) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    key = desk.mailed(world)
    with open_page(Ear(world, key)) as ear, open_page(Ear(world, desk.mailed(world, "luc"), device=False)) as other:
        desk.want_no_codes()
        cursor = facts.newest()
        ENDS[how](world, key)
        messages.post(world.viewer("ines"), world.permit, body="After that.", token=token())
        tell(cursor)
        assert ear.closed
        assert ear.frames[0] in {frames.LINK_OVER, frames.SIGNED_OUT}
        assert not [frame for frame in ear.heard() if "After that." in frame]
        assert not other.closed
        assert "After that." in other.heard()[-1]


@pytest.mark.parametrize("how", ["as it is", "expired", "codes wanted", "another's device", "not signed in there"])
def test_each_beat_asks_whether_the_link_stands(world: World, how: str) -> None:
    key = desk.mailed(world)
    desk.want_no_codes()
    ear = Ear(world, key, device=False)
    match how:
        case "expired":
            with transaction():
                db.session.execute(update(Mail).values(link_ends_at=Mail.created_at))
        case "codes wanted":
            desk.want_no_codes(wanted=True)
        case "another's device":
            participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
            ear.link = Link(ear.link.mail_id, _device(world, desk.mailed(world, "luc"), "luc"))
        case "not signed in there":
            ear.device_id = 2**20
    line = Line(ear, socket.socket(), WSConnection(ConnectionType.SERVER))
    keeper._beat([line])
    assert ear.closed == (how != "as it is")


def test_all_pages_of_links_are_asked_about_in_three_statements(world: World, app: Flask) -> None:
    ears = [Ear(world, desk.mailed(world)) for _ in range(5)]
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert keeper.those_over(ears) == set()
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    assert len([statement for statement in asked if statement.startswith("SELECT")]) <= 3


@pytest.fixture(scope="module")
def server(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = install(stage, tmp_path_factory.mktemp("links")).start()
    yield server
    server.stop()
    assert server.mishaps() == []


@pytest.fixture
def beside(server: Server) -> Iterator[Flask]:
    with server.beside() as app:
        yield app


def test_no_page_opens_for_who_gave_no_code_nor_for_another_site(server: Server, beside: Flask, stage: Stage) -> None:
    key = desk.mailed(stage.world)
    cookie, other = _cookie(stage.world, key), _others_cookie(stage.world)
    for biscuit, sealed, origin in (
        ("", desk.link(key), None),
        (other, desk.link(key), None),
        (cookie, desk.link(tokens.new_id()), None),
        (cookie, desk.link(key, "unsubscribe"), None),
        (cookie, desk.link(key), "https://evil.example"),
        (cookie, desk.link(key), "null"),
    ):
        with pytest.raises(ConnectionError):
            _listen(server, sealed, biscuit, origin)
    _listen(server, desk.link(key), cookie).close()
    with pytest.raises(ConnectionError):
        _plain(server, cookie)
    assert desk.link(key) not in server.log()


@dataclass
class Round:
    """One end: what the page heard, and how long it took to know."""

    heard: set[str]
    took: float


@pytest.mark.timeout(1800)
@pytest.mark.promise("S4")
def test_a_link_that_ends_while_messages_flow_hears_nothing_more(
    server: Server, beside: Flask, stage: Stage, figure: Figure
) -> None:
    world, over, found = stage.world, threading.Event(), []
    flow = threading.Thread(target=_flow, args=(server, world, over))
    flow.start()
    try:
        for number in range(rounds(5, 100)):
            found.append(_round(server, world, list(ENDS)[number % len(ENDS)]))
    finally:
        over.set()
        flow.join()
    frames_before = sum(len(one.heard) for one in found)
    assert frames_before >= len(found)
    worst = max(one.took for one in found)
    assert worst < PATIENCE
    ended = f"{len(found)} ends of links while messages flowed ({frames_before} frames before)"
    figure(f"{ended}: 0 frames after the commit, closed within {worst:.2f} s, 410")


def _round(server: Server, world: World, how: str) -> Round:
    key = desk.mailed(world)
    page, heard = _listen(server, desk.link(key), _cookie(world, key)), set()
    while not heard:
        heard |= set(ARTICLE.findall(page.receive(timeout=PATIENCE) or ""))
    ENDS[how](world, key)
    began, last = time.monotonic(), _last(world)
    try:
        while time.monotonic() - began < PATIENCE:
            heard |= set(ARTICLE.findall(page.receive(timeout=PATIENCE) or ""))
    except ConnectionClosed:
        took = time.monotonic() - began
    assert _newest(heard) < last, how
    if how != "its device signed out":
        asked = HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)
        asked.request("GET", desk.page(key))
        assert asked.getresponse().status == 410
    _put_back(world, how)
    return Round(heard, took)


def _put_back(world: World, how: str) -> None:
    if how == "removed":
        participants.add(world.viewer("ines"), world.permit, world.keys["marie"], confirmed=True)
    if how == "disabled":
        people.enable(world.viewer("olga"), world.keys["marie"])


def _flow(server: Server, world: World, over: threading.Event) -> None:
    with server.beside():
        while not over.wait(0.02):
            messages.post(world.viewer("hugo"), world.permit, body="It goes on.", token=token())


def _last(world: World) -> int:
    """The place of Marie's last end among all that happened."""
    db.session.rollback()
    return db.session.scalar(select(func.max(Event.id)).where(Event.person_id == world.person_id("marie"))) or 0


def _newest(heard: set[str]) -> int:
    first = select(func.min(Event.id)).join(Message, Message.id == Event.message_id)
    return max(db.session.scalars(first.where(Message.public_id.in_(heard)).group_by(Message.id)))


def _device(world: World, key: str, name: str = "marie") -> int:
    """A device that may use somebody's links."""
    secret = _secret(world, key, name)
    held = access.by_link(desk.link(key), (secret,))
    assert held.viewer.link_device is not None
    return held.viewer.link_device


def _secret(world: World, key: str, name: str) -> str:
    with transaction():
        db.session.execute(update(Mail).where(Mail.kind == "code").values(email="long.ago@example.com"))
    held = access.by_link(desk.link(key))
    codes.ask_for_link(held, "here", desk.HOUSE)
    return challenges.enter_link(held.viewer, "here", desk.code(world, name), "A browser")


def _cookie(world: World, key: str, name: str = "marie") -> str:
    return f"comptoir-links={_secret(world, key, name)}"


def _others_cookie(world: World) -> str:
    """Of Luc's browser, who is in the discussion too."""
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    cookie = _cookie(world, desk.mailed(world, "luc"), "luc")
    participants.remove(world.viewer("ines"), world.permit, world.keys["luc"])
    return cookie


def _devices(world: World) -> list[str]:
    return [device.id for device in queries.devices(world.viewer("marie"))]


def _another_room(world: World) -> str:
    ines, where = world.viewer("ines"), {"brand_key": world.brands["North"], "space_key": world.spaces["Delcourt"]}
    key = discussions.create(ines, title="Elsewhere", audience="shared", **where)
    participants.add(ines, key, world.keys["marie"], confirmed=True)
    return key


def _listen(server: Server, sealed: str, cookie: str, origin: str | None = None) -> Client:
    headers = {"Origin": server.url if origin is None else origin, "Cookie": cookie}
    page = PageSocket(f"ws://127.0.0.1:{server.port}/l/{sealed}/live", headers=headers)
    assert page.receive(timeout=PATIENCE) == '{"beat":1}'
    return page


def _plain(server: Server, cookie: str) -> Client:
    """The socket of who is signed in: a link opens none."""
    return PageSocket(f"ws://127.0.0.1:{server.port}/live", headers={"Origin": server.url, "Cookie": cookie})
