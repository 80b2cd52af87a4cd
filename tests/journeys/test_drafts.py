"""What was typed and not sent outlives the page, and never the person."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import SIGNED_OUT, composer, console, row

People = Callable[..., Page]


def test_typed_words_wait_where_they_were_typed(person: People, backstage: Backstage) -> None:
    """One looks something up on another page, and in another discussion; a note comes back as a note."""
    first, second = backstage.discussion("marie"), backstage.discussion("marie", title="Bathroom")
    ines = console(person("ines"), first)
    ines.get_by_role("radio", name="Note").check()
    composer(ines).fill("She asked twice")
    row(ines, second).click()
    expect(composer(ines)).to_have_value("")
    ines.goto("/console/people")
    ines.goto(f"/console/discussions/{first}")
    expect(composer(ines)).to_have_value("She asked twice")
    expect(ines.get_by_role("button", name="Send to team only")).to_be_visible()
    composer(ines).press("Enter")
    expect(ines.locator(".stream .message.note")).to_contain_text("She asked twice")
    expect(ines.locator(".outbox .message")).to_have_count(0)
    ines.reload()
    expect(composer(ines)).to_have_value("")


def test_signing_out_forgets_them(person: People, backstage: Backstage) -> None:
    """The next person at this computer finds nothing."""
    key = backstage.discussion("marie")
    ines = console(person("ines", allow=SIGNED_OUT), key)
    composer(ines).fill("Between us")
    assert ines.evaluate("sessionStorage.length") > 0
    ines.locator('form[action="/logout"]').evaluate("form => form.requestSubmit()")
    ines.wait_for_url("**/login")
    assert "Between us" not in ines.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
