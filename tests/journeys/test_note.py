"""A note stays with the team: nothing of it, not even that there is one, reaches a client's page."""

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, live, menu, portal, reads, row, rows, shown, write
from tests.journeys.wire import Wire

People = Callable[..., Page]
SECRET = "quixotic"


def test_nothing_of_a_note_reaches_the_clients_page(person: People, backstage: Backstage) -> None:
    """Written, edited, published and deleted beside an open portal, of which every byte is kept and searched."""
    other = backstage.discussion("paul", title="Garden")
    key = backstage.discussion("hugo", "paul", title="Kitchen")
    backstage.post("paul", key, "Is it dear?")
    backstage.post("ines", other, "On Monday then")
    paul, ines, hugo = person("paul"), person("ines"), person("hugo")
    wire = Wire(paul)
    portal(paul, key)
    console(ines, key), console(hugo, key)
    order, title, line = rows(paul), paul.title(), row(paul, key).inner_text()
    assert order[0] == "Garden"
    wire.settle()
    heard = len(wire.frames)

    _begin_note(ines)
    assert not _is_amber(hugo, ".composer .send")
    write(ines, f"Very {SECRET} prices")
    expect(shown(hugo, SECRET).get_by_text("Team only")).to_be_visible()
    expect(row(hugo, key).locator(".last")).to_contain_text(SECRET)
    menu(ines, SECRET, "Edit")
    ines.locator(".edit textarea").fill(f"Most {SECRET} prices")
    ines.locator(".edit textarea").press("Enter")
    expect(shown(hugo, f"Most {SECRET}")).to_have_count(1)

    wire.settle()
    assert len(wire.frames) == heard  # no frame at all: not even one that says nothing
    assert (rows(paul), paul.title(), row(paul, key).inner_text()) == (order, title, line)
    paul.reload()
    live(paul)
    reads(paul, "Is it dear?")
    assert (rows(paul), paul.title(), row(paul, key).inner_text()) == (order, title, line)

    _publish(ines, f"Most {SECRET} prices", "The prices are fair.")
    reads(paul, "Is it dear?", "The prices are fair.")
    expect(shown(hugo, SECRET).get_by_text("Team only")).to_be_visible()  # the note stays what it was
    menu(ines, SECRET, "Delete")
    ines.get_by_role("dialog").get_by_role("button", name="Delete").click()
    expect(hugo.get_by_text("This message was deleted.")).to_be_visible()
    reads(paul, "Is it dear?", "The prices are fair.")
    wire.settle()
    assert wire.holds("fair")  # what was looked through does hold what was meant for him
    assert wire.holds(SECRET) == []


def test_a_note_is_a_note_until_it_is_sent(person: People, backstage: Backstage) -> None:
    """Half a note is still a note after a look at another discussion, and after a send that failed."""
    key = backstage.discussion("paul", title="Kitchen")
    other = backstage.discussion("paul", title="Garden")
    ines = console(person("ines", allow=["status of 413"]), key)
    paul = person("paul")
    wire = Wire(paul)
    portal(paul, key)
    ines.get_by_role("radio", name="Note").check()
    composer(ines).fill(f"How {SECRET}")
    backstage.add("hugo", key)  # meanwhile, elsewhere; the line above the composer follows
    expect(ines.locator("#reach")).to_contain_text("Only 1 colleague will see this note.")
    row(ines, other).click()
    expect(ines.locator("#pane-title")).to_have_text("Garden")
    expect(ines.get_by_role("radio", name="Message")).to_be_checked()
    row(ines, key).click()
    expect(ines.locator("#pane-title")).to_have_text("Kitchen")
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()
    expect(composer(ines)).to_have_value(f"How {SECRET}")
    expect(ines.locator("#reach")).to_contain_text("Only 1 colleague will see this note.")
    ines.route("**/messages", lambda route: route.fulfill(status=413, body="<p>No</p>"), times=1)
    composer(ines).press("Enter")
    ines.get_by_role("radio", name="Message").check()  # she goes on to something else meanwhile
    shown(ines, SECRET).get_by_role("button", name="Edit").click()
    expect(ines.get_by_role("radio", name="Note")).to_be_checked()
    composer(ines).press("Enter")
    expect(ines.locator(".stream .note").filter(has_text=SECRET)).to_have_count(1)
    wire.settle()
    reads(paul)
    assert wire.holds(SECRET) == []


def _begin_note(page: Page) -> None:
    """Switch the composer over: it turns amber, and its button and the line above say who will see this."""
    page.get_by_role("radio", name="Note").check()
    expect(page.get_by_role("button", name="Send to team only")).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_hidden()
    expect(page.locator("#reach")).to_contain_text("Only 1 colleague will see this note. Clients never do.")
    assert _is_amber(page, ".composer .box")
    assert _is_amber(page, ".composer .send")


def _publish(page: Page, note: str, words: str) -> None:
    """Publish other words than the note's; the dialog says who will read them."""
    menu(page, note, "Publish to clients…")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_label("Message")).to_have_value(note)
    expect(dialog.locator(".reach")).to_contain_text("Paul Brun")
    dialog.get_by_label("Message").fill(words)
    dialog.get_by_role("button", name="Publish").click()


def _is_amber(page: Page, selector: str) -> bool:
    """Whether an element stands on amber: a hue of OKLCH between orange and yellow, and not a grey."""
    behind = page.locator(selector).evaluate("e => getComputedStyle(e).backgroundColor")
    found = re.fullmatch(r"oklch\(([\d.]+) ([\d.]+) ([\d.]+)\)", behind)
    assert found, behind
    return float(found[2]) > 0.02 and 60 < float(found[3]) < 100
