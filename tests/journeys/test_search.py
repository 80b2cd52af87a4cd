"""Searching, and going to what was found: the discussion opens around it, and nothing that is new goes missing."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import bubbles, portal, shown

People = Callable[..., Page]
MANY = 130
DOWN = "() => { const box = document.querySelector('.scroller'); box.scrollBy(0, box.scrollHeight); }"
POSITIONS = (
    "() => [...document.querySelectorAll('.stream > [data-position]')].map((one) => Number(one.dataset.position))"
)


def test_search_and_jump(person: People, backstage: Backstage) -> None:
    """Marie looks for a word of long ago, opens it there, reads on to the end, where live takes over."""
    key = backstage.discussion("hugo", "marie")
    for number in range(MANY):
        backstage.post(
            ("ines", "marie")[number % 2], key, f"message {number:03}" + " about the façade" * (number == 40)
        )
    marie = portal(person("marie"), key)
    marie.keyboard.press("Escape")
    marie.locator("body").press("/")
    field = marie.locator("#search-words")
    expect(field).to_be_focused()
    field.fill("facade")
    hit = marie.locator(".hit")
    expect(hit).to_have_count(1)
    expect(hit.locator("mark")).to_have_text("façade")
    field.press("ArrowDown")
    marie.keyboard.press("Enter")
    there = shown(marie, "message 040")
    expect(there).to_be_in_viewport()
    expect(there).to_be_focused()
    expect(bubbles(marie)).to_have_count(50)
    backstage.post("ines", key, "brand new")  # there is a gap before it: it waits
    expect(marie.locator(f"#row-{key}")).to_contain_text("brand new")
    expect(shown(marie, "brand new")).to_have_count(0)
    expect(marie.locator(f"#row-{key} .unread")).to_have_text("1 unread")  # nor is it read
    while marie.locator(".newer").count():
        before = bubbles(marie).count()
        marie.evaluate(DOWN)
        expect(bubbles(marie)).not_to_have_count(before)
    expect(shown(marie, "brand new")).to_have_count(1)
    places = marie.evaluate(POSITIONS)
    assert places == list(range(places[0], places[-1] + 1)), "no hole, nothing twice"
    marie.evaluate(DOWN)
    expect(marie.locator(f"#row-{key} .unread")).to_be_empty()
    backstage.post("ines", key, "and live again")
    expect(shown(marie, "and live again")).to_be_in_viewport()


def test_the_button_leads_from_the_middle_to_the_newest(person: People, backstage: Backstage) -> None:
    """And so does writing; a message that cannot be shown says so."""
    key = backstage.discussion("marie")
    posted = [backstage.post("ines", key, f"message {number:03}") for number in range(90)]
    marie = portal(person("marie"), key)
    marie.goto(f"/discussions/{key}?at={posted[10]}")
    expect(shown(marie, "message 010")).to_be_in_viewport()
    marie.locator("[data-jump]").click()
    expect(shown(marie, "message 089")).to_be_in_viewport()
    assert "at=" not in marie.url
    marie.goto(f"/discussions/{key}?at={posted[10]}")
    marie.locator(".composer textarea").fill("my answer")
    marie.keyboard.press("Enter")
    expect(shown(marie, "my answer")).to_be_in_viewport()
    expect(shown(marie, "message 089")).to_have_count(1)
    expect(shown(marie, "my answer")).to_have_count(1)
    marie.goto(f"/discussions/{key}?at=nowhere")
    expect(marie.get_by_role("status").filter(has_text="cannot be shown")).to_be_visible()
    expect(shown(marie, "my answer")).to_be_in_viewport()
