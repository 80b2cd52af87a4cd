"""Who is in a discussion: starting one, adding with open eyes, removing at once, leaving."""

import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, portal, reads, row, shown, write
from tests.journeys.wire import Wire

People = Callable[..., Page]


def test_a_client_is_added_with_what_they_will_see_said_beforehand(person: People, backstage: Backstage) -> None:
    """Ines starts a discussion and adds Marie, then Luc from now on; neither learns of the other."""
    ines, marie, luc = console(person("ines")), portal(person("marie")), person("luc")
    wire = Wire(luc)
    portal(luc)
    key = _start(ines, "Roof")
    _say_first(ines)
    asked = _ask(ines, "mari", "Marie Delcourt")
    expect(asked).to_contain_text("“Roof”, 2 messages, since")
    expect(asked).to_contain_text("Never the notes.")
    expect(asked.get_by_label("The whole history")).to_be_checked()
    expect(asked.get_by_role("checkbox")).to_have_count(0)
    asked.get_by_role("button", name="Add", exact=True).click()
    expect(ines.locator(".event").last).to_contain_text("Ines Agent added Marie Delcourt.")
    expect(row(marie, key)).to_be_visible()
    expect(row(marie, key).locator(".unread")).to_be_empty()  # she is told of the first message after it, not of this
    expect(marie).to_have_title(re.compile(r"^(\(\d+\) )?Discussions$"))  # what is unread elsewhere still counts

    asked = _ask(ines, "LUC", "Luc Delcourt")
    expect(asked.get_by_label("Marie Delcourt")).to_have_role("checkbox")
    asked.get_by_label("Only what is written from now on").check()
    asked.get_by_role("button", name="Add", exact=True).click()
    expect(asked).to_be_visible()  # nothing happens before both may read it was confirmed
    asked.get_by_role("checkbox").check()
    asked.get_by_role("button", name="Add", exact=True).click()
    expect(row(luc, key)).to_be_visible()
    write(ines, "Now we are all here.")
    expect(row(marie, key).locator(".unread")).to_have_text("1 unread")
    expect(marie).to_have_title("(1) Discussions")
    row(marie, key).click()
    row(luc, key).click()
    reads(marie, "The roof is next.", "In May, we think.", "Now we are all here.")
    reads(luc, "Now we are all here.")
    assert wire.holds("Roof")
    assert wire.holds("Marie") == wire.holds("never asks") == wire.holds("The roof is next") == []


def test_who_is_removed_sees_nothing_more_from_that_moment(person: People, backstage: Backstage) -> None:
    """Marie is removed while she writes: her page says so and keeps her words; then silence, and 404."""
    key = backstage.discussion("hugo", "marie", title="Cellar")
    backstage.post("ines", key, "The cellar is damp.")
    marie = person("marie", allow=["status of 404"])
    wire = Wire(marie)
    portal(marie, key)
    composer(marie).fill("Damp? Since when")
    ines = console(person("ines"), key)
    hugo = console(person("hugo", allow=["status of 404"]), key)
    entry = ines.locator("#participants li").filter(has_text="Marie Delcourt")
    entry.hover()
    entry.get_by_role("button", name="Remove Marie Delcourt").click()
    ines.get_by_role("dialog").get_by_role("button", name="Remove", exact=True).click()
    expect(marie.get_by_role("alert")).to_contain_text("You are no longer in this discussion.")
    expect(marie.get_by_role("main").locator("textarea")).to_have_value("Damp? Since when")
    expect(marie.get_by_role("main").locator("textarea")).not_to_be_editable()
    expect(row(marie, key)).to_have_count(0)
    expect(marie.get_by_text("The cellar is damp.")).to_have_count(0)
    expect(marie).to_have_title(re.compile(r"^(\(\d+\) )?Discussions$"))  # what is unread elsewhere still counts
    expect(entry).to_have_count(0)
    wire.settle()
    heard = len(wire.frames)

    write(ines, "Clandestine from here on")
    expect(shown(hugo, "Clandestine")).to_be_visible()
    wire.settle()
    assert len(wire.frames) == heard
    assert marie.goto(f"/discussions/{key}").status == 404  # type: ignore[union-attr]
    portal(marie)
    expect(row(marie, key)).to_have_count(0)
    assert wire.holds("cellar is damp")
    assert wire.holds("Clandestine") == []

    asked = _ask(ines, "marie", "Marie Delcourt")
    expect(asked).to_contain_text("1 message they missed stays hidden.")
    asked.get_by_role("button", name="Add", exact=True).click()
    row(marie, key).click()
    reads(marie, "The cellar is damp.")

    backstage.remind("hugo", key)
    expect(hugo.locator(".wants")).to_contain_text("Cellar")
    hugo.get_by_role("button", name="Send later…").click()
    expect(hugo.get_by_role("dialog")).to_be_visible()
    backstage.remove("hugo", key)
    expect(hugo.get_by_role("alert")).to_contain_text("You are no longer in this discussion.")
    expect(hugo.locator(".wants")).to_have_count(0)
    expect(hugo.locator("dialog")).to_have_count(0)


def test_clients_stay_out_of_internal_discussions_and_of_who_is_in(person: People, backstage: Backstage) -> None:
    """An internal discussion finds no client, and no request of a client's own making adds or removes anybody."""
    inside = backstage.discussion("hugo", title="Prices", audience="internal")
    shared = backstage.discussion("marie", title="Attic")
    ines = console(person("ines", allow=["status of 404"]), inside)
    marie = portal(person("marie", allow=["status of 404"]), shared)
    ines.get_by_role("button", name="Add participant").click()
    found = ines.locator("#found-people")
    expect(found.get_by_text("Nina Agent")).to_be_visible()
    expect(found.get_by_text("Delcourt")).to_have_count(0)
    ines.get_by_label("Name or e-mail address").fill("marie")
    expect(found).to_contain_text("Nobody found for “marie”.")
    ines.keyboard.press("Escape")
    expect(ines.locator(".composer").get_by_role("radio", name="Note")).to_have_count(0)

    luc, nina = backstage.world.keys["luc"], backstage.world.keys["nina"]
    for place in ("/console/discussions", "/discussions"):
        assert _post(marie, f"{place}/{shared}/participants", {"person": luc, "confirmed": "1"}) == 404
    assert "luc" not in backstage.members(shared)
    assert _post(ines, f"/console/discussions/{inside}/participants", {"person": luc, "confirmed": "1"}) in (403, 404)
    assert _post(ines, f"/console/discussions/{inside}/participants", {"person": nina}) == 204
    assert backstage.members(inside) == {"ines", "hugo", "nina"}


def test_leaving_and_handing_over(person: People, backstage: Backstage) -> None:
    """Hugo leaves; then Ines, who hands what she owns to Nina."""
    key = backstage.discussion("hugo", "nina", title="Gate")
    ines, hugo, nina = console(person("ines"), key), console(person("hugo"), key), console(person("nina"), key)
    _leave(hugo)
    expect(row(hugo, key)).to_have_count(0)
    for page in (ines, nina):
        expect(page.locator(".event").last).to_contain_text("Hugo Agent left.")
    expect(nina.get_by_role("button", name="Add participant")).to_have_count(0)
    _leave(ines, "Nina Agent")
    expect(row(ines, key)).to_have_count(0)
    expect(nina.locator(".event").filter(has_text="handed the discussion over to Nina Agent")).to_be_visible()
    expect(nina.get_by_role("button", name="Add participant")).to_be_visible()
    assert backstage.members(key) == {"nina"}


def _say_first(page: Page) -> None:
    """Two messages and a note, before any client is in."""
    write(page, "The roof is next.")
    write(page, "In **May**, we think.")
    page.get_by_role("radio", name="Note").check()
    write(page, "She never asks twice.")
    page.get_by_role("radio", name="Message").check()
    expect(shown(page, "never asks").get_by_text("Team only")).to_be_visible()


def _start(page: Page, title: str) -> str:
    """Start a shared discussion; gives its key."""
    page.get_by_role("link", name="New discussion").first.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name").fill(title)
    expect(dialog.get_by_label("Staff and clients")).to_be_checked()
    dialog.get_by_role("button", name="Create").click()
    expect(page.locator("#pane-title")).to_have_text(title)
    page.wait_for_function("() => window.comptoir?.live?.caughtUp === true")
    return page.url.rsplit("/", 1)[1]


def _ask(page: Page, words: str, name: str) -> Locator:
    """Look for somebody in the dialog and choose them; gives the dialog that asks."""
    page.get_by_role("button", name="Add participant").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name or e-mail address").press_sequentially(words)
    expect(dialog.locator("#found-people li")).to_have_count(1)
    dialog.get_by_role("button", name=name).click()
    expect(dialog.get_by_role("heading", name=f"Add {name}?")).to_be_visible()
    return dialog


def _leave(page: Page, successor: str = "") -> None:
    page.locator(".pane-head").get_by_role("button", name="More").click()
    page.get_by_role("menuitem", name="Leave…").click()
    dialog = page.get_by_role("dialog")
    if successor:
        dialog.get_by_label("Who takes over").select_option(label=successor)
    dialog.get_by_role("button", name="Leave", exact=True).click()
    page.wait_for_url("**/console/discussions")


def _post(page: Page, address: str, fields: dict[str, str]) -> int:
    """A request made by hand in somebody's page, with all that is theirs; gives its status."""
    return int(
        page.evaluate("async ([address, fields]) => (await comptoir.post(address, fields)).status", [address, fields])
    )
