"""Staff and a client talk, each on their own page, and nobody ever loads it again."""

from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, menu, portal, reads, row, rows, shown, sign_in, write

People = Callable[..., Page]
SENDING = "sending…"


def test_each_sees_at_once_what_the_other_writes_changes_and_takes_back(person: People, backstage: Backstage) -> None:
    """A whole talk: writing, answering, editing, deleting, on both pages and without a reload."""
    key = backstage.discussion("marie")
    ines, marie = console(person("ines"), key), portal(person("marie"), key)
    write(ines, "The **plan** is ready :tada:")
    reads(marie, "The plan is ready 🎉")
    expect(marie.locator(".bubble strong")).to_have_text("plan")
    write(marie, "May we see it on Friday?")
    write(marie, "Or on Monday?")
    reads(ines, "The plan is ready 🎉", "May we see it on Friday?", "Or on Monday?")
    reads(marie, "The plan is ready 🎉", "May we see it on Friday?", "Or on Monday?")

    menu(ines, "The plan", "Edit")
    field = ines.locator(".edit textarea")
    expect(field).to_have_value("The **plan** is ready :tada:")
    field.fill("The plan comes tomorrow.")
    field.press("Enter")
    for page in (ines, marie):
        reads(page, "The plan comes tomorrow.", "May we see it on Friday?", "Or on Monday?")
        expect(shown(page, "tomorrow").locator(".after")).to_have_text("edited")

    menu(marie, "Or on Monday?", "Delete")
    marie.get_by_role("dialog").get_by_role("button", name="Delete").click()
    for page in (ines, marie):
        reads(page, "The plan comes tomorrow.", "May we see it on Friday?", "This message was deleted.")
        expect(row(page, key).locator(".last")).to_have_text("Message deleted")


def test_what_a_deleted_message_said_stays_with_staff(person: People, backstage: Backstage) -> None:
    """Its menu has its earlier versions and nothing else; a client's has none, and no way to them."""
    key = backstage.discussion("marie")
    gone = backstage.post("ines", key, "Between friends")
    backstage.edit("ines", key, gone, "Between neighbours")
    ines, marie = console(person("ines"), key), portal(person("marie", allow=["status of 404"]), key)
    backstage.delete("ines", key, gone)
    for page in (ines, marie):
        reads(page, "This message was deleted.")
    deleted = shown(ines, "was deleted")
    deleted.hover()
    deleted.get_by_role("button", name="More").click()
    expect(deleted.get_by_role("menuitem")).to_have_text(["Earlier versions"])
    deleted.get_by_role("menuitem").click()
    expect(ines.locator(".versions .prose")).to_have_text(["Between neighbours", "Between friends"])
    expect(marie.locator(".stream .message").get_by_role("button")).to_have_count(0)
    address = f"/discussions/{key}/messages/{gone}/versions"
    statuses = [
        page.evaluate("async (url) => (await fetch(url)).status", f"{door}{address}")
        for page, door in ((ines, "/console"), (marie, "/console"), (marie, ""))
    ]
    assert statuses == [200, 404, 404]


def test_ones_own_message_is_shown_as_sending_and_then_once(person: People, backstage: Backstage) -> None:
    """The words stand in the stream while the server thinks, and once afterwards; two presses are one message."""
    key = backstage.discussion("marie")
    ines, marie = console(person("ines"), key), portal(person("marie"), key)
    held: list[Route] = []
    ines.route("**/messages", lambda route: held.append(route), times=1)
    composer(ines).fill("One moment")
    ines.get_by_role("button", name="Send", exact=True).dblclick()
    expect(shown(ines, "One moment").get_by_text(SENDING)).to_be_visible()
    expect(composer(ines)).to_have_value("")
    write(ines, "and another")
    expect(shown(ines, "and another").get_by_text(SENDING)).to_be_visible()
    assert len(held) == 1  # the second waits for the first: they keep their order
    held[0].continue_()
    reads(ines, "One moment", "and another")
    reads(marie, "One moment", "and another")
    expect(ines.get_by_text(SENDING)).to_be_hidden()


def test_an_answer_that_was_lost_on_its_way_makes_no_second_message(person: People, backstage: Backstage) -> None:
    """The server had it, the page did not hear of it: the page tries again with the same token."""
    key = backstage.discussion("marie")
    ines = console(person("ines"), key)
    marie = portal(person("marie", allow=["net::ERR_FAILED"]), key)
    lost: list[int] = []

    def lose(route: Route) -> None:
        lost.append(route.fetch().status)
        route.abort()

    marie.route("**/messages", lose, times=1)
    write(marie, "Did you get this?")
    reads(ines, "Did you get this?")
    marie.evaluate("dispatchEvent(new Event('online'))")  # as the browser says when the line is back
    reads(marie, "Did you get this?")
    reads(ines, "Did you get this?")
    assert lost == [201]


def test_a_form_that_is_open_is_not_thrown_away(person: People, backstage: Backstage) -> None:
    """One's message comes by socket and as the answer; who edits it between the two keeps what they typed."""
    key = backstage.discussion("marie")
    ines, marie = console(person("ines"), key), portal(person("marie"), key)
    held: list[tuple[Route, APIResponse]] = []
    ines.route("**/messages", lambda route: held.append((route, route.fetch())), times=1)
    write(ines, "Helo")
    expect(ines.locator(".stream > .message")).to_have_count(1)
    menu(ines, "Helo", "Edit")
    field = ines.locator(".edit textarea")
    field.fill("Hello")
    route, answer = held[0]
    route.fulfill(response=answer)
    expect(ines.locator(".outbox > .message")).to_have_count(0)
    expect(field).to_have_value("Hello")
    field.press("Enter")
    reads(marie, "Hello")
    menu(ines, "Hello", "Edit")
    field.press("Enter")  # nothing was changed: the form goes all the same
    expect(field).to_have_count(0)


def test_enter_and_the_keys_of_markdown(person: People, backstage: Backstage) -> None:
    """Enter sends, Shift+Enter begins a line; Ctrl with B, I, E and K wrap what is chosen; both ways round."""
    key = backstage.discussion("paul")
    ines, paul = console(person("ines"), key), portal(person("paul"), key)
    field = composer(paul)
    field.press_sequentially("one")
    field.press("Shift+Enter")
    field.press("Control+b")
    field.press_sequentially("two")
    field.press("End")
    field.press_sequentially(" three")
    field.press("Shift+Home")
    expect(field).to_have_value("one\n**two** three")
    field.fill("it")
    for chord, wrapped in (("Control+i", "*it*"), ("Control+e", "`it`"), ("Control+k", "[it](https://)")):
        field.fill("it")
        field.select_text()
        field.press(chord)
        expect(field).to_have_value(wrapped)
    field.fill("first\n**second** :smile: *third* `x < y` https://example.org/a")
    field.press("Enter")
    reads(ines, "first\nsecond 😄 third x < y https://example.org/a")
    expect(shown(ines, "first").locator("strong, em, code")).to_have_text(["second", "third", "x < y"])
    expect(shown(ines, "first").locator(".bubble").get_by_role("link")).to_have_attribute(
        "href", "https://example.org/a"
    )

    paul.goto("/profile")
    paul.get_by_label("Enter sends the message").uncheck()
    paul.get_by_role("region", name="About you").get_by_role("button", name="Save", exact=True).click()
    expect(paul.get_by_role("status").filter(has_text="Saved.")).to_be_visible()
    portal(paul, key)
    field.press_sequentially("a")
    field.press("Enter")
    field.press_sequentially("b")
    expect(field).to_have_value("a\nb")
    field.press("Control+Enter")
    expect(shown(ines, "a\nb").locator(".bubble")).to_have_text("a\nb")


def test_what_is_too_long_or_cannot_be_sent_is_kept_and_says_why(person: People, backstage: Backstage) -> None:
    """A text over the limit stays in its field; one that failed stays in the stream with its reason."""
    key = backstage.discussion("marie")
    marie = portal(person("marie", allow=["status of (401|413|400)", "net::ERR_FAILED"]), key)
    field = composer(marie)
    field.fill("x" * 10_001)
    expect(marie.locator(".counter")).to_contain_text("Characters over the limit: 1")
    field.press("Enter")
    expect(field).to_have_value("x" * 10_001)
    field.fill("Too much of a good thing")
    words = '<p class="error" role="alert">That is too large to be sent.</p>'
    marie.route("**/messages", lambda route: route.fulfill(status=413, body=words), times=1)
    field.press("Enter")
    expect(shown(marie, "Too much").get_by_role("alert")).to_have_text("That is too large to be sent.")
    shown(marie, "Too much").get_by_role("button", name="Edit").click()
    expect(field).to_have_value("Too much of a good thing")

    backstage.sign_out("marie")
    expect(marie.get_by_text("You have been signed out.").first).to_be_visible()
    field.press("Enter")
    alert = shown(marie, "Too much").get_by_role("alert")
    expect(alert).to_contain_text("Your text is kept: sign in again in another tab")
    other = marie.context.new_page()
    other.goto("/login")
    sign_in(other, "marie")
    reads(marie, "Too much of a good thing")  # the other tab sent it, and this one is in again


def test_unread_is_counted_from_what_was_read_in_the_list_the_title_and_other_tabs(
    person: People, backstage: Backstage
) -> None:
    """Two discussions, two tabs: the row goes to the top with its last line, and reading in one tab is reading."""
    quiet = backstage.discussion("luc", title="Garden")
    busy = backstage.discussion("luc", title="Kitchen")
    backstage.post("ines", quiet, "About the garden")
    luc = person("luc")
    portal(luc, quiet)
    other = portal(luc.context.new_page())
    third = luc.context.new_page()
    third.goto("/profile")
    live(third)
    ines = console(person("ines"), busy)
    write(ines, "First")
    write(ines, "Second")
    expect(row(luc, busy).locator(".unread")).to_have_text("2 unread")
    expect(row(other, busy).locator(".unread")).to_have_text("2 unread")
    expect(row(luc, busy).locator(".last")).to_have_text("Ines: Second", use_inner_text=True)
    assert rows(luc)[0] == "Kitchen"
    expect(luc).to_have_title("(2) Garden")
    expect(other).to_have_title("(2) Discussions")
    expect(third).to_have_title("(2) Your profile")

    row(other, busy).click()
    reads(other, "First", "Second")
    expect(row(luc, busy).locator(".unread")).to_be_empty()
    expect(luc).to_have_title("Garden")
    expect(third).to_have_title("Your profile")
    write(other, "Both of my tabs know")
    expect(row(luc, busy).locator(".last")).to_have_text("You: Both of my tabs know", use_inner_text=True)
    expect(luc).to_have_title("Garden")
    luc.reload()
    expect(luc).to_have_title("Garden")
