"""A slow line: what is pressed, typed or chosen before scripts or answers have come does what it says, in its place."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, menu, portal, row, shown, write

People = Callable[..., Page]


class Held:
    """Requests that do not come through until they are let go."""

    def __init__(self, page: Page, address: str, method: str = "") -> None:
        self.page, self.open, self.routes = page, False, list[Route]()

        def hold(route: Route) -> None:
            if self.open or (method and route.request.method != method):
                route.continue_()
            else:
                self.routes.append(route)

        page.route(address, hold)

    def comes(self) -> None:
        """Let all go, and what is asked for from now on."""
        self.open = True
        for route in self.routes:
            route.continue_()

    def waits(self, many: int = 1) -> None:
        """Until that many were asked for."""
        for _ in range(100):
            if len(self.routes) >= many:
                return
            self.page.wait_for_timeout(50)
        raise AssertionError(f"{len(self.routes)} of {many} were asked for")


def look_at(page: Page, key: str) -> None:
    """Open a discussion of the list."""
    row(page, key).click()
    expect(page.locator("#pane")).to_have_attribute("data-discussion", key)


def test_an_answer_begun_in_one_discussion_does_not_show_in_another(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    backstage.note("ines", key, "Too dear, I say")
    ines = console(person("ines"), key)
    script = Held(ines, "**/said.js*")
    shown(ines, "Too dear").hover()
    shown(ines, "Too dear").get_by_role("link", name="Answer").click()
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()  # at once
    look_at(ines, other)
    script.comes()
    ines.wait_for_function("() => comptoir.said")
    ines.wait_for_timeout(100)
    expect(ines.locator(".replying")).to_be_hidden()
    expect(ines.get_by_role("radio", name="Message")).to_be_checked()


def test_what_is_undone_comes_back_where_it_was_written(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    backstage.change("ines", undo=True)
    ines = console(person("ines"), key)
    ines.get_by_role("radio", name="Note").check()
    counting = Held(ines, "**/later.js*")  # the seconds are not what brings words back
    write(ines, "Hold this back")
    held = ines.locator("#held .held")
    answer = Held(ines, "**/later/**", "POST")
    held.get_by_role("button", name="Undo").click()
    answer.waits()
    look_at(ines, other)
    with ines.expect_response(lambda response: response.request.method == "POST"):
        answer.comes()
    ines.wait_for_timeout(200)
    expect(composer(ines)).to_have_value("")
    expect(ines.get_by_role("radio", name="Message")).to_be_checked()
    look_at(ines, key)
    expect(composer(ines)).to_have_value("Hold this back")
    backstage.change("ines", undo=False)
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()
    counting.comes()


def test_files_chosen_go_with_what_is_sent_before_they_are_shown(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie", title="Kitchen")
    marie = person("marie", width=360, height=740)
    script = Held(marie, "**/uploads.js*")
    portal(marie, key)
    plan = {"name": "plan.txt", "mimeType": "", "buffer": b"A plan"}
    composer(marie).fill("Here it is")
    marie.locator(".composer [name=upload]").set_input_files(plan)
    marie.wait_for_timeout(300)
    composer(marie).press("Enter")
    marie.wait_for_timeout(300)
    script.comes()
    expect(marie.locator(".stream > .message", has_text="Here it is").locator(".attachment")).to_contain_text("plan")


def test_files_chosen_stay_where_they_were_chosen(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    marie = person("marie")
    script = Held(marie, "**/uploads.js*")
    portal(marie, key)
    plan = {"name": "plan.txt", "mimeType": "", "buffer": b"A plan"}
    marie.locator(".composer [name=upload]").set_input_files(plan)
    marie.wait_for_timeout(300)
    look_at(marie, other)
    script.comes()
    marie.wait_for_timeout(300)
    expect(marie.locator(".bringing")).to_have_count(0)
    look_at(marie, key)
    expect(marie.locator('.bringing[data-state="done"]')).to_contain_text("plan")


def test_a_drafts_files_go_before_they_are_shown(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    marie = portal(person("marie"), key)
    plan = {"name": "plan.txt", "mimeType": "", "buffer": b"A plan"}
    marie.locator(".composer [name=upload]").set_input_files(plan)
    expect(marie.locator('.bringing[data-state="done"]')).to_be_visible()
    with marie.expect_response("**/draft"):
        composer(marie).fill("Here it is")
    script = Held(marie, "**/uploads.js*")
    marie.goto(f"/discussions/{key}", wait_until="commit")
    live(marie)
    composer(marie).press("Enter")
    look_at(marie, other)
    script.comes()
    marie.wait_for_timeout(300)
    look_at(marie, key)
    expect(marie.locator(".stream > .message", has_text="Here it is").locator(".attachment")).to_contain_text("plan")
    expect(composer(marie)).to_have_value("")
    expect(marie.locator(".bringing")).to_have_count(0)


def test_words_typed_before_the_scripts_stay(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie", title="Kitchen")
    ines = console(person("ines", allow=["ERR_FAILED"]), key)
    ines.route("**/draft", lambda route: route.abort())
    composer(ines).fill("Begun")
    script = Held(ines, "**/live.all.js*")
    ines.goto(f"/console/discussions/{key}", wait_until="commit")
    # Where browsers draw a page before its scripts are there, one writes in it.
    ines.get_by_role("radio", name="Note").evaluate("radio => { radio.checked = true; }")
    composer(ines).evaluate("field => { field.value = 'Of the prices'; }")
    script.comes()
    ines.wait_for_function("() => comptoir?.composer")
    expect(composer(ines)).to_have_value(re.compile("Begun\\s+Of the prices"))
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()


def test_a_key_on_a_row_acts_on_that_row_alone(person: People, backstage: Backstage) -> None:
    """Its script and its menu come late, when one has gone on to the next row."""
    first, second = backstage.discussion("marie", title="Roof"), backstage.discussion("marie", title="Floor")
    for key in (first, second):
        backstage.post("marie", key, "When?")
    ines = person("ines")
    script, menus = Held(ines, "**/row-menu.js*"), Held(ines, "**/menu")
    console(ines)
    row(ines, first).focus()
    ines.keyboard.press("d")
    row(ines, second).focus()
    script.comes()
    menus.waits()
    ines.keyboard.press("p")
    menus.waits(2)
    menus.comes()
    expect(row(ines, second)).to_have_attribute("data-pinned", "")
    expect(row(ines, first)).not_to_have_attribute("data-pinned", "")
    expect(row(ines, first).locator(".turn")).to_have_attribute("data-turn", "none")
    expect(row(ines, second).locator(".turn")).to_have_attribute("data-turn", "us")


def test_the_menu_of_a_row_is_that_rows(person: People, backstage: Backstage) -> None:
    first, second = backstage.discussion("marie", title="Roof"), backstage.discussion("marie", title="Floor")
    ines = console(person("ines"))
    menus = Held(ines, "**/menu")
    row(ines, first).click(button="right")
    row(ines, second).click(button="right")
    menus.waits(2)
    menus.comes()
    shown_menu = ines.locator(".menu:popover-open")
    expect(shown_menu).to_have_attribute("aria-label", "Floor")
    ines.wait_for_timeout(100)
    expect(shown_menu).to_have_count(1)
    shown_menu.get_by_role("menuitem", name="Pin to the top").click()
    expect(row(ines, second)).to_have_attribute("data-pinned", "")
    expect(row(ines, first)).not_to_have_attribute("data-pinned", "")


def test_who_goes_on_writing_while_another_is_on_its_way_stays(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    ines = console(person("ines"), key)
    pane = ines.locator("#pane")
    answer = Held(ines, f"**/discussions/{other}")
    row(ines, other).click()
    answer.waits()
    ines.keyboard.press("e")  # not what is open still
    expect(ines.get_by_role("dialog")).to_have_count(0)
    ines.get_by_role("radio", name="Note").check()
    composer(ines).press_sequentially("Between us")
    answer.comes()
    expect(row(ines, key)).to_have_attribute("aria-current", "true")
    composer(ines).press_sequentially(", and")
    expect(composer(ines)).to_have_value("Between us, and")
    expect(pane).to_have_attribute("data-discussion", key)
    look_at(ines, other)
    expect(composer(ines)).to_be_focused()
    expect(composer(ines)).to_have_value("")


def test_the_last_that_was_asked_for_is_open(person: People, backstage: Backstage) -> None:
    """Back, and then another row before what one went back to has come."""
    keys = [backstage.discussion("marie", title=title) for title in ("Roof", "Floor", "Wall")]
    ines = console(person("ines"), keys[0])
    pane = ines.locator("#pane")
    look_at(ines, keys[1])
    answer, last = Held(ines, f"**/discussions/{keys[0]}"), Held(ines, f"**/discussions/{keys[2]}")
    ines.evaluate("history.back()")
    answer.waits()
    row(ines, keys[2]).click()
    last.waits()
    answer.comes()
    ines.wait_for_timeout(200)
    last.comes()
    expect(pane).to_have_attribute("data-discussion", keys[2])
    assert ines.url.endswith(keys[2])


def test_rows_that_are_asked_for_at_once_all_come(person: People, backstage: Backstage) -> None:
    hugo = console(person("hugo"))
    rows = Held(hugo, "**/row")
    keys = [backstage.discussion("marie", title=title) for title in ("Roof", "Floor", "Wall", "Door")]
    for key in keys:
        backstage.add("hugo", key)
    rows.waits()
    hugo.wait_for_timeout(300)
    rows.comes()
    for key in keys:
        expect(row(hugo, key)).to_be_visible()


def test_a_menu_stays_open_while_what_is_around_it_changes(person: People, backstage: Backstage) -> None:
    """The pane's own, and a message's; and with it the words of a message that are being changed."""
    key = backstage.discussion("marie", title="Kitchen")
    mine = backstage.post("ines", key, "Oak or beech?")
    ines = console(person("ines"), key)
    ines.locator("#pane-more").click()
    backstage.rename("ines", key, "Cellar")
    backstage.add("hugo", key)
    expect(row(ines, key)).to_contain_text("Cellar")
    ines.wait_for_timeout(500)
    expect(ines.get_by_role("menuitem", name="Leave…")).to_be_visible()
    ines.keyboard.press("Escape")
    expect(ines.locator("#participants")).to_contain_text("Hugo Agent")

    menu(ines, "Oak or beech?", "Edit")
    field = ines.locator(".edit textarea")
    field.fill("Oak, or")
    message = shown(ines, "Oak or beech?")
    before = message.get_attribute("data-rev")
    backstage.feel("marie", key, mine, "👍")
    expect(message).not_to_have_attribute("data-rev", before or "")
    ines.keyboard.type(" ash?")
    expect(field).to_have_value("Oak, or ash?")
    field.press("Enter")
    expect(shown(ines, "Oak, or ash?")).to_have_count(1)
    expect(ines.locator(".edit")).to_have_count(0)


def test_a_dialog_that_comes_late_takes_no_words(person: People, backstage: Backstage) -> None:
    key, other = backstage.discussion("marie", title="Kitchen"), backstage.discussion("marie", title="Garden")
    ines = console(person("ines"), key)
    dialog = ines.get_by_role("dialog")
    answer = Held(ines, "**/participants/new*")
    ines.locator("#pane-add").click()
    answer.waits()
    composer(ines).press_sequentially("Good mor")
    answer.comes()
    ines.wait_for_timeout(200)
    composer(ines).press_sequentially("ning")
    expect(composer(ines)).to_have_value("Good morning")
    expect(dialog).to_have_count(0)
    later = Held(ines, "**/participants/new*")
    ines.locator("#pane-add").click()
    later.waits()
    look_at(ines, other)
    later.comes()
    ines.wait_for_timeout(200)
    expect(dialog).to_have_count(0)
    ines.locator("#pane-add").click()
    expect(dialog).to_be_visible()
