"""One installation with people at work in it: writers, open pages, and the server that they have to get by with."""

from collections.abc import Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from itertools import cycle, islice
from pathlib import Path

from portal.actions import discussions, messages, participants
from tests import world as cast
from tests.conftest import Stage
from tests.faults import ledger
from tests.faults.lines import STAFF, Http
from tests.faults.pages import Page, settle
from tests.faults.writers import Crowd, Pace, Writer
from tests.journeys.backstage import Backstage
from tests.serving import Server, cookie, install
from tests.world import World, token

PEOPLE = ("ines", "marie", "hugo", "luc", "nina", "paul", "adam")  # both kinds in turn


@dataclass
class Scene:
    """A running server, and `keys`: shared discussions that all of PEOPLE are in."""

    server: Server
    keys: list[str]
    cookies: dict[str, str]
    pages: list[Page] = field(default_factory=list)

    def http(self, name: str, port: int = 0) -> Http:
        """Somebody's way to the server, or to what stands before it at another port; signed in."""
        way = Http(port or self.server.port, name, self.cookies[name])
        way.sign_in(f"{way.door}/discussions/{self.keys[0]}")
        return way

    def page(self, name: str, key: str = "", port: int = 0) -> Page:
        """Somebody's open discussion, live."""
        way = Http(port or self.server.port, name, self.cookies[name])
        self.pages.append(Page(way, key or self.keys[0]).begin())
        return self.pages[-1]

    def crowd(self, size: int, pace: Pace | None = None) -> Crowd:
        """So many writers, of both kinds, in all discussions."""
        names = islice(cycle(PEOPLE), size)
        return Crowd([Writer(n, self.http(name), self.keys, pace or Pace()) for n, name in enumerate(names)])

    def check(self, crowd: Crowd) -> ledger.Found:
        """Wait for the pages, close them, and hold all against each other: nothing lost, nothing doubled."""
        assert crowd.refused == [], crowd.refused[:5]
        kept = ledger.rows(self.server.database)
        settle(self.pages, lambda page: ledger.agrees(page, kept))
        for page in self.pages:
            page.end()
        ledger.whole(self.server.database)
        found = ledger.compare(self.server.database, crowd, self.pages)
        found.check()
        clients = [page for page in self.pages if page.http.name not in STAFF]
        assert all("note" not in page.stream.kinds() for page in clients), "a note is for staff"
        return found


@contextmanager
def scene(
    stage: Stage,
    var: Path,
    *,
    rooms: int = 1,
    guests: int = 0,
    history: int = 0,
    french: tuple[str, ...] = (),
    under: tuple[str, ...] = (),
) -> Iterator[Scene]:
    """Set it up, run it, and take it down; a traceback in the server's log fails the test.

    `guests` are more clients, `guest0` and so on, each in one of the discussions; `history` is how much was
    said before; `french` names those who read French; `under` is as in `Server`.
    """
    server, world = install(stage, var, WRITE_LIMIT="1000000 per minute"), deepcopy(stage.world)
    server.under, server.log_file = under, var.parent.with_suffix(".log")  # not on a disk that is full
    with server.beside() as app:
        keys = [_discussion(world, f"Room {n}") for n in range(rooms)]
        for number in range(guests):
            _guest(world, number, keys[number % rooms])
        for number in range(history):
            messages.post(world.viewer("ines"), keys[number % rooms], body=f"Long ago {number}", token=token())
        for name in french:
            Backstage(world).change(name, language="fr")
        names = [*PEOPLE, *(f"guest{number}" for number in range(guests))]
        cookies = {name: cookie(app, world.cookie_secret(name)) for name in names}
    set_up = Scene(server.start(), keys, cookies)
    try:
        yield set_up
    finally:
        for page in set_up.pages:
            page.over = True
        server.kill()
    log = server.log()
    assert "Traceback" not in log, log[max(0, log.index("Traceback") - 1000) :][:4000]


def _discussion(world: World, title: str) -> str:
    ines = world.viewer("ines")
    key = discussions.create(
        ines, title=title, audience="shared", brand_key=world.brands["North"], space_key=world.spaces["Delcourt"]
    )
    for name in PEOPLE[1:]:
        participants.add(ines, key, world.keys[name], confirmed=True)
    return key


def _guest(world: World, number: int, key: str) -> None:
    cast.invite(world, f"Guest{number} Delcourt", role="client", space_key=world.spaces["Delcourt"])
    participants.add(world.viewer("ines"), key, world.keys[f"guest{number}"], confirmed=True)
