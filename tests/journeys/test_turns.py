"""SPEC Z4, D14: the home sorts itself while people write; one key settles or pins; the client's page follows."""

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
    ines.reload()
    expect(first).to_have_attribute("data-discussion", old)
