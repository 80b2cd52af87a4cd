"""SPEC E3: a client answers from the link of a mail, with a code on a new device and then without, until it ends."""

from playwright.sync_api import expect

from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.journeys.conftest import PersonMaker
from tests.journeys.steps import console, live, shown, write
from tests.links import desk


def test_a_mail_is_answered_with_a_code_and_then_without_until_the_link_ends(
    person: PersonMaker, backstage: Backstage, stage: Stage
) -> None:
    world = stage.world
    ines = console(person("ines"), world.permit)
    key = desk.told(world, words="Does Tuesday suit you?")
    marie = person(None, allow=("410",))
    marie.goto(desk.page(key))
    expect(marie.locator(".told .bubble")).to_have_text(["Does Tuesday suit you?"])
    marie.get_by_label("Your message").fill("It does, at ten.")
    marie.get_by_role("button", name="Send", exact=True).click()
    expect(marie.get_by_label("Your message")).to_have_value("It does, at ten.")
    marie.get_by_label("Code").fill(desk.code(world))
    marie.get_by_role("button", name="Send", exact=True).click()
    live(marie)
    expect(shown(marie, "It does, at ten.")).to_be_visible()
    expect(shown(ines, "It does, at ten.")).to_be_visible()
    expect(shown(marie, "Here is the plan.")).to_be_visible()

    write(ines, "Good. See you then.")
    expect(shown(marie, "Good. See you then.")).to_be_visible()
    marie.get_by_label("Your message").fill("Thanks")
    marie.get_by_label("Your message").press("Control+Enter")
    expect(shown(ines, "Thanks").last).to_be_visible()
    expect(marie.get_by_label("Your message")).to_have_value("")
    assert desk.bodies(world).count("Thanks") == 1

    marie.get_by_label("Your message").fill("Half a sentence")
    backstage.remove("marie", world.permit)
    expect(marie.get_by_text("This link is over.")).to_be_visible()
    expect(marie.get_by_label("Your message")).to_have_value("Half a sentence")
    expect(marie.locator(".message")).to_have_count(0)
    expect(marie.get_by_text("Permit")).to_have_count(0)
    expect(marie).to_have_title("This link is over")
    write(ines, "She is gone.")
    expect(shown(ines, "She is gone.")).to_be_visible()
    expect(marie.get_by_text("She is gone.")).to_have_count(0)
    answer = marie.goto(desk.page(key))
    assert answer is not None
    assert answer.status == 410
