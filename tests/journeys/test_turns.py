"""SPEC Z4, D14: the home sorts itself while people write; one key settles or pins; the client's page follows."""

import re

from playwright.sync_api import expect

from tests.journeys import steps
from tests.journeys.backstage import Backstage
from tests.journeys.conftest import PersonMaker


def test_the_home_follows_what_happens(person: PersonMaker, backstage: Backstage) -> None:
    keys = [backstage.discussion("marie") for _ in range(2)]
    ines, marie = person("ines"), person("marie")
    ines.goto("/console/home")
    steps.live(ines)
    answer, waiting = (ines.locator(f"section[aria-labelledby={name}] .row") for name in ("to-answer", "waiting"))
    backstage.post("ines", keys[0], "Please sign page 3.")
    expect(waiting).to_have_count(1)
    steps.portal(marie)
    expect(marie.locator(".needs-link")).to_contain_text("1")
    marie.locator(".needs-link").click()
    expect(marie.locator(".turns .row")).to_have_count(1)
    for key in keys:
        backstage.post("marie", key, "Here it is.")
    expect(answer.filter(has_text="Here it is.")).to_have_count(2)
    expect(waiting).to_have_count(0)
    expect(marie.locator(".needs-link")).to_have_count(0)
    expect(answer.first).to_contain_text("Permit")  # which has waited longest
    ines.keyboard.press("j")
    ines.keyboard.press("d")
    expect(answer).to_have_count(2)
    expect(answer.first).to_be_focused()
    ines.keyboard.press("Enter")
    expect(ines.locator("#pane-turn .turn")).to_have_attribute("data-turn", "us")


def test_a_pinned_row_stays_first_while_others_move(person: PersonMaker, backstage: Backstage) -> None:
    old, new = (backstage.discussion("marie") for _ in range(2))
    backstage.post("marie", new, "The newer one.")
    ines = person("ines")
    steps.console(ines)
    first = ines.locator("#rows > .row").first
    expect(first).to_have_attribute("data-discussion", new)
    steps.row(ines, old).click(button="right")
    ines.get_by_role("menuitem", name="Pin to the top").click()
    expect(first).to_have_attribute("data-discussion", old)
    backstage.post("marie", new, "Newer still.")
    expect(steps.row(ines, new)).to_contain_text("Newer still.")
    expect(first).to_have_attribute("data-discussion", old)
    backstage.post("marie", old, "Me too.")
    expect(first).to_contain_text("Me too.")
    expect(first).to_have_attribute("data-pinned", "")
    heights = {row.bounding_box()["height"] for row in ines.locator("#rows > .row").all()[:2]}  # type: ignore[index]
    assert len(heights) == 1, "the pin stands beside the title, not under it"
    ines.reload()
    expect(first).to_have_attribute("data-discussion", old)


def test_what_leaves_a_list_comes_back_by_one_key(person: PersonMaker, backstage: Backstage) -> None:
    """After archiving, and after "nothing expected": a line offers the way back, by mouse and by `z`."""
    key = backstage.discussion("marie", title="Kitchen")
    backstage.post("marie", key, "When?")
    ines = person("ines")
    ines.goto("/console/home")
    steps.live(ines)
    entry, line = ines.locator(f"#home-{key}"), ines.locator(".toast")
    entry.focus()
    ines.keyboard.press("d")
    expect(line).to_contain_text("“Kitchen”: nothing expected.")
    expect(entry).to_have_count(0)
    ines.keyboard.press("z")
    expect(entry.locator(".turn")).to_have_attribute("data-turn", "us")
    expect(line).to_have_count(0)
    steps.console(ines, key)
    ines.locator("#pane-more").click()
    ines.get_by_role("menuitem", name="Archive").click()
    expect(line).to_contain_text("“Kitchen” is archived.")
    expect(steps.row(ines, key)).to_have_count(0)
    line.get_by_role("button", name="Undo").click()
    expect(steps.row(ines, key)).to_be_visible()
    expect(line).to_have_count(0)


def test_what_is_unread_is_counted_where_no_list_has_come(person: PersonMaker, backstage: Backstage) -> None:
    """A page without the list asks for it unseen: until that has come, the page's own count stands."""
    backstage.post("marie", backstage.discussion("marie"), "Unread.")
    ines = person("ines")
    ines.route(re.compile(r"/console/discussions(\?|$)"), lambda route: None)
    ines.goto("/console/mentions")
    badge = ines.locator("[data-unread-total]")
    steps.live(ines)
    expect(badge).to_be_visible()
    expect(ines).to_have_title(re.compile(r"\(\d+\) Mentions"))
    ines.unroute_all(behavior="ignoreErrors")
