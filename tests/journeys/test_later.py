"""SPEC M14 and Z7 by hand: sent later unless they write first, undone in time; and agreed to from a mail's link."""

import re
from datetime import timedelta

from playwright.sync_api import expect

from portal.due import later as duty
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices
from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.journeys.conftest import PersonMaker
from tests.journeys.steps import composer, console, live, menu, portal, shown, write
from tests.links import desk


def test_a_message_is_sent_later_unless_they_write_first_and_can_be_undone(
    person: PersonMaker, backstage: Backstage
) -> None:
    key = backstage.discussion("marie", title="Kitchen")
    backstage.post("ines", key, "Oak or beech?")
    ines, marie = console(person("ines", allow=["status of 422"]), key), portal(person("marie"), key)
    shown(ines, "Oak or beech?").locator("[data-said=reply]").first.click()
    composer(ines).fill("Have you decided?")
    ines.get_by_role("button", name="Send later…").click()
    dialog = ines.get_by_role("dialog")
    dialog.get_by_label("Date and time").evaluate("field => field.value = '2020-01-01T09:00'")
    dialog.get_by_label("At a time of your own").check()
    dialog.get_by_role("button", name="Send later").click()
    expect(dialog.get_by_role("alert")).to_contain_text("This time has passed.")
    dialog.get_by_label("Tomorrow morning").check()
    dialog.get_by_label("Unless they write first").check()
    dialog.get_by_role("button", name="Send later").click()
    waits = ines.locator("#later .waits > li")
    expect(waits).to_contain_text("Have you decided?")
    expect(waits).to_contain_text("unless they write first")
    expect(composer(ines)).to_have_value("")
    expect(ines.locator(".replying")).to_be_hidden()  # it waits with the words
    write(marie, "We take the oak.")
    expect(shown(ines, "We take the oak.")).to_be_visible()
    _work()
    expect(waits).to_contain_text("Not sent: a client wrote first.")
    assert "Have you decided?" not in marie.content()
    waits.get_by_role("button", name="Send now").click()
    expect(shown(marie, "Have you decided?")).to_be_visible()
    expect(waits).to_have_count(0)
    expect(shown(ines, "Have you decided?")).to_have_count(1)

    backstage.change("ines", undo=True)
    console(ines, key)
    shown(ines, "Oak or beech?").locator("[data-said=reply]").first.click()
    oak = {"name": "oak.txt", "mimeType": "", "buffer": b"Oak"}
    ines.locator(".composer [name=upload]").set_input_files(oak)
    expect(ines.locator('.bringing[data-state="done"]')).to_have_count(1)
    write(ines, "The oak is sold out!")
    held = ines.locator("#held .held")
    expect(held).to_contain_text("The oak is sold out!")
    held.get_by_role("button", name="Undo").click()
    expect(composer(ines)).to_have_value("The oak is sold out!")
    expect(held).to_have_count(0)
    expect(ines.locator(".replying")).to_contain_text("Oak or beech?")
    expect(ines.locator(".bringing")).to_have_text(re.compile("oak.txt"))
    composer(ines).fill("The oak is ordered.")
    composer(ines).press("Enter")
    expect(held).to_contain_text("The oak is ordered.")
    _work(seconds=11)
    expect(shown(marie, "The oak is ordered.")).to_be_visible()
    expect(held).to_have_count(0)
    assert "sold out" not in marie.content()
    backstage.change("ines", undo=False)


def test_a_client_agrees_from_a_mail_s_link(person: PersonMaker, backstage: Backstage, stage: Stage) -> None:
    world = stage.world
    ines = console(person("ines"), world.permit)
    menu(ines, "Here is the plan.", "Ask for agreement…")
    dialog = ines.get_by_role("dialog")
    expect(dialog.locator(".frozen")).to_have_text("Here is the plan.")
    expect(dialog).to_contain_text("Asked: Marie Delcourt.")
    notices.look()
    dialog.get_by_role("button", name="Ask for agreement").click()
    card = ines.locator(".asks .agreement")
    expect(card).to_contain_text("Nobody has answered yet.")
    with clock.at(clock.now() + timedelta(minutes=40)):
        while notices.tell(desk.HOUSE):
            pass
    marie = person(None)
    marie.goto(desk.page(desk.newest(world, "marie")))
    marie.locator(".asks").get_by_role("button", name="See it").click()
    marie.get_by_label("Code").fill(desk.code(world))
    marie.get_by_role("button", name="Continue").click()
    live(marie)
    asked = marie.locator(".asks .agreement")
    expect(asked.locator(".frozen")).to_have_text("Here is the plan.")
    asked.get_by_role("button", name="I agree").click()
    expect(asked).to_contain_text("You agreed on")
    expect(card).to_contain_text("Marie Delcourt agreed")
    card.get_by_role("link", name="Certificate").click()
    expect(ines.get_by_role("heading", name="Agreement on record")).to_be_visible()
    expect(ines.locator(".certificate")).to_contain_text("by the link of an e-mail")


def _work(seconds: float = 0) -> None:
    """What the worker does so many seconds from now."""
    with clock.at(clock.now() + timedelta(seconds=seconds)):
        while duty.send():
            pass
    db.session.remove()
