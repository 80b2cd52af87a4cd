"""Roles and rights: what an admin switches reaches open pages at once, and nothing of it reaches a client."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import console, fits, live, portal, row, shown, write
from tests.journeys.wire import Wire

People = Callable[..., Page]
RIGHTS = "/console/settings/rights"
FORBIDDEN = "status of 403"


@pytest.fixture(autouse=True)
def _as_it_was(backstage: Backstage) -> None:
    """The server is the whole file's: each journey begins in a firm that has decided nothing."""
    backstage.decide()


def test_a_co_owner_is_made_helps_and_is_none_while_the_firm_has_none(person: People, backstage: Backstage) -> None:
    """Adam switches co-owners on and off; Ines names Hugo, who adds Nina. Marie, in it, hears nothing."""
    key = backstage.discussion("hugo", "marie", title="Kitchen")
    marie = person("marie")
    wire = Wire(marie)
    portal(marie, key)
    ines, hugo = console(person("ines"), key), console(person("hugo"), key)
    adam = person("adam")
    naming = ines.get_by_role("button", name="Make Hugo Agent a co-owner")
    adding = hugo.get_by_role("button", name="Add participant")
    expect(naming).to_have_count(0)
    expect(adding).to_have_count(0)
    wire.settle()
    heard = len(wire.frames)

    _switch_co_owners(adam)
    entry(ines, "Hugo Agent").hover()
    naming.click()
    expect(ines.locator(".event").last).to_contain_text("Ines Agent made Hugo Agent a co-owner.")
    expect(entry(ines, "Hugo Agent")).to_contain_text("co-owner")
    expect(ines.get_by_role("button", name="Make Marie Delcourt a co-owner")).to_have_count(0)
    adding.click()
    dialog = hugo.get_by_role("dialog")
    dialog.get_by_label("Name or e-mail address").press_sequentially("nina")
    dialog.get_by_role("button", name="Nina Agent").click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    expect(ines.locator(".event").last).to_contain_text("Hugo Agent added Nina Agent.")
    assert backstage.members(key) == {"ines", "hugo", "marie", "nina"}
    expect(hugo.get_by_role("button", name="Remove Ines Agent")).to_have_count(0)
    expect(hugo.get_by_role("menuitem", name="Rename", include_hidden=True)).to_have_count(0)

    _switch_co_owners(adam)
    expect(adding).to_have_count(0)
    expect(entry(ines, "Hugo Agent")).not_to_contain_text("co-owner")
    _switch_co_owners(adam)
    expect(adding).to_be_visible()
    back = ines.get_by_role("button", name="Take back the co-ownership of Hugo Agent")
    entry(ines, "Hugo Agent").hover()
    back.focus()
    ines.keyboard.press("Enter")
    expect(ines.locator(".event").last).to_contain_text("Ines Agent took back the co-ownership of Hugo Agent.")
    expect(adding).to_have_count(0)
    expect(naming).to_be_focused()  # drawn anew in its place

    wire.settle()
    assert len(wire.frames) == heard, wire.frames[heard:]
    expect(marie.locator(".event")).to_have_count(0)
    write(ines, "Good morning")
    expect(shown(marie, "Good morning")).to_be_visible()
    for secret in ("co-own", "co_own", "Hugo", "Nina"):
        assert wire.holds(secret) == [], secret


def test_what_is_kept_from_agents_goes_from_their_open_pages(person: People, backstage: Backstage) -> None:
    """Adam keeps creating and inviting for admins, and limits reach; Ines sees it happen, and is refused."""
    backstage.discussion("marie", title="Attic")
    listing, card = console(person("ines")), live(_people(person("ines", allow=[FORBIDDEN])))
    new, inviting = listing.locator("#new-discussion"), card.get_by_role("button", name="Invite a client")
    expect(new).to_be_visible()
    expect(inviting).to_be_visible()
    expect(_names(card)).to_contain_text(["Luc Delcourt", "Marie Delcourt", "Paul Brun"])

    adam = person("adam")
    adam.goto(RIGHTS)
    for name in ("Agents: Create discussions", "Agents: Invite clients"):
        switch = adam.get_by_role("switch", name=name)
        switch.focus()
        adam.keyboard.press("Space")
        expect(switch).not_to_be_checked()
    adam.get_by_label("Only their own clients").check()
    _save(adam)
    expect(new).to_be_hidden()
    listing.keyboard.press("c")
    expect(inviting).to_be_hidden()
    expect(_names(card).filter(has_text="Paul Brun")).to_have_count(0)
    expect(_names(card).filter(has_text="Marie Delcourt")).to_have_count(1)
    expect(card.locator("#people")).to_contain_text("You find the clients of your discussions")
    expect(listing.get_by_role("dialog")).to_have_count(0)
    assert _status(card, "/console/discussions/new") == (403, "Your firm keeps this for its admins. Ask one of them.")

    adam.goto("/console/people?face=staff")
    adam.get_by_role("button", name="Ines Agent").click()
    dialog = adam.get_by_role("dialog")
    dialog.get_by_label("Clients that they find").select_option("All clients of their brands")
    dialog.get_by_role("button", name="Save").click()
    expect(adam.get_by_role("dialog")).to_have_count(0)
    expect(_names(card).filter(has_text="Paul Brun")).to_have_count(1)
    adam.goto(RIGHTS)
    expect(adam.locator("#reach-exceptions")).to_contain_text("Ines Agent")
    expect(adam.get_by_role("switch", name="Agents: Create discussions")).not_to_be_checked()


def test_the_screen_without_scripts_and_on_a_phone(person: People, backstage: Backstage) -> None:
    """Plain forms all the way; Hugo, who is refused, is told why on a page."""
    key, other = (backstage.discussion("hugo", title="Cellar") for _ in range(2))
    backstage.leave("ines", key)
    backstage.take_over("olga", key)
    adam = person("adam", java_script_enabled=False, width=360, height=740)
    adam.goto("/console/settings")
    adam.get_by_role("link", name="Roles and rights").click()
    expect(adam).to_have_url(re.compile(f"{RIGHTS}$"))
    fits(adam)
    adam.get_by_role("switch", name="Agents: Create discussions").uncheck()
    adam.get_by_label("Owners may make colleagues co-owners").check()
    _save(adam)
    expect(adam.get_by_role("switch", name="Agents: Create discussions")).not_to_be_checked()
    expect(adam.get_by_label("Owners may make colleagues co-owners")).to_be_checked()
    record = adam.locator("#record tbody tr").first
    expect(record).to_contain_text("Olga Owner")
    expect(record).to_contain_text("A discussion of North")
    expect(adam.get_by_text("Cellar")).to_have_count(0)

    hugo = person("hugo", java_script_enabled=False, allow=[FORBIDDEN])
    hugo.goto("/console/discussions")
    expect(hugo.locator("#new-discussion")).to_be_hidden()
    hugo.goto("/console/discussions/new")
    expect(hugo.get_by_text("Your firm keeps this for its admins.")).to_be_visible()
    ines = person("ines", java_script_enabled=False)
    ines.goto(f"/console/discussions/{other}")
    ines.get_by_role("button", name="Make Hugo Agent a co-owner").click()
    expect(entry(ines, "Hugo Agent")).to_contain_text("co-owner")
    expect(row(ines, other)).to_be_visible()


def test_co_owners_are_offered_first_to_who_leaves(person: People, backstage: Backstage) -> None:
    """Ines leaves; Nina, a co-owner, stands before Hugo among those who may take over."""
    backstage.decide(co_owners=True)
    key = backstage.discussion("hugo", "nina", title="Gate")
    backstage.share("ines", key, "nina")
    # What her page was asking for as she left is not hers any more.
    ines = console(person("ines", allow=["status of 404"]), key)
    ines.locator(".pane-head").get_by_role("button", name="More").click()
    ines.get_by_role("menuitem", name="Leave…").click()
    options = ines.get_by_label("Who takes over").locator("option")
    expect(options).to_have_text(["Nina Agent (co-owner)", "Hugo Agent", "Nobody: it goes to the admins’ list"])
    ines.get_by_role("dialog").get_by_role("button", name="Leave", exact=True).click()
    ines.wait_for_url("**/console/discussions")
    assert backstage.owner(key) == "nina"


def entry(page: Page, name: str) -> Locator:
    """Somebody's line among the participants."""
    return page.locator("#participants li").filter(has_text=name)


def _switch_co_owners(page: Page) -> None:
    page.goto(RIGHTS)
    page.get_by_label("Owners may make colleagues co-owners").click()
    _save(page)


def _save(page: Page) -> None:
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Saved. It holds at once, for everybody.")).to_be_visible()


def _people(page: Page) -> Page:
    page.goto("/console/people")
    return page


def _names(page: Page) -> Locator:
    return page.locator("#people .person .names > span")


def _status(page: Page, address: str) -> tuple[int, str]:
    """What a request made by hand in somebody's page gets: its status and words."""
    status, text = page.evaluate(
        """async (address) => {
          const response = await fetch(address, {headers: {"HX-Request": "true"}});
          const page = new DOMParser().parseFromString(await response.text(), "text/html");
          return [response.status, page.body.textContent.trim()];
        }""",
        address,
    )
    return int(status), str(text)
