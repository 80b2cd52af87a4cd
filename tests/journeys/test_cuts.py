"""RELIABILITY R4 in a real browser: lines between page and server that break, most of them without a word."""

from collections.abc import Callable, Iterator
from itertools import cycle

import pytest
from playwright.sync_api import Error, Page, Route, expect

from tests.faults.cutter import Cutter, Link
from tests.journeys.backstage import Backstage
from tests.journeys.steps import CAUGHT_UP, live, reads, row, write
from tests.promises import Figure, rounds
from tests.serving import Server

People = Callable[..., Page]
CUT = ["ERR_", "WebSocket", "htmx:ws:error", "htmx:error", "status of 503"]
CUTS = {"drop": Link.reset, "stall": Link.stall, "half open": Link.forget}
SILENCE = "01:10"  # longer than a page waits for a heartbeat
TURN = "00:21"  # longer than it waits for anything else
A_LOOK = 1200  # milliseconds in which the server has told what another process wrote


@pytest.fixture
def cutter(server: Server) -> Iterator[Cutter]:
    """What stands before the server."""
    cutter = Cutter(server.port)
    yield cutter
    cutter.close()


@pytest.mark.promise("R4")
def test_a_page_comes_back_from_every_cut(person: People, backstage: Backstage, cutter: Cutter, figure: Figure) -> None:
    """What was said meanwhile is there, once, and so is what is written then; the connections of before are dead."""
    key = backstage.discussion("marie")
    page, said = _through(person("ines", allow=CUT), cutter, key), []
    for number, (way, cut) in zip(range(rounds(3, 30)), cycle(CUTS.items()), strict=False):
        for link in cutter.links():
            cut(link)
        said += [f"meanwhile {number}, {way}"]
        backstage.post("marie", key, said[-1])
        page.wait_for_timeout(A_LOOK)
        if way != "drop":
            page.clock.fast_forward(SILENCE)
        _until_live(page)
        reads(page, *said)
        said += [f"and then {number}"]
        write(page, said[-1])
        reads(page, *said)
    figure(f"in Chromium: {len(said) // 2} recoveries ({', '.join(CUTS)}), 0 missed, 0 doubled")


def test_an_opening_that_hangs_is_given_up(person: People, backstage: Backstage, cutter: Cutter) -> None:
    """A network that takes the connection and then says nothing: browsers would wait for four minutes."""
    key = backstage.discussion("marie")
    page = _through(person("ines", allow=CUT), cutter, key)
    cutter.stalled = True
    for link in cutter.links():
        link.reset()
    page.wait_for_timeout(A_LOOK)
    cutter.stalled = False
    _until_live(page)


def test_who_is_back_online_does_not_wait(person: People, backstage: Backstage, cutter: Cutter) -> None:
    """After a while each try comes five seconds after the last; the browser knows sooner that there is a network."""
    key = backstage.discussion("marie")
    page = _through(person("ines", allow=CUT), cutter, key)
    page.clock.pause_at(page.evaluate("Date.now() + 1000"))
    cutter.down = True
    for link in cutter.links():
        link.reset()
    for _ in range(8):
        page.clock.run_for(7000)
        page.wait_for_timeout(30)
    cutter.down = False
    page.evaluate("dispatchEvent(new Event('online'))")
    page.clock.run_for(500)
    live(page)


def test_a_list_that_did_not_come_is_asked_for_again(person: People, backstage: Backstage, cutter: Cutter) -> None:
    """What is unread stands in it: after a break it may all be different."""
    key, other = backstage.discussion("marie"), backstage.discussion("marie", title="Garden")
    page = _through(person("ines", allow=CUT), cutter, key)
    refused: list[str] = []

    def busy(route: Route) -> None:
        refused.append(route.request.url)
        route.fulfill(status=503, body='<p class="error">busy</p>')

    page.route("**/console/discussions", busy, times=1)
    cutter.down = True
    for link in cutter.links():
        link.reset()
    backstage.post("marie", other, "Are you there?")
    page.wait_for_timeout(A_LOOK)
    cutter.down = False
    live(page)
    expect(row(page, other)).to_contain_text("Are you there?")
    assert len(refused) == 1
    expect(row(page, key)).to_be_visible()


def _through(page: Page, cutter: Cutter, key: str) -> Page:
    """Open a discussion by way of the cutter."""
    page.clock.install()
    page.goto(f"http://127.0.0.1:{cutter.port}/console/discussions/{key}")
    return live(page)


def _until_live(page: Page) -> None:
    """Time flies: dead connections are given up one after the other, of which a browser may hold six."""
    for _ in range(12):
        try:
            page.wait_for_function(CAUGHT_UP, timeout=700)
            return
        except Error:
            page.clock.fast_forward(TURN)
    live(page)
