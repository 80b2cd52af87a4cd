"""What was typed and not sent outlives the page, and never the person."""

from collections.abc import Callable

from playwright.sync_api import APIResponse, Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import SIGNED_OUT, composer, console, live, row, shown

People = Callable[..., Page]


def test_typed_words_wait_where_they_were_typed(person: People, backstage: Backstage) -> None:
    """One looks something up on another page, and in another discussion; a note comes back as a note."""
    first, second = backstage.discussion("marie"), backstage.discussion("marie", title="Bathroom")
    ines = console(person("ines"), first)
    ines.get_by_role("radio", name="Note").check()
    composer(ines).fill("She asked twice")
    row(ines, second).click()
    expect(composer(ines)).to_have_value("")
    ines.goto("/console/people")
    ines.goto(f"/console/discussions/{first}")
    expect(composer(ines)).to_have_value("She asked twice")
    expect(ines.get_by_role("button", name="Send to team only")).to_be_visible()
    composer(ines).press("Enter")
    expect(ines.locator(".stream .message.note")).to_contain_text("She asked twice")
    expect(ines.locator(".outbox .message")).to_have_count(0)
    ines.reload()
    expect(composer(ines)).to_have_value("")


def test_files_and_what_is_answered_wait_with_the_words(person: People, backstage: Backstage) -> None:
    """On another device, too; each mode has its own, and what was sent waits nowhere."""
    key = backstage.discussion("marie")
    backstage.post("marie", key, "Which plan?")
    ines = console(person("ines"), key)
    shown(ines, "Which plan?").locator("[data-said=reply]").first.click()
    composer(ines).fill("This one")
    _attach(ines, "plan.txt")
    with ines.expect_response("**/draft"):
        composer(ines).press("End")  # the last letter is two seconds old
    ines.get_by_role("radio", name="Note").check()
    expect(ines.locator(".bringing")).to_have_count(1)  # the other mode has nothing: all goes along
    ines.get_by_role("radio", name="Message").check()
    ines.wait_for_timeout(300)
    phone = console(person("ines", width=360, height=740), key)
    expect(phone.locator(".bringing", has_text="plan.txt")).to_be_visible()
    expect(phone.locator(".replying")).to_contain_text("Which plan?")
    expect(composer(phone)).to_have_value("This one")
    composer(phone).press("Enter")
    sent = shown(phone, "This one")
    expect(sent.locator(".attachments")).to_contain_text("plan.txt")
    expect(sent.locator(".quote")).to_contain_text("Which plan?")
    expect(phone.locator(".bringing")).to_have_count(0)
    expect(composer(ines)).to_have_value("")
    expect(ines.locator(".bringing")).to_have_count(0)
    ines.reload()
    expect(composer(ines)).to_have_value("")
    expect(ines.locator(".bringing")).to_have_count(0)


def test_what_was_sent_without_a_line_is_no_draft_when_it_is_back(person: People, backstage: Backstage) -> None:
    """The server had the words from before, and did not hear that they are over."""
    key = backstage.discussion("marie")
    ines = console(person("ines", allow=["net::ERR_FAILED"]), key)
    with ines.expect_response("**/draft"):
        composer(ines).fill("First thoughts")
    ines.route("**/draft", lambda route: route.abort())
    composer(ines).fill("Second thoughts")
    composer(ines).press("Enter")
    expect(shown(ines, "Second thoughts")).to_be_visible()
    expect(ines.locator(".outbox .message")).to_have_count(0)
    ines.unroute("**/draft")
    with ines.expect_response("**/draft"):
        ines.evaluate("dispatchEvent(new Event('offline'))")
    live(ines)
    expect(composer(ines)).to_have_value("")
    live(ines).reload()
    expect(composer(ines)).to_have_value("")


def test_a_page_that_was_drawn_before_words_were_saved_has_them(person: People, backstage: Backstage) -> None:
    """It was asked for while they were on their way."""
    key, other = backstage.discussion("marie"), backstage.discussion("marie", title="Bathroom")
    ines = console(person("ines"), other)
    _always_as_first_drawn(ines, key)
    _open(ines, key)
    with ines.expect_response("**/draft"):
        composer(ines).fill("Half a thought")
    _open(ines, other)
    _open(ines, key)
    expect(composer(ines)).to_have_value("Half a thought")
    ines.unroute_all()
    live(ines).reload()
    expect(composer(ines)).to_have_value("Half a thought")


def _open(page: Page, key: str) -> None:
    row(page, key).click()
    expect(page.locator("#pane")).to_have_attribute("data-discussion", key)


def _always_as_first_drawn(page: Page, key: str) -> None:
    drawn: list[APIResponse] = []

    def answer(route: Route) -> None:
        drawn[:] = drawn or [route.fetch()]
        route.fulfill(response=drawn[0])

    page.route(f"**/discussions/{key}", answer)


def _attach(page: Page, name: str) -> None:
    page.locator(".composer [name=upload]").set_input_files({"name": name, "mimeType": "", "buffer": b"A plan"})
    expect(page.locator('.bringing[data-state="done"]', has_text=name)).to_be_visible()


def test_signing_out_forgets_them(person: People, backstage: Backstage) -> None:
    """The next person at this computer finds nothing."""
    key = backstage.discussion("marie")
    ines = console(person("ines", allow=SIGNED_OUT), key)
    composer(ines).fill("Between us")
    assert ines.evaluate("sessionStorage.length") > 0
    ines.locator('form[action="/logout"]').evaluate("form => form.requestSubmit()")
    ines.wait_for_url("**/login")
    assert "Between us" not in ines.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
