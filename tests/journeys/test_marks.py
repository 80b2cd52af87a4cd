"""Two people at one discussion, one of them on two devices: who writes, who has read, what is felt and typed."""

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.conftest import PersonMaker
from tests.journeys.steps import composer, console, menu, portal, row, shown, write

UP, PARTY = "👍", "🎉"


def test_writing_reading_feeling_and_drafts(person: PersonMaker, backstage: Backstage) -> None:
    key = backstage.discussion("marie", "hugo")
    backstage.post("ines", key, "Shall we begin on Monday?")
    ines, marie = console(person("ines"), key), portal(person("marie"), key)
    _they_see_each_other_write(ines, marie)
    write(marie, "Monday is fine.")
    expect(shown(ines, "Monday is fine.")).to_be_visible()
    expect(ines.locator(".typing")).to_be_hidden()
    expect(marie.locator(".stream > .seen")).to_have_text("Seen")
    _what_is_read_is_right_after_a_reload(ines, marie)
    _what_was_missed_is_asked_for(ines)
    _they_react(ines, marie)


def _what_was_missed_is_asked_for(ines: Page) -> None:
    """A frame that the line lost: who comes back asks what it said."""
    ines.evaluate("comptoir.mark = () => {}")
    with ines.expect_event("websocket"):
        write(ines, "Until Monday.")
        expect(shown(ines, "Until Monday.")).to_be_visible()
        ines.wait_for_timeout(600)
        expect(shown(ines, "Until Monday.").locator("+ .seen-by")).to_have_count(0)
        ines.evaluate("dispatchEvent(new Event('offline'))")
    expect(shown(ines, "Until Monday.").locator("+ .seen-by")).to_have_count(1)


def _they_see_each_other_write(ines: Page, marie: Page) -> None:
    composer(marie).press_sequentially("Mon")
    expect(ines.locator(".typing")).to_have_text("Marie Delcourt is writing…")
    ines.get_by_role("radio", name="Note").check()
    composer(ines).press_sequentially("She says")
    expect(marie.locator(".typing:visible")).to_have_count(0)
    composer(ines).fill("")
    ines.get_by_role("radio", name="Message").check()
    ines.wait_for_timeout(3100)  # a browser says it every three seconds
    composer(ines).press_sequentially("Good")
    expect(marie.locator(".typing")).to_have_text("The team is writing…")
    composer(ines).fill("")


def _what_is_read_is_right_after_a_reload(ines: Page, marie: Page) -> None:
    expect(ines.locator(".seen-by")).to_have_accessible_name("Seen by Marie Delcourt")
    for page in (ines, marie):
        page.reload()
    expect(ines.locator(".seen-by")).to_have_accessible_name("Seen by Marie Delcourt")
    expect(marie.locator(".message:has-text('Monday is fine.') + .seen")).to_be_visible()
    ines.locator(".seen-by").click()
    expect(ines.get_by_role("dialog", name="Who got it")).to_contain_text("Read on the portal")
    ines.keyboard.press("Escape")


def _they_react(ines: Page, marie: Page) -> None:
    _react(marie, "Shall we begin", UP)
    expect(marie.locator(".reaction")).to_have_class("reaction own mine")
    chip = ines.locator(".message:has-text('Shall we begin') .reaction")
    expect(chip).to_have_attribute("title", "Marie Delcourt")
    chip.click()
    expect(chip).to_have_text(f"{UP}2")
    expect(marie.locator(".reaction")).to_have_class("reaction mine")
    marie.reload()
    expect(marie.locator(".reaction")).to_have_class("reaction mine")
    marie.locator(".reaction").click()
    expect(chip).to_have_text(UP)
    expect(marie.locator(".reaction")).to_have_class("reaction")
    shown(ines, "Monday is fine.").hover()
    menu(ines, "Monday is fine.", "Another emoji")
    picker = ines.get_by_role("dialog", name="Emoji")
    picker.get_by_role("searchbox").fill("party popper")
    expect(picker.get_by_role("gridcell").first).to_have_accessible_name("party popper")
    ines.keyboard.press("Enter")
    expect(shown(marie, "Monday is fine.").locator(".reaction")).to_have_text(PARTY)


def _react(page: Page, words: str, sign: str) -> None:
    menu(page, words, sign)


def test_what_is_typed_is_on_the_other_device_and_what_is_marked_unread_too(
    person: PersonMaker, backstage: Backstage
) -> None:
    key, other = backstage.discussion("marie", "hugo"), backstage.discussion("marie", title="Bathroom")
    for name, words in (("marie", "One"), ("hugo", "Two"), ("marie", "Three")):
        backstage.post(name, key, words)
    desk = console(person("ines"), key)
    composer(desk).fill("I shall look into")
    with desk.expect_response("**/draft"):
        pass
    train = console(person("ines"), other)
    expect(row(train, key).locator(".draft")).to_have_text("Draft: I shall look into")
    row(train, key).click()
    expect(composer(train)).to_have_value("I shall look into")
    composer(train).press_sequentially(" it.")
    expect(composer(desk)).to_have_value("I shall look into it.")
    composer(train).press("Enter")
    expect(composer(desk)).to_have_value("")
    expect(shown(desk, "I shall look into it.")).to_be_visible()
    train.reload()
    expect(composer(train)).to_have_value("")
    expect(row(train, key).locator(".draft")).to_have_count(0)
    unread = desk.evaluate("comptoir.unread.total()")
    menu(desk, "Two", "Mark as unread from here")
    for page in (desk, train):
        expect(row(page, key).locator(".unread")).to_have_text("3 unread")
        expect(page).to_have_title(f"({unread + 3}) Kitchen")
        expect(page.locator("#new-line + .message")).to_contain_text("Two")
    row(desk, other).click()
    row(desk, key).click()
    expect(row(train, key).locator(".unread")).to_have_text("")
