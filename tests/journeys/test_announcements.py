"""An announcement to the clients of some spaces: each answers the team, and neither sees the other (SPEC D16)."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import console, portal, reads, row, write
from tests.journeys.wire import Wire

People = Callable[..., Page]


def test_two_clients_answer_an_announcement_and_neither_sees_the_other(person: People, backstage: Backstage) -> None:
    """Ines announces to all clients of a space at once; Marie and Luc answer; all pages are open meanwhile."""
    ines, marie, luc = console(person("ines")), portal(person("marie")), person("luc")
    wire = Wire(luc)
    portal(luc)
    ines.locator("#new-discussion").click()
    dialog = ines.get_by_role("dialog")
    dialog.get_by_label("Name").fill("Summer break")
    dialog.get_by_label("Announcement to clients").check()
    dialog.get_by_role("button", name="Create").click()
    expect(ines.get_by_role("heading", name="Summer break")).to_be_visible()
    key = ines.locator("#pane").get_attribute("data-discussion") or ""
    ines.locator("#pane-more").click()
    ines.locator("#pane-readers").click()
    dialog.get_by_label("Name or space").fill("delc")
    expect(dialog.get_by_label("Paul Brun")).to_be_hidden()
    dialog.get_by_label("Select all").check()
    dialog.get_by_role("button", name="Add (2)").click()
    expect(ines.locator(".event").last).to_contain_text("Ines Agent added 2 clients.")
    write(ines, "We are away in August.")
    for page in (marie, luc):
        row(page, key).click()
        reads(page, "We are away in August.")
        expect(page.locator(".answer")).to_contain_text("Your answer goes to the team, privately.")
    marie.locator(".message [popovertarget]").click()
    expect(marie.locator(".message .menu")).to_be_visible()
    expect(marie.locator(".quick")).to_have_count(0)  # who answers apart puts no emoji here
    marie.keyboard.press("Escape")
    _answer(marie, "May I call in September?")
    _answer(luc, "Enjoy it!")
    reads(marie, "May I call in September?")
    reads(luc, "Enjoy it!")
    answers = ines.locator(".row", has_text="Re: Summer break")
    expect(answers).to_have_count(2)
    answers.filter(has_text="September").click()
    expect(ines.locator("#pane-title")).to_have_text("Re: Summer break")
    write(ines, "Any day.")
    reads(marie, "May I call in September?", "Any day.")
    expect(marie.locator(".row")).to_have_count(3)  # the permit, too
    assert wire.holds("Marie") == wire.holds("September") == wire.holds("Any day") == []
    assert wire.holds("Enjoy it!")


def _answer(page: Page, words: str) -> None:
    page.get_by_label("Your answer to the team").fill(words)
    page.get_by_role("button", name="Send to the team").click()
    expect(page.locator(".about-line")).to_contain_text("Summer break")


def test_an_answer_waits_while_one_looks_elsewhere_and_takes_files(person: People, backstage: Backstage) -> None:
    """What was typed is there after a look at another page; a file goes along; and then nothing is left to send."""
    key = backstage.discussion("marie", title="Summer break", kind="announcement")
    backstage.post("ines", key, "Please send us your plan.")
    marie = portal(person("marie"), key)
    field = marie.get_by_label("Your answer to the team")
    field.press_sequentially("Here it is")
    marie.locator(".answer [name=upload]").set_input_files(
        {"name": "plan.txt", "mimeType": "text/plain", "buffer": b"North is up."}
    )
    brought = marie.locator(".answer .bringing[data-state=done]")
    expect(brought).to_be_visible()
    marie.goto("/profile")
    marie.goto(f"/discussions/{key}")
    expect(field).to_have_value("Here it is")
    expect(brought).to_contain_text("plan.txt")
    marie.get_by_role("button", name="Send to the team").click()
    expect(marie.locator(".about-line")).to_contain_text("Summer break")
    reads(marie, "Here it is")
    expect(marie.locator(".attachment")).to_contain_text("plan.txt")
    marie.goto(f"/discussions/{key}")
    expect(field).to_have_value("")
    expect(marie.locator(".row > .draft")).to_have_count(0)
