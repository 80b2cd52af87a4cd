"""A slow line: what is pressed, typed or chosen before scripts or answers have come does what it says, in its place."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, portal, row, shown, write

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
