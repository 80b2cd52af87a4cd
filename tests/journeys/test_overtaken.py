"""What comes in another order than it was written, or is refused while one types: nothing is lost, no note goes out."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, composer, console, fits, live, menu, portal, reads, shown, sign_in, write

People = Callable[..., Page]
CLOSED = ("Close received after close", "htmx:ws:error", "WebSocket")


def test_ones_own_message_before_an_earlier_one_of_somebody_else(person: People, backstage: Backstage) -> None:
    """The answer to a send is quicker than a frame; the line breaks before that one comes. It comes all the same."""
    key = backstage.discussion("hugo", "marie")
    ines = person("ines", allow=CLOSED)
    lines = _without_frames_of(ines, "heron")
    console(ines, key)
    backstage.post("hugo", key, "heron")
    write(ines, "mine")
    expect(ines.locator(".outbox > .message")).to_have_count(0)
    lines[-1].close(code=1012)
    live(ines)
    expect(bubbles(ines)).to_have_text(["heron", "mine"])


def test_a_frame_that_never_came_is_asked_for_when_the_next_one_does(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    marie = person("marie")
    _without_frames_of(marie, "heron")
    portal(marie, key)
    backstage.post("ines", key, "heron")
    backstage.post("ines", key, "and this")
    expect(bubbles(marie)).to_have_text(["heron", "and this"])


def test_what_comes_back_beside_a_note_is_a_note(person: People, backstage: Backstage) -> None:
    """RELIABILITY S3: a message that failed is taken back into a composer in which a note is being written."""
    key = backstage.discussion("marie")
    ines, marie = person("ines", allow=["status of 422"]), portal(person("marie"), key)
    console(ines, key)
    ines.route("**/messages", lambda route: route.fulfill(status=422, body="<p>Refused.</p>"))
    write(ines, "See you on Monday")
    expect(shown(ines, "Monday").get_by_text("Refused.")).to_be_visible()
    ines.unroute("**/messages")
    ines.get_by_role("radio", name="Note").check()
    composer(ines).fill("She pays late")
    shown(ines, "Monday").get_by_role("button", name="Edit").click()
    expect(composer(ines)).to_have_value("See you on Monday\n\nShe pays late")
    expect(ines.get_by_role("button", name="Send to team only")).to_be_visible()
    composer(ines).press("Enter")
    expect(ines.locator(".stream .message.note")).to_contain_text("She pays late")
    backstage.post("ines", key, "For all")
    expect(bubbles(marie)).to_have_text(["For all"])


def test_a_first_message_outlives_a_sign_out(person: People, backstage: Backstage) -> None:
    """The dialog stays, with what was typed and why it was not sent; signed in again in another tab, it is sent."""
    backstage.discussion("luc")
    luc = portal(person("luc", allow=["status of 40[01]", *CLOSED]))
    luc.get_by_role("link", name="Write to us").click()
    dialog = luc.get_by_role("dialog")
    dialog.get_by_label("Subject").fill("The roof")
    dialog.get_by_label("Message").fill("It rains into the attic")
    backstage.sign_out("luc")
    expect(luc.get_by_text("You have been signed out.")).to_be_visible()
    dialog.get_by_role("button", name="Send").click()
    expect(dialog.get_by_role("alert")).to_contain_text("Your text is kept")
    expect(dialog.get_by_label("Message")).to_have_value("It rains into the attic")
    expect(dialog.get_by_role("button", name="Send")).to_be_enabled()

    other = luc.context.new_page()
    other.goto("/login")
    sign_in(other, "luc")
    dialog.get_by_role("button", name="Send").click()
    expect(live(luc).locator("#pane-title")).to_have_text("The roof")
    reads(luc, "It rains into the attic")


def test_a_refusal_without_a_dialog_is_shown_over_the_page(person: People, backstage: Backstage) -> None:
    """It moves nothing, fits a phone, is said once, and goes by hand or by itself, but not while one is in it."""
    key = backstage.discussion("marie")
    backstage.post("marie", key, "Keep this")
    marie = person("marie", allow=["status of 403"], width=360, height=640)
    marie.clock.install()
    portal(marie, key)
    words = '<p class="error" role="alert">You may not do this here.</p>'
    marie.route("**/messages/*", lambda route: route.fulfill(status=403, body=words))
    before = shown(marie, "Keep this").bounding_box()
    toast = _delete(marie, "Keep this")
    expect(toast).to_be_in_viewport(ratio=1)
    expect(marie.get_by_role("alert").filter(visible=True)).to_have_text(["You may not do this here."])
    assert shown(marie, "Keep this").bounding_box() == before
    fits(marie)
    toast.get_by_role("button", name="Close").focus()
    marie.clock.run_for(9000)
    expect(toast).to_be_visible()
    composer(marie).focus()
    marie.clock.run_for(9000)
    expect(toast).to_have_count(0)
    _delete(marie, "Keep this").get_by_role("button", name="Close").click()
    expect(toast).to_have_count(0)
    expect(shown(marie, "Keep this")).to_be_visible()


def _delete(page: Page, words: str) -> Locator:
    """Try to delete a message; gives what says why not."""
    menu(page, words, "Delete")
    page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    toast = page.locator(".toast")
    expect(toast).to_be_visible()
    return toast


def _without_frames_of(page: Page, words: str) -> list[WebSocketRoute]:
    """Have frames with `words` never come to this page; gives its sockets, as they are opened."""
    opened: list[WebSocketRoute] = []

    def through(here: WebSocketRoute) -> None:
        opened.append(here)
        there = here.connect_to_server()
        there.on_message(lambda said: None if words in str(said) else here.send(said))

    page.route_web_socket(re.compile("/live$"), through)
    return opened
