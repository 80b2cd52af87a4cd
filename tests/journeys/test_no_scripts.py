"""Without JavaScript: signing in, reading, writing and starting a discussion are plain forms and pages."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, console, reads, row
from tests.world import PASSWORD

People = Callable[..., Page]


def test_a_client_gets_along_without_scripts(person: People, backstage: Backstage) -> None:
    """Marie signs in, reads, writes, starts a discussion and signs out; Ines sees it live."""
    key = backstage.discussion("marie")
    backstage.post("ines", key, "Can you read this?")
    ines = console(person("ines"), key)
    marie = person(None, java_script_enabled=False, allow=["status of 422"])
    marie.goto(f"/discussions/{key}")
    marie.get_by_label("E-mail address").fill("marie@example.com")
    marie.get_by_label("Password").fill("not hers, surely")
    marie.get_by_role("button", name="Sign in").click()
    expect(marie.get_by_role("alert")).to_be_visible()
    marie.get_by_label("Password").fill(PASSWORD)
    marie.get_by_role("button", name="Sign in").click()
    expect(bubbles(marie)).to_have_text(["Can you read this?"])  # she came back to where she wanted to go

    marie.get_by_label("Your message").fill("Yes, *plainly*.")
    marie.get_by_role("button", name="Send", exact=True).click()
    expect(bubbles(marie)).to_have_text(["Can you read this?", "Yes, plainly."])
    reads(ines, "Can you read this?", "Yes, plainly.")
    marie.reload()  # asks for the page again, posts nothing again
    expect(bubbles(marie)).to_have_count(2)
    marie.get_by_label("Your message").fill("x" * 10_001)
    marie.get_by_role("button", name="Send", exact=True).click()
    expect(marie.locator(".composer").get_by_role("alert")).to_contain_text("10,001 characters; at most 10,000")
    expect(marie.get_by_label("Your message")).to_have_value("x" * 10_001)

    marie.get_by_role("link", name="Write to us").click()
    marie.get_by_label("Subject").fill("A leak")
    marie.get_by_label("Message").fill("In the cellar.")
    marie.get_by_role("button", name="Send").click()
    expect(marie.get_by_role("heading", level=1, name="A leak")).to_be_visible()
    expect(bubbles(marie)).to_have_text(["In the cellar."])
    marie.goto("/")
    expect(marie.locator("#rows > .row .title").first).to_have_text("A leak")
    expect(row(marie, key).locator(".last")).to_contain_text("Yes, plainly.")


def test_staff_get_along_without_scripts(person: People, backstage: Backstage) -> None:
    """Ines reads, writes a note as a note, and starts a discussion."""
    key = backstage.discussion("hugo", "marie")
    hugo = console(person("hugo"), key)
    ines = person("ines", java_script_enabled=False)
    ines.goto(f"/console/discussions/{key}")
    ines.get_by_label("Your message").fill("Between us")
    ines.get_by_role("radio", name="Note").check(force=True)
    ines.get_by_role("button", name="Send to team only").click()
    expect(hugo.locator(".stream > .note")).to_contain_text("Between us")
    expect(ines.locator(".stream > .note")).to_contain_text("Between us")
    ines.get_by_role("link", name="New discussion").click()
    ines.get_by_label("Name").fill("Plain")
    ines.get_by_role("button", name="Create").click()
    expect(ines.get_by_role("heading", level=1, name="Plain")).to_be_visible()
