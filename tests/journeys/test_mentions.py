"""Mentioning a colleague who is not there, and answering a message (SPEC M4, M5)."""

from collections.abc import Callable

from playwright.sync_api import Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, fits, portal, shown, write

People = Callable[..., Page]


def test_mention_and_invite_answer_and_jump(person: People, backstage: Backstage) -> None:
    """Ines names Nina, who is not there, and is offered to add her; Nina finds it in her list and answers it; Marie
    reads the team's answer, and goes from it to what it answers."""
    key = backstage.discussion("marie", title="Permit again")
    backstage.post("marie", key, "Who looks after the drains?")
    for number in range(30):
        backstage.post("ines", key, f"Line {number}")
    ines, marie = console(person("ines"), key), portal(person("marie"), key)
    composer(ines).focus()
    option = ines.locator("#mention-hints [role=option]").first
    ines.keyboard.type("Ask @mar")
    expect(option).to_contain_text("Marie Delcourt")
    ines.keyboard.press("Escape")  # for this name, and not for the next
    composer(ines).fill("")
    ines.keyboard.type("Ask @nin")
    expect(option).to_contain_text("Nina Agent")
    composer(ines).press("Enter")
    expect(composer(ines)).to_have_value("Ask @Nina Agent ")
    dialog = ines.get_by_role("dialog", name="Add Nina Agent?")
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(ines.locator("#participants")).to_contain_text("Nina Agent")
    expect(composer(ines)).to_be_focused()
    composer(ines).press("Enter")
    expect(shown(marie, "Ask @the team")).to_be_visible()

    nina = console(person("nina"))
    nina.get_by_role("link", name="Mentions 1 unread").click()
    fits(nina)
    nina.get_by_role("link", name="Ask @Nina Agent").click()
    mine = nina.locator(".stream .message .mention", has_text="@Nina Agent")
    expect(mine).not_to_have_css("background-color", "rgba(0, 0, 0, 0)")
    mine.click()
    nina.keyboard.press("r")
    expect(nina.locator(".replying")).to_contain_text("Ines Agent Ask @Nina Agent")
    composer(nina).fill("I do.")
    nina.reload()
    expect(nina.locator(".replying")).to_contain_text("Ask @Nina Agent")
    expect(composer(nina)).to_have_value("I do.")
    composer(nina).press("Enter")
    expect(nina.locator(".replying")).to_be_hidden()

    answer = shown(marie, "I do.")
    expect(answer.locator(".quote")).to_have_text("Answers Ines AgentAsk @the team")
    shown(marie, "Who looks after the drains?").hover()
    shown(marie, "Who looks after the drains?").get_by_role("link", name="Answer").click()
    write(marie, "Thank you")
    quote = shown(marie, "Thank you").locator(".quote")
    expect(quote).to_contain_text("Who looks after the drains?")
    expect(shown(marie, "Who looks after the drains?").first).not_to_be_in_viewport()
    quote.click()
    expect(marie.locator(".message[data-found]")).to_be_in_viewport()
    expect(shown(ines, "Thank you").locator(".quote")).to_contain_text("Marie Delcourt")


def test_an_answer_does_not_go_before_it_is_one(person: People, backstage: Backstage) -> None:
    """What answers is brought when first wanted: on a slow line one has written and sent before it is here."""
    key = backstage.discussion("marie")
    backstage.post("ines", key, "Which plan?")
    marie = person("marie")
    held: list[Route] = []
    marie.route("**/said.js*", lambda route: held.append(route))
    portal(marie, key)
    shown(marie, "Which plan?").hover()
    shown(marie, "Which plan?").get_by_role("link", name="Answer").click()
    composer(marie).fill("The second")
    composer(marie).press("Enter")
    held[0].continue_()
    expect(shown(marie, "The second").locator(".quote")).to_contain_text("Which plan?")
    expect(composer(marie)).to_have_value("")
