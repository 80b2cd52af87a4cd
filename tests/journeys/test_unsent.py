"""Messages that are not sent yet outlive the page, and never the person: they go out once, or can be copied."""

from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import Error, Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import SIGNED_OUT, composer, console, portal, reads, shown, sign_in, write

People = Callable[..., Page]
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
WAITING = "Waiting for the connection."


def test_what_waits_is_sent_by_the_next_page_once(person: People, backstage: Backstage) -> None:
    """The answer to the first was lost, the second never left; she reloads, looks elsewhere: both are there, once."""
    key = backstage.discussion("hugo", "marie")
    ines, marie = person("ines", allow=["net::ERR_FAILED"]), portal(person("marie"), key)
    console(ines, key)
    ines.route("**/messages", _cut)
    ines.route("**/messages", _lose, times=1)
    write(ines, "first")
    expect(shown(ines, "first").get_by_text(WAITING)).to_be_visible()
    write(ines, "second")
    reads(marie, "first")
    ines.reload()
    expect(shown(ines, "second").get_by_text(WAITING)).to_be_visible()
    ines.unroute("**/messages")
    ines.goto("/console/people")
    reads(marie, "first", "second")
    reads(console(ines, key), "first", "second")
    assert "second" not in ines.evaluate(KEPT)


def test_what_failed_is_shown_as_failed_by_the_next_page(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    ines = console(person("ines", allow=["status of 422"]), key)
    ines.route("**/messages", lambda route: route.fulfill(status=422, body="<p>Refused.</p>"))
    ines.get_by_role("radio", name="Note").check()
    write(ines, "She pays late")
    expect(shown(ines, "pays late").get_by_text("Refused.")).to_be_visible()
    ines.unroute("**/messages")
    ines.reload()
    expect(shown(ines, "pays late").get_by_text("Refused.")).to_be_visible()
    expect(shown(ines, "pays late").get_by_text("Team only")).to_be_visible()
    shown(ines, "pays late").get_by_role("button", name="Retry").click()
    reads(ines, "She pays late")
    expect(ines.locator(".stream .note")).to_have_count(1)


def test_who_signs_in_again_finds_them_sent(person: People, backstage: Backstage) -> None:
    """By the link that says so, in the same tab."""
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie", allow=SIGNED_OUT), key), console(person("ines"), key)
    _write_signed_out(backstage, marie)
    sign_in(marie, "marie")
    reads(ines, "Is it ready?", "I can wait")
    assert "ready" not in marie.evaluate(KEPT)


def test_who_else_signs_in_neither_sends_nor_finds_them(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("luc", "marie")
    marie, ines = portal(person("marie", allow=SIGNED_OUT), key), console(person("ines"), key)
    _write_signed_out(backstage, marie)
    sign_in(marie, "luc")
    portal(marie, key)
    assert "ready" not in marie.evaluate(KEPT)
    write(marie, "It is me")
    reads(ines, "It is me")
    reads(marie, "It is me")


def test_signing_out_asks_before_it_forgets_them(person: People, backstage: Backstage) -> None:
    """Declined here: she stays, and what waited is sent; then nothing is left to ask about."""
    key = backstage.discussion("marie")
    allow = ("net::ERR_FAILED", "dialog of the browser: beforeunload", *SIGNED_OUT)
    ines = console(person("ines", allow=allow), key)
    ines.route("**/messages", _cut)
    write(ines, "half sent")
    expect(shown(ines, "half sent").get_by_text(WAITING)).to_be_visible()
    with ines.expect_event("dialog"):
        ines.locator('form[action="/logout"]').evaluate("form => form.requestSubmit()")
    assert "half sent" not in ines.evaluate(KEPT)
    ines.unroute("**/messages")
    reads(ines, "half sent")
    ines.locator('form[action="/logout"]').evaluate("form => form.requestSubmit()")
    ines.wait_for_url("**/login")


def test_who_is_removed_keeps_the_words_that_were_not_sent(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    marie = portal(person("marie", allow=["net::ERR_FAILED", "status of 404"]), key)
    marie.route("**/messages", _cut)
    write(marie, "one")
    write(marie, "two")
    composer(marie).fill("and a half")
    expect(shown(marie, "two").get_by_text(WAITING)).to_be_visible()
    marie.get_by_role("link", name="Write to us").click()
    begun = marie.get_by_role("dialog").locator("textarea")
    begun.fill("Something else")
    backstage.remove("marie", key)
    expect(marie.get_by_label("What you were writing")).to_have_value("one\n\ntwo\n\nand a half")
    expect(begun).to_have_value("Something else")
    assert "two" not in marie.evaluate(KEPT)


def _lose(route: Route) -> None:
    """The server hears of it; the page does not hear of that."""
    route.fetch()
    _cut(route)


def _cut(route: Route) -> None:
    """No line to the server."""
    with suppress(Error):  # it may be mended in this very moment
        route.abort()


def _write_signed_out(backstage: Backstage, page: Page) -> None:
    """Marie writes twice after her device was signed out, and takes the way to sign in again."""
    backstage.sign_out("marie")
    for words in ("Is it ready?", "I can wait"):
        write(page, words)
        expect(shown(page, words).get_by_role("alert")).to_contain_text("Your text is kept")
    page.get_by_role("link", name="Sign in again").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
