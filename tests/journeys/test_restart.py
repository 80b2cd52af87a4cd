"""The server goes away under open pages and comes back: nothing is lost, nothing is shown twice (SPEC M11)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, portal, reads, shown, write
from tests.serving import Server

People = Callable[..., Page]
OFFLINE = "You are offline. What you write is kept."
GONE = [
    "ERR_CONNECTION_REFUSED",
    "ERR_CONNECTION_RESET",
    "ERR_SOCKET_NOT_CONNECTED",
    "ERR_EMPTY_RESPONSE",
    "WebSocket",
    "htmx:ws:error",
    "htmx:error: Failed to fetch",
]


def test_pages_outlive_their_server(person: People, backstage: Backstage, server: Server) -> None:
    """`kill -9`, then a polite restart: what was written meanwhile, here and elsewhere, is there in order, once."""
    key = backstage.discussion("marie")
    ines, marie = console(person("ines", allow=GONE), key), portal(person("marie", allow=GONE), key)
    write(ines, "before")
    reads(marie, "before")

    server.kill()
    for page in (ines, marie):
        expect(page.get_by_text(OFFLINE)).to_be_visible()
    write(marie, "sent while it was away")
    expect(shown(marie, "while it was away").get_by_text("Waiting for the connection.")).to_be_visible()
    composer(marie).fill("half a sent")
    composer(ines).fill("half an answ")
    for number in range(5):
        backstage.post("ines", key, f"elsewhere {number}")
    server.start()
    everything = ["before", *(f"elsewhere {number}" for number in range(5)), "sent while it was away"]
    for page in (ines, marie):
        expect(page.get_by_text(OFFLINE)).to_be_hidden()
        reads(page, *everything)
    expect(composer(marie)).to_have_value("half a sent")
    expect(composer(ines)).to_have_value("half an answ")

    server.stop()
    server.start()
    for page in (ines, marie):
        live(page)
    composer(marie).press("Enter")
    composer(ines).press("Enter")
    for page in (ines, marie):
        expect(page.locator(".stream > .message")).to_have_count(9)
        expect(shown(page, "half a sent")).to_have_count(1)
        expect(shown(page, "half an answ")).to_have_count(1)
