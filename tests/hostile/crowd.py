"""Many people at one server, and what it is like for one of them meanwhile."""

import http.client
import re
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from statistics import median, quantiles

from flask import Flask

from portal.actions import invitations, messages, participants
from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Account, State
from tests.conftest import Stage
from tests.serving import Server, cookie
from tests.world import World, token

TOKEN = re.compile(r'name="csrf-token" content="([^"]+)"')
NOISE = 0.05  # seconds; what the machine's other work adds to the slowest


@dataclass
class House:
    """A server, and the cookies of those who are in its room: Ines, Marie, and as many colleagues as were asked for."""

    server: Server
    world: World
    app: Flask
    cookies: dict[str, str] = field(default_factory=dict)

    @classmethod
    def open(cls, server: Server, stage: Stage, people: int) -> "House":
        """Start the server; before that, let `people` more colleagues into the discussion."""
        house = cls(server, deepcopy(stage.world), server.app())
        with house.app.app_context():
            house.cookies = {name: cookie(house.app, stage.secrets[name]) for name in ("ines", "marie", "luc", "hugo")}
            for number in range(people):
                house._colleague(f"colleague{number}")
            db.session.remove()
        server.start()
        return house

    def close(self) -> None:
        """Stop it."""
        self.server.stop()
        with self.app.app_context():
            db.engine.dispose()

    @property
    def page(self) -> str:
        """The address of Marie's discussion."""
        return f"/discussions/{self.world.permit}"

    def post(self, name: str, body: str) -> str:
        """A message of somebody's, by another process; its key."""
        with self.app.app_context():
            posted = messages.post(self.world.viewer(name), self.world.permit, body=body, token=token())
            db.session.remove()
        return posted

    def more_devices(self, name: str, count: int) -> list[str]:
        """Cookies of as many other devices of somebody's."""
        with self.app.app_context():
            found = [cookie(self.app, self.world.cookie_secret(name)) for _ in range(count)]
            db.session.remove()
        return found

    def _colleague(self, name: str) -> None:
        olga = self.world.viewer("olga")
        brands = (self.world.brands["North"],)
        email = f"{name}@example.com"
        key, _ = invitations.invite(
            olga, name=name, email=email, role="agent", brand_keys=brands, language="en", days=3
        )
        self.world.keys[name] = key
        with transaction():
            account = db.session.get_one(Account, self.world.person_id(name))
            account.state = State.ACTIVE
        participants.add(self.world.viewer("ines"), self.world.permit, key)
        self.cookies[name] = cookie(self.app, self.world.cookie_secret(name))


@dataclass
class Times:
    """How long each of some requests took, in seconds."""

    taken: list[float]

    @property
    def p50(self) -> float:
        """The median."""
        return median(self.taken)

    @property
    def p95(self) -> float:
        """What all but a twentieth kept to."""
        return quantiles(self.taken, n=20)[-1]

    @property
    def p99(self) -> float:
        """What all but a hundredth kept to."""
        return quantiles(self.taken, n=100)[-1]

    def __add__(self, other: "Times") -> "Times":
        return Times(self.taken + other.taken)

    def __str__(self) -> str:
        return f"p50 {self.p50 * 1000:.1f} ms, p95 {self.p95 * 1000:.1f} ms"


def visits(house: House, count: int, name: str = "marie") -> Times:
    """What somebody meets who looks at the discussion again and again, each time by a new connection."""
    return Times([timed(lambda: look(house, name)) for _ in range(count)])


def look(house: House, name: str = "marie", address: str = "") -> str:
    """One look at a page, which succeeds."""
    return _asked(house, address or house.page, house.cookies[name])[0]


def writer(house: House, name: str) -> dict[str, str]:
    """The headers with which somebody's page writes: the cookie with its secret, and the token that goes with it."""
    text, biscuit = _asked(house, house.page, house.cookies[name])
    guard = TOKEN.search(text)
    assert guard
    assert biscuit
    return {
        "Cookie": biscuit,
        "X-CSRFToken": guard[1],
        "HX-Request": "true",
        "Origin": house.server.url,
        "Content-Type": "application/x-www-form-urlencoded",
    }


def _asked(house: House, address: str, biscuit: str) -> tuple[str, str]:
    link = http.client.HTTPConnection("127.0.0.1", house.server.port, timeout=30)
    try:
        link.request("GET", address, headers={"Cookie": biscuit})
        answer = link.getresponse()
        text = answer.read().decode()
        assert answer.status == 200, text
        return text, answer.headers.get("Set-Cookie", "").partition(";")[0]
    finally:
        link.close()


def timed(act: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    began = time.perf_counter()
    act()
    return time.perf_counter() - began
