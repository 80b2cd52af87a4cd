"""For everybody: no serious finding by axe on any screen, and the main job by keyboard alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from portal.actions import invitations
from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, portal, reads, row, shown

People = Callable[..., Page]

AXE = (Path(__file__).parent.parent / "vendor" / "axe.min.js").read_text()
# Everything in light; what colours change again in dark.
RUN = """async ([rules]) => {
  const options = {resultTypes: ['violations'], ...(rules.length ? {runOnly: {type: 'rule', values: rules}} : {})};
  const found = await axe.run(document, options);
  return found.violations.filter(({impact}) => ['serious', 'critical'].includes(impact)).map(({id, nodes}) =>
    `${id}: ${nodes.slice(0, 4).map((node) => node.target + ' ' + (node.any[0]?.message ?? '')).join(' | ')}`);
}"""


class Axe:
    """Collects serious and critical findings of many screens; says them all at the end."""

    def __init__(self) -> None:
        self.found: list[str] = []

    def look(self, page: Page, screen: str) -> None:
        """Look at a screen as it is, in light and in dark."""
        if not page.evaluate("!!window.axe"):
            page.evaluate(AXE)
        page.emulate_media(color_scheme="light")
        self._run(page, f"{screen}, light", [])
        page.emulate_media(color_scheme="dark")
        self._run(page, f"{screen}, dark", ["color-contrast", "link-in-text-block"])

    def visit(self, page: Page, address: str) -> None:
        """Go to a page and look at it."""
        page.goto(address)
        self.look(page, address)

    def _run(self, page: Page, screen: str, rules: list[str]) -> None:
        findings: list[Any] = page.evaluate(RUN, [rules])
        self.found += [f"{screen}: {finding}" for finding in findings]


@pytest.fixture
def axe() -> Iterator[Axe]:
    """Fails the test at its end when there was anything serious."""
    axe = Axe()
    yield axe
    assert not axe.found, "\n".join(axe.found)


@pytest.fixture
def busy(backstage: Backstage) -> str:
    """A discussion with everything in it: texts, a note, an edited and a deleted message, a mark of what is new."""
    key = backstage.discussion("hugo", "marie", title="Kitchen")
    backstage.post("marie", key, "Hello, `code`, **bold**, https://example.org and\n\n> a quote\n\n- a list")
    backstage.edit("ines", key, backstage.post("ines", key, "Good day"), "Good evening")
    backstage.note("hugo", key, "She pays late, https://example.org")
    backstage.delete("ines", key, backstage.post("ines", key, "gone"))
    backstage.post("hugo", key, "One more")
    return key


def test_axe_finds_nothing_serious_in_the_console(person: People, busy: str, axe: Axe) -> None:
    """Every page and dialog of staff."""
    ines, olga = person("ines"), person("olga")
    axe.visit(ines, "/console/discussions")
    axe.visit(ines, "/console/discussions?archived=1")
    axe.visit(ines, "/console/discussions/new")
    for address in (
        "/console/people",
        "/console/people?face=staff",
        "/console/settings",
        "/console/settings/rights",
        "/console/ownerless",
        "/profile",
    ):
        axe.visit(olga, address)
    console(ines, busy)
    axe.look(ines, "a discussion")
    ines.get_by_role("radio", name="Note").check()
    composer(ines).fill("half a note")
    axe.look(ines, "a note")
    for name in ("New discussion", "Add participant"):
        ines.locator(f'[aria-label="{name}"]').first.click()
        expect(ines.get_by_role("dialog")).to_be_visible()
        axe.look(ines, name)
        ines.keyboard.press("Escape")
    ines.locator(".pane-head").get_by_role("button", name="More").click()
    axe.look(ines, "the menu")
    ines.get_by_role("menuitem", name="Leave…").click()
    expect(ines.get_by_role("dialog")).to_be_visible()
    axe.look(ines, "leaving")


def test_axe_finds_nothing_serious_in_the_portal(
    person: People, busy: str, axe: Axe, backstage: Backstage, stage: Stage
) -> None:
    """Every page of clients and of those who are not signed in."""
    marie, nobody = person("marie"), person(None, allow=["status of 404"])
    for address in ("/", "/discussions/new", "/profile"):
        axe.visit(marie, address)
    portal(marie, busy)
    axe.look(marie, "a discussion")
    marie.get_by_role("link", name="Write to us").click()
    expect(marie.get_by_role("dialog")).to_be_visible()
    axe.look(marie, "writing to us")
    _, secret = invitations.invite(
        stage.world.viewer("ines"), name="Ada", email="ada@example.com", role="client", language="en", days=3,
        space_key=stage.world.spaces["Brun"],
    )  # fmt: skip
    for address in ("/login", f"/invitations/{secret}", "/invitations/none", "/nowhere"):
        axe.visit(nobody, address)


def test_the_main_job_by_keyboard_alone(person: People, backstage: Backstage) -> None:
    """Look through the list, open, answer, write a note, start a discussion, and back: no mouse."""
    first = backstage.discussion("marie", title="First")
    second = backstage.discussion("marie", title="Second")
    backstage.post("marie", first, "A question")
    backstage.post("marie", second, "Another question")
    ines, marie = console(person("ines")), portal(person("marie"), first)
    keys = ines.keyboard
    keys.press("?")
    expect(ines.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    keys.press("Escape")
    expect(ines.get_by_role("dialog")).to_have_count(0)
    keys.press("j")
    expect(row(ines, second)).to_be_focused()
    keys.press("j")
    expect(row(ines, first)).to_be_focused()
    keys.press("k")
    keys.press("j")
    keys.press("Enter")
    expect(ines.locator("#pane-title")).to_have_text("First")
    expect(composer(ines)).to_be_focused()
    keys.type("An answer, ? j k n r")
    keys.press("Enter")
    reads(marie, "A question", "An answer, ? j k n r")
    keys.press("Escape")
    expect(composer(ines)).not_to_be_focused()
    keys.press("n")
    expect(composer(ines)).to_be_focused()
    expect(ines.get_by_role("button", name="Send to team only")).to_be_visible()
    keys.type("A note")
    keys.press("Enter")
    expect(shown(ines, "A note").get_by_text("Team only")).to_be_visible()
    keys.press("Escape")
    keys.press("r")
    expect(ines.get_by_role("radio", name="Message")).to_be_checked()
    keys.press("ArrowUp")  # in an empty field: edit one's last message
    expect(ines.locator(".edit textarea")).to_be_focused()
    keys.press("Escape")
    expect(ines.locator(".edit")).to_have_count(0)
    reads(marie, "A question", "An answer, ? j k n r")


def test_a_key_right_after_a_dialog_closed_is_for_the_page(person: People, backstage: Backstage) -> None:
    """Who types fast presses the next one before the browser has taken the keyboard away from it."""
    key = backstage.discussion("marie", title="First")
    ines = console(person("ines"))
    expect(row(ines, key)).to_be_visible()
    ines.keyboard.press("?")
    expect(ines.get_by_role("dialog", name="Keyboard shortcuts")).to_be_visible()
    ines.get_by_role("dialog").evaluate("""dialog => {
      dialog.close();
      dialog.dispatchEvent(new KeyboardEvent("keydown", {key: "j", bubbles: true, cancelable: true}));
    }""")
    expect(row(ines, key)).to_be_focused()


def test_a_discussion_that_changes_while_it_is_opened_still_takes_the_keyboard(
    person: People, backstage: Backstage
) -> None:
    """Enter, and before the answer is there a message puts another row in that row's place."""
    key = backstage.discussion("marie", title="First")
    backstage.post("marie", key, "A question")
    ines = console(person("ines"))
    held: list[Route] = []
    ines.route(f"**/console/discussions/{key}", lambda route: held.append(route))
    expect(row(ines, key)).to_contain_text("A question")
    ines.keyboard.press("j")
    expect(row(ines, key)).to_be_focused()
    with ines.expect_request(f"**/console/discussions/{key}"):
        ines.keyboard.press("Enter")
    backstage.post("marie", key, "And another")
    expect(row(ines, key)).to_contain_text("And another")
    held[0].continue_()
    expect(ines.locator("#pane-title")).to_have_text("First")
    expect(composer(ines)).to_be_focused()


def test_focus_goes_where_one_expects_it(person: People, backstage: Backstage) -> None:
    """The first Tab skips to the content; dialogs and menus hold the focus and give it back."""
    key = backstage.discussion("marie", title="First")
    backstage.post("ines", key, "Mine")
    ines = console(person("ines"), key)
    keys = ines.keyboard
    keys.press("Tab")
    expect(ines.get_by_role("link", name="Skip to content")).to_be_focused()
    keys.press("Enter")
    assert ines.evaluate("document.activeElement.closest('#main, #pane') !== null || location.hash === '#main'")
    adding = ines.get_by_role("button", name="Add participant")
    adding.focus()
    keys.press("Enter")
    expect(ines.get_by_label("Name or e-mail address")).to_be_focused()
    _stays_inside(ines, ines.get_by_role("dialog"))
    keys.press("Escape")
    expect(adding).to_be_focused()
    more = ines.locator(".pane-head").get_by_role("button", name="More")
    more.focus()
    keys.press("Enter")
    expect(ines.get_by_role("menuitem", name="Rename")).to_be_focused()
    keys.press("Enter")
    expect(ines.get_by_role("dialog").get_by_label("Name")).to_be_focused()
    keys.press("Control+a")
    keys.type("Renamed")
    keys.press("Enter")
    expect(ines.locator("#pane-title")).to_have_text("Renamed")
    expect(ines.get_by_role("dialog")).to_have_count(0)
    assert ines.evaluate("document.activeElement !== document.body")
    keys.press("Control+k")
    bar = ines.get_by_role("dialog").get_by_role("combobox")
    expect(bar).to_be_focused()
    keys.type("Permit")
    expect(ines.get_by_role("option", name="Permit").first).to_be_visible()
    keys.press("Enter")
    expect(live(ines).locator("#pane-title")).to_have_text("Permit")


def _stays_inside(page: Page, dialog: Locator) -> None:
    """However often one presses Tab, nothing behind the dialog gets the focus."""
    handle = dialog.element_handle()
    for _ in range(12):
        page.keyboard.press("Tab")
        inside = "dialog => dialog.contains(document.activeElement) || document.activeElement === document.body"
        assert page.evaluate(inside, handle)
