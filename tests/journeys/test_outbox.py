"""Messages on their way outlive the window: sent by the next one, by one window only, and never lost or another's."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress

from playwright.sync_api import BrowserContext, Error, Page, Response, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import SIGNED_OUT, composer, console, portal, reads, shown, write

People = Callable[..., Page]
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
WAITING = "Waiting for the connection."
NOT_SENT = "Something you wrote was not sent."
ROUTE = "**/messages"
CUT = "net::ERR_FAILED"
TYPES = """addEventListener("DOMContentLoaded", () => {
    document.querySelector(".composer textarea")?.focus();
    document.execCommand("insertText", false, "typing");
})"""


def test_closing_the_window_loses_nothing(person: People, backstage: Backstage) -> None:
    """The browser comes back another time, on any page: what waited goes out, in its order, once."""
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie", allow=[CUT]), key), console(person("ines"), key)
    marie.route(ROUTE, _cut)
    for words in ("one", "two"):
        write(marie, words)
        expect(shown(marie, words).get_by_text(WAITING)).to_be_visible()
    context = marie.context
    marie.close()
    again = context.new_page()
    again.goto("/profile")
    reads(ines, "one", "two")
    reads(portal(again, key), "one", "two")
    assert "two" not in again.evaluate(KEPT)


def test_what_failed_is_found_again(person: People, backstage: Backstage) -> None:
    """A line on every page leads to it; there it says why, and can be sent."""
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie", allow=["status of 422"]), key), console(person("ines"), key)
    marie.route(ROUTE, lambda route: route.fulfill(status=422, body="<p>Not today.</p>"))
    write(marie, "Please read this")
    expect(shown(marie, "Please").get_by_text("Not today.")).to_be_visible()
    expect(marie.get_by_text(NOT_SENT)).to_be_hidden()  # it stands there, before her eyes
    again = marie.context.new_page()
    marie.close()
    again.goto("/profile")
    expect(again.get_by_text(NOT_SENT)).to_be_visible()
    again.get_by_role("link", name="Look at it").click()
    expect(shown(again, "Please").get_by_text("Not today.")).to_be_visible()
    expect(again.get_by_text(NOT_SENT)).to_be_hidden()
    shown(again, "Please").get_by_role("button", name="Retry").click()
    reads(ines, "Please read this")


def test_two_windows_show_the_same_and_one_sends(person: People, backstage: Backstage) -> None:
    """Each message is posted once, in the order in which they were written, whichever window they were written in."""
    key = backstage.discussion("marie")
    first, ines = portal(person("marie", allow=[CUT]), key), console(person("ines"), key)
    second = portal(first.context.new_page(), key)
    first.context.route(ROUTE, _cut)
    said = [f"word {number}" for number in range(6)]
    for number, words in enumerate(said):
        write((first, second)[number % 2], words)
        for page in (first, second):
            expect(shown(page, words).get_by_text(WAITING)).to_be_visible()
    posts, held = _posts(first.context), list[Route]()
    first.context.unroute(ROUTE)
    first.context.route(ROUTE, lambda route: route.continue_() if held else held.append(route))
    for page in (first, second):
        page.evaluate("comptoir.emit('live-open')")  # both would try now
    first.wait_for_timeout(500)
    held[0].continue_()
    for page in (ines, first, second):
        reads(page, *said)
    assert set(posts.values()) == {1}
    assert len(posts) == len(said)


def test_nothing_overtakes_what_was_put_off(person: People, backstage: Backstage) -> None:
    """A server that is busy for a moment names a time; what is written meanwhile waits behind."""
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie", allow=["status of 503"]), key), console(person("ines"), key)
    busy = {"status": 503, "headers": {"Retry-After": "2"}, "body": "<p>Busy.</p>"}
    marie.route(ROUTE, lambda route: route.fulfill(**busy), times=1)
    write(marie, "first")
    expect(shown(marie, "first").get_by_text(WAITING)).to_be_visible()
    write(marie, "second")
    reads(ines, "first", "second")


def test_signing_out_in_one_window_forgets_them_in_all(person: People, backstage: Backstage) -> None:
    """Nothing of them stays in the browser for the next person, nor is written back by the other window."""
    key = backstage.discussion("marie")
    marie = portal(person("marie", allow=[CUT, "status of 400", *SIGNED_OUT]), key)
    marie.context.route(ROUTE, _cut)
    write(marie, "between us")
    expect(shown(marie, "between us").get_by_text(WAITING)).to_be_visible()
    other = portal(marie.context.new_page())
    other.on("dialog", lambda dialog: dialog.accept())
    with other.expect_event("dialog"):
        other.locator('form[action="/logout"]').evaluate("form => form.requestSubmit()")
    other.wait_for_url("**/login")
    expect(shown(marie, "between us")).to_have_count(0)
    marie.evaluate("comptoir.emit('live-open')")  # when it would try again
    marie.wait_for_timeout(300)
    for page in (marie, other):
        assert "between us" not in page.evaluate(KEPT)


def test_words_for_a_discussion_that_one_has_left_are_shown_once(person: People, backstage: Backstage) -> None:
    """Removed while the window was closed: nothing of the discussion is told, and nothing typed is lost."""
    key = backstage.discussion("marie", title="Attic")
    marie = portal(person("marie", allow=[CUT]), key)
    marie.route(ROUTE, _cut)
    for words in ("my answer", "and more"):
        write(marie, words)
        expect(shown(marie, words).get_by_text(WAITING)).to_be_visible()
    context = marie.context
    marie.close()
    backstage.remove("marie", key)
    again = portal(context.new_page())
    dialog = again.get_by_role("dialog", name="This was not sent")
    expect(dialog.get_by_label("What you wrote")).to_have_value("my answer\n\nand more")
    expect(again.get_by_text("Attic")).to_have_count(0)
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    dialog.get_by_role("button", name="Copy").click()
    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert again.evaluate("navigator.clipboard.readText()") == "my answer\n\nand more"
    again.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    again.wait_for_function(f"() => !({KEPT}).includes('my answer')")  # forgotten as the dialog closes, a moment after
    portal(again)
    expect(dialog).to_have_count(0)


def test_what_had_failed_there_is_shown_too_and_waits_until_nobody_types(person: People, backstage: Backstage) -> None:
    """It is asked for once whether a failed message's discussion is still there; a dialog tears nobody from a text."""
    key, other = backstage.discussion("hugo"), backstage.discussion("hugo", title="Garden")
    hugo = console(person("hugo", allow=["status of 422", "status of 404"]), key)
    hugo.route(ROUTE, lambda route: route.fulfill(status=422, body="<p>No.</p>"))
    write(hugo, "my note")
    expect(shown(hugo, "my note").get_by_text("No.", exact=True)).to_be_visible()
    hugo.goto("about:blank")
    backstage.remove("hugo", key)
    hugo.add_init_script(TYPES)
    console(hugo, other)
    expect(hugo.get_by_text(NOT_SENT)).to_be_hidden()
    hugo.wait_for_timeout(1000)
    expect(hugo.get_by_role("dialog")).to_have_count(0)
    composer(hugo).fill("")
    expect(hugo.get_by_role("dialog").get_by_label("What you wrote")).to_have_value("my note")


def test_words_of_yesterday_go_out_by_hand_only(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie", allow=[CUT]), key), console(person("ines"), key)
    marie.route(ROUTE, _cut)
    write(marie, "at once, please")
    expect(shown(marie, "at once").get_by_text(WAITING)).to_be_visible()
    marie.goto("about:blank")
    marie.unroute(ROUTE)
    marie.clock.install()
    marie.clock.fast_forward("25:00:00")
    portal(marie, key)
    expect(shown(marie, "at once").get_by_text("It could not be sent for a day.")).to_be_visible()
    reads(ines)
    shown(marie, "at once").get_by_role("button", name="Retry").click()
    reads(ines, "at once, please")


def _posts(context: BrowserContext) -> Counter[str]:
    """How often the server takes each message from now on, by its token; also of such as are on their way now."""
    posts: Counter[str] = Counter()

    def count(response: Response) -> None:
        asked = response.request
        if response.ok and asked.method == "POST" and asked.url.endswith("/messages"):
            posts[(asked.post_data or "").split("token=")[-1]] += 1

    context.on("response", count)
    return posts


def _cut(route: Route) -> None:
    """No line to the server."""
    with suppress(Error):  # it may be mended, or the window closed, in this very moment
        route.abort()
