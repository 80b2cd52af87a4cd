"""What people do on a page, in the words of the journeys. Each waits until the page shows it is done."""

from playwright.sync_api import Locator, Page, expect

from tests.world import PASSWORD

# What a page may say between a sign-out and being left: its socket closes, and what it was asking for is refused.
SIGNED_OUT = ("status of 40[01]", "Close received after close", "htmx:ws:error", "WebSocket")
CAUGHT_UP = "() => window.comptoir?.live?.caughtUp === true"


def console(page: Page, key: str = "") -> Page:
    """Open a discussion (or the list) in the console, and wait until the page is live."""
    return _open(page, f"/console/discussions/{key}" if key else "/console/discussions")


def portal(page: Page, key: str = "") -> Page:
    """Open a discussion (or the list) in the portal, and wait until the page is live."""
    return _open(page, f"/discussions/{key}" if key else "/")


def live(page: Page) -> Page:
    """Wait until the page's socket is open and nothing can have been missed."""
    page.wait_for_function(CAUGHT_UP)
    return page


def composer(page: Page) -> Locator:
    """Where one writes."""
    return page.locator(".composer textarea")


def write(page: Page, words: str) -> None:
    """Type words and press Enter."""
    composer(page).fill(words)
    composer(page).press("Enter")


def shown(page: Page, words: str) -> Locator:
    """The messages in the stream (on their way or sent) that hold `words`."""
    return page.locator(".feed .message:visible").filter(has_text=words)


def bubbles(page: Page) -> Locator:
    """The words of all messages that were sent, in order."""
    return page.locator(".stream > .message .bubble")


def reads(page: Page, *words: str) -> None:
    """The page comes to show exactly these messages, in this order, and none is on its way."""
    expect(page.locator(".outbox > .message")).to_have_count(0)
    expect(bubbles(page)).to_have_text(list(words))


def row(page: Page, key: str) -> Locator:
    """The discussion's row in the list."""
    return page.locator(f"#row-{key}")


def rows(page: Page) -> list[str]:
    """The titles in the list, from the top."""
    return page.locator("#rows > .row .title").all_inner_texts()


def menu(page: Page, words: str, item: str) -> None:
    """Choose `item` in the menu of the message that holds `words`."""
    message = shown(page, words)
    message.hover()
    message.get_by_role("button", name="More").click()
    message.get_by_role("menuitem", name=item).click()


def sign_in(page: Page, name: str) -> None:
    """Sign in by hand, on the page where one does, and wait for the list."""
    page.get_by_label("E-mail address").fill(f"{name}@example.com")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#rows:not([hidden]), #home")).to_be_visible()


def fits(page: Page) -> None:
    """Nothing sticks out to the side."""
    page.wait_for_load_state()  # of a page just left for another, there is nothing to measure yet
    wide, room = page.evaluate("[document.scrollingElement.scrollWidth, innerWidth]")
    window = page.viewport_size or {}
    # A phone makes its window wider for a page that does not fit, so the window is looked at too.
    assert (room, wide) <= (window["width"], room), f"{page.url} is {wide} px wide, its window {room}"


def _open(page: Page, address: str) -> Page:
    page.goto(address)
    return live(page)
