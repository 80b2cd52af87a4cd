"""What a fresh look found: ends that win though somebody waited, notes that stay notes, words clients must not read."""

import re
import socket
import stat
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flask_sock
import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.actions import discussions, invitations, messages, participants, people
from portal.cli import data
from portal.config import Settings
from portal.extensions import db
from portal.kernel.errors import Conflict, NotFound, Refusal, SignedOut
from portal.live.hub import hub
from portal.models import Account, Conversation, Message, Person, State
from portal.queries import discussions as lists
from tests.conftest import Stage, make_app, signed_in
from tests.world import PASSWORD, World, token

SOON = 0.4  # seconds: longer than a unit takes that waits for nobody


@pytest.mark.parametrize("end", ["disabled", "nothing"])
def test_who_is_disabled_while_they_wait_for_their_turn_writes_no_more(app: Flask, world: World, end: str) -> None:
    """SPEC P7. On SQLite a unit begins with its turn; on PostgreSQL it is asked again when the turn has come."""
    hugo = _signed_in(world, "hugo")

    def post() -> object:
        return messages.post(hugo, world.permit, body="heron", token=token())

    with _turn_taken(world.permit):
        waiting = Elsewhere(app, post).wait(SOON)
        if end == "disabled" and waiting.is_alive():
            people.disable(world.viewer("olga"), world.keys["hugo"])
            db.session.remove()
    if end == "disabled" and _on_postgresql():
        assert isinstance(waiting.result(), SignedOut)
        assert db.session.scalar(select(func.count()).where(Message.body == "heron")) == 0
    else:
        assert isinstance(waiting.result(), str)


def test_what_somebody_takes_over_while_they_are_disabled_does_not_stay_theirs(app: Flask, world: World) -> None:
    """SPEC D4: a discussion whose owner cannot sign in is in the admins' list, or nobody could ever add or remove."""
    adam = _signed_in(world, "adam")
    participants.leave(world.viewer("ines"), world.permit)
    with _turn_taken(world.permit):
        waiting = Elsewhere(app, lambda: discussions.take_over(adam, world.permit)).wait(SOON)
        if waiting.is_alive():
            people.disable(world.viewer("olga"), world.keys["adam"])
            db.session.remove()
    waiting.result()
    if not _on_postgresql():
        people.disable(world.viewer("olga"), world.keys["adam"])
    assert [found[0] for found in lists.ownerless(world.viewer("olga"))] == [world.permit]


def test_who_is_being_disabled_is_no_successor(app: Flask, world: World) -> None:
    """Whichever of handing over and disabling comes first, the discussion is not left with who cannot sign in."""
    olga, ines = world.viewer("olga"), world.viewer("ines")
    permit, hugo = world.permit, world.keys["hugo"]
    handed: list[Elsewhere] = []
    disown = participants.disown

    def slowly(viewer: access.Viewer, person: Person) -> None:
        disown(viewer, person)
        leave = Elsewhere(app, lambda: participants.leave(ines, permit, successor_key=hugo))
        handed.append(leave.wait(SOON))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(people.participants, "disown", slowly)
        people.disable(olga, hugo)
    assert isinstance(handed[0].result(), Refusal)
    db.session.remove()
    owner = select(Account.state).join(Conversation, Conversation.owner_id == Account.person_id)
    assert db.session.scalar(owner.where(Conversation.public_id == permit)) == State.ACTIVE


@pytest.mark.parametrize("first", ["withdrawing", "accepting"])
def test_of_withdrawing_and_accepting_an_invitation_one_wins(
    app: Flask, world: World, first: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And the other is told so: nobody is active whose invitation was withdrawn (SPEC P2)."""
    olga = world.viewer("olga")
    key, secret = invitations.invite(
        olga, name="Eva", email="eva@example.com", role="client", language="en", days=3,
        space_key=world.spaces["Brun"],
    )  # fmt: skip
    db.session.remove()

    def withdraw() -> None:
        invitations.withdraw(olga, key)

    def accept() -> str:
        return invitations.accept(secret, name="Eva", password=PASSWORD, time_zone="UTC")

    step, begin, other = ("end_invitations", withdraw, accept) if first == "withdrawing" else (
        "_open_invitation", accept, withdraw,
    )  # fmt: skip
    real, second = getattr(invitations, step), list[Elsewhere]()

    def meanwhile(*given: object) -> object:
        found = real(*given)
        monkeypatch.setattr(invitations, step, real)
        second.append(Elsewhere(app, other).wait(SOON))
        return found

    monkeypatch.setattr(invitations, step, meanwhile)
    begin()
    assert isinstance(second[0].result(), NotFound if first == "withdrawing" else Conflict)
    db.session.remove()
    state = db.session.scalar(select(Account.state).join(Person).where(Person.public_id == key))
    assert state == (State.INVITED if first == "withdrawing" else State.ACTIVE)


@pytest.mark.parametrize("kind", ["note", "text"])
def test_without_scripts_a_refused_note_stays_a_note(play: Flask, stage: Stage, kind: str) -> None:
    """RELIABILITY S3: the page that keeps its words must not offer to send them to the client."""
    path = f"/console/discussions/{stage.world.permit}/messages"
    form = {"kind": kind, "body": "x" * 10_001, "token": token()}
    answer = signed_in(play, stage, "ines").post(path, data=form)
    assert answer.status_code == 422
    assert form["body"] in answer.text
    assert f'name="kind" value="{kind}" checked' in answer.text
    assert len(re.findall(r'name="kind" value="\w+" checked', answer.text)) == 1


def test_a_client_s_page_has_no_words_for_notes(play: Flask, stage: Stage) -> None:
    path = f"/discussions/{stage.world.permit}"
    assert "Team only" not in signed_in(play, stage, "marie").get(path).text
    assert "Team only" in signed_in(play, stage, "ines").get(f"/console{path}").text


@pytest.mark.parametrize("broken", ["portal.live.sockets.tail.start", "portal.live.keeper._beat"])
def test_a_socket_that_fails_at_its_beginning_is_forgotten(
    play: Flask, stage: Stage, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    """Else it would take a place, and have its person be online, for ever."""
    monkeypatch.setattr(flask_sock, "Server", Upgraded)
    monkeypatch.setattr(broken, _fails)
    asks = {"Origin": "http://localhost", "Connection": "Upgrade", "Upgrade": "websocket"}
    answer = signed_in(play, stage, "marie").get("/live", headers=asks)
    assert answer.status_code == 500
    assert (hub.count, hub._admitted) == (0, 0)
    assert hub.online() == frozenset()


def test_other_users_of_the_machine_do_not_get_at_an_installation(tmp_path: Path) -> None:
    """The database is as open as the umask leaves it; the directory around it is not."""
    Settings.load({"COMPTOIR_VAR": str(tmp_path / "by key")})
    with make_app(f"sqlite:///{tmp_path}/by database/comptoir.db", tmp_path / "unused").app_context():
        data._make_room()
    for name in ("by key", "by database"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o700, name


class Upgraded:
    """What the library makes of a request that became a socket."""

    ws = None

    def __init__(self, _environ: object, **_options: object) -> None:
        """Nothing to shake hands with."""
        self.sock, self._page = socket.socketpair()


class Elsewhere(threading.Thread):
    """Something done by another request, at the same time, with a session of its own."""

    def __init__(self, app: Flask, act: Callable[[], object]) -> None:
        super().__init__()
        self._app, self._act, self._given = app, act, list[object]()

    def run(self) -> None:
        """Do it, and keep what came of it."""
        with self._app.app_context():
            try:
                self._given.append(self._act())
            except Refusal as refusal:
                self._given.append(refusal)
            finally:
                db.session.remove()

    def wait(self, seconds: float) -> "Elsewhere":
        """Begin, and give it so long."""
        self.start()
        self.join(seconds)
        return self

    def result(self) -> object:
        """What it gave, or how it was refused."""
        self.join()
        return self._given[0]


@contextmanager
def _turn_taken(key: str) -> Iterator[None]:
    """Somebody else writes in that conversation, and takes their time (on SQLite nothing is held)."""
    number = db.session.scalar(select(Conversation.id).where(Conversation.public_id == key))
    db.session.remove()
    with db.engine.connect() as connection:
        if _on_postgresql():
            connection.execute(select(func.pg_advisory_xact_lock(number)))
        yield
        connection.rollback()


def _signed_in(world: World, name: str) -> access.Viewer:
    viewer = access.principal(world.cookie_secret(name))
    db.session.remove()
    assert viewer
    return viewer


def _on_postgresql() -> bool:
    return db.engine.dialect.name == "postgresql"


def _fails() -> None:
    raise RuntimeError
