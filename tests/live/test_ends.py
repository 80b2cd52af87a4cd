"""RELIABILITY S4: whoever is removed, disabled or signed out while messages flow hears nothing of what comes after.

On the real server. *After* is what was committed after the end: events are numbered in the order of their commits.
What was told before may still be on its way when the end commits.
"""

import re
import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import Event, Message, Person
from tests.conftest import Stage
from tests.faults.lines import Closed, Http, Socket
from tests.faults.scene import Scene, scene
from tests.faults.writers import Pace
from tests.promises import Figure, rounds
from tests.serving import cookie
from tests.world import PASSWORD, World

ARTICLE = re.compile(r'<article id="m-(\w+)"')
SECOND = 1.0
LATE = 10.0  # a machine that does ten things at once may take longer than the promise; but not for ever
QUIET = 0.4  # seconds for which who was removed is listened to, while others go on
FASTEST = Pace(pause=(0.0, 0.02))


@dataclass
class Ending:
    """One person's end: what their page hears of it, how long it took, and what became of the address."""

    name: str
    how: str
    line: Socket
    heard: set[str] = field(default_factory=set)
    frames: int = 0
    told: bool = False
    closed: bool = False

    def listen(self, seconds: float, until: Callable[[], bool]) -> None:
        """Take what comes, until that is so, the line closes, or the time is over."""
        end = time.monotonic() + seconds
        while not until() and not self.closed and (left := end - time.monotonic()) > 0:
            try:
                self._take(self.line.receive(left))
            except Closed:
                self.closed = True
                for frame in self.line._frames:  # what came together with the farewell
                    self._take(frame)

    def _take(self, frame: str | None) -> None:
        if frame and "beat" not in frame[:10]:
            self.frames += 1
            self.heard.update(ARTICLE.findall(frame))
            self.told = self.told or '"removed"' in frame or '"signed_out"' in frame

    @property
    def over(self) -> bool:
        """Whether the page knows: it was told, and closed where nobody is signed in any more."""
        return self.told and (self.closed or self.how in {"removed", "left"})


@dataclass
class Office:
    """Everybody at work in one discussion of a running server, and how each end is brought about."""

    scene: Scene
    world: World
    keys: dict[str, str]
    second: dict[str, str]  # cookies of other devices

    def end(self, name: str, how: str) -> int:
        """Bring it about; gives the status. When the answer is there, it is committed."""
        room = f"/console/discussions/{self.scene.keys[0]}"
        if how == "removed":
            return self.ask("ines", "DELETE", f"{room}/participants/{self.keys[name]}")
        if how == "left":
            return self.ask(name, "POST", f"{room}/departure")
        if how == "disabled":
            return self.ask("adam", "POST", f"/console/people/{self.keys[name]}/disablement")
        if how == "signed out":
            return self.ask(name, "POST", "/logout")
        other = Http(self.scene.server.port, name, self.second[name], patience=60)
        other.sign_in("/profile")
        if how == "signed out from elsewhere":
            return other.post("/profile/devices", {}).status
        new = "another good password"
        return other.post("/profile/password", {"current": PASSWORD, "new": new, "again": new}).status

    def ask(self, name: str, method: str, path: str) -> int:
        """A request without a form."""
        way = self.scene.http(name)
        way.patience = 60  # of three hundred ends none may fail because the machine is busy
        answer = way._ask(method, path, "", {"HX-Request": "true", "X-CSRFToken": way.csrf})
        way.close()
        return answer.status

    def page(self, name: str) -> int:
        """What becomes of the discussion's address."""
        way = Http(self.scene.server.port, name, self.scene.cookies[name])
        return way.get(f"{way.door}/discussions/{self.scene.keys[0]}").status


HOWS = ("removed", "disabled", "signed out", "signed out from elsewhere", "password", "removed", "left")
GONE = {"removed": 404, "left": 404}


@pytest.fixture
def office(stage: Stage, tmp_path: Path) -> Iterator[Office]:
    times = rounds(8, 300)
    with scene(stage, tmp_path / "office", guests=times) as here, here.server.beside() as beside:
        keys = {name.split()[0].lower(): key for name, key in db.session.execute(select(Person.name, Person.public_id))}
        names = [f"guest{number}" for number in range(times) if HOWS[number % len(HOWS)] in {"password", HOWS[3]}]
        world = World(keys=keys)
        second = {name: cookie(beside, world.cookie_secret(name)) for name in names}
        db.session.remove()
        yield Office(here, world, keys, second)


@pytest.mark.timeout(3600)
@pytest.mark.promise("S4")
def test_who_is_out_hears_nothing_more(office: Office, figure: Figure) -> None:
    times, took, frames = rounds(8, 300), [], 0
    crowd = office.scene.crowd(3, FASTEST)
    with crowd:
        for number in range(times):
            how = HOWS[number % len(HOWS)]
            ending, seconds = _ended(office, "nina" if how == "left" else f"guest{number}", how)
            took.append(seconds)
            frames += ending.frames
            if how == "left":
                _again(office, "nina")
    assert crowd.refused == []
    flowed = len(crowd.sent)
    assert flowed >= rounds(50, 1000)
    assert statistics.median(took) < SECOND
    assert max(took) < LATE
    late = sum(seconds > SECOND for seconds in took)
    known = f"known in {statistics.median(took):.3f} s (median), {max(took):.3f} s (worst), {late} beyond 1 s"
    what = f"{times} ends while {flowed} messages flowed ({frames} frames before)"
    figure(f"{what}: 0 frames after the commit; {known}; pages 404 or signed out")


def _ended(office: Office, name: str, how: str) -> tuple[Ending, float]:
    """One end, from a page that is live to an address that is gone; and how long the page took to know."""
    line = Socket(office.scene.server.port, office.scene.cookies[name]).open()
    ending = Ending(name, how, line)
    ending.listen(LATE, until=lambda: bool(ending.heard))
    assert ending.heard, "a page that hears nothing proves nothing"
    assert office.end(name, how) in {200, 204, 303}
    began = time.monotonic()
    ending.listen(LATE, until=lambda: ending.over)
    took = time.monotonic() - began
    assert ending.over, (how, ending.told, ending.closed)
    ending.listen(QUIET, until=lambda: False)
    line.close()
    assert _newest(ending.heard) < _end_of(office, name), how
    assert office.page(name) == GONE.get(how, 401)
    return ending, took


def _again(office: Office, name: str) -> None:
    """Ines adds somebody again."""
    ines = office.scene.http("ines")
    form = {"person": office.keys[name], "history": "gap"}
    assert ines.post(f"/console/discussions/{office.scene.keys[0]}/participants", form).status == 204
    ines.close()


def _newest(messages: set[str]) -> int:
    """The place of the newest of these in the order of commits."""
    db.session.rollback()
    first = select(func.min(Event.id)).join(Message, Message.id == Event.message_id)
    places = first.where(Message.public_id.in_(messages)).group_by(Message.id)
    return max(db.session.scalars(places))


def _end_of(office: Office, name: str) -> int:
    """The place of somebody's last end."""
    mine = select(func.max(Event.id)).where(Event.person_id == office.world.person_id(name))
    return db.session.scalar(mine) or 0
