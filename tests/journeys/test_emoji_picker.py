"""SPEC M1: the emoji picker, loaded when it is first wanted; by keyboard, by touch, in the reader's language."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, Route, expect

from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, fits, portal, reads
from tests.journeys.test_access import Axe, axe

__all__ = ["axe"]

People = Callable[..., Page]
KEPT = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
FOCUSED = "document.activeElement.ariaLabel"


def picker(page: Page) -> Locator:
    """The dialog."""
    return page.locator(".emoji-picker")


def test_it_is_loaded_when_it_is_first_wanted_and_once(person: People, backstage: Backstage) -> None:
    """A page that opens none asks for none of its parts."""
    key = backstage.discussion("marie")
    ines = person("ines")
    asked: list[str] = []
    ines.on("request", lambda request: asked.append(request.url))
    console(ines, key)
    composer(ines).fill("hello")
    assert [url for url in asked if "emoji" in url] == []
    for _ in range(2):
        ines.get_by_role("button", name="Emoji").click()
        expect(picker(ines).get_by_role("gridcell", name="grinning face", exact=True)).to_be_visible()
        ines.keyboard.press("Escape")
        expect(picker(ines)).to_be_hidden()
        expect(composer(ines)).to_be_focused()
    parts = sorted(url.split("/static/")[1].partition("?")[0] for url in asked if "emoji" in url)
    assert parts == ["css/emoji-picker.css", "js/emoji-names.js", "js/emoji-picker.js", "vendor/emojibase/en.json"]


def test_an_emoji_is_found_and_put_at_the_caret_by_keyboard(person: People, backstage: Backstage) -> None:
    """From `/emoji` on: words find it, Enter takes it, the caret stands behind it, undo works, it stands first next."""
    key = backstage.discussion("marie")
    marie, ines = portal(person("marie"), key), console(person("ines"), key)
    field, keys = composer(marie), marie.keyboard
    field.press_sequentially("Well done and thanks")
    for _ in "and thanks":
        keys.press("ArrowLeft")
    keys.type("/emoji")
    keys.press("Enter")
    expect(marie.get_by_label("Search emoji")).to_be_focused()
    keys.type("party pop")
    expect(picker(marie).get_by_role("gridcell").first).to_have_accessible_name("party popper")
    expect(picker(marie).get_by_role("status")).to_contain_text("Emoji found:")
    keys.press("Enter")
    expect(field).to_be_focused()
    expect(field).to_have_value("Well done 🎉and thanks")
    keys.type(" ")
    expect(field).to_have_value("Well done 🎉 and thanks")
    keys.press("Control+z")
    keys.press("Control+z")
    expect(field).to_have_value("Well done and thanks")
    marie.get_by_role("button", name="Emoji").click()
    expect(picker(marie).get_by_role("tab", selected=True)).to_have_accessible_name("Used last")
    picker(marie).get_by_role("gridcell", name="party popper").click()
    expect(field).to_have_value("Well done 🎉and thanks")
    keys.press("Enter")
    reads(ines, "Well done 🎉and thanks")


def test_arrows_walk_through_categories_and_rows(person: People, backstage: Backstage) -> None:
    """One stop of the Tab key each for search, categories, emoji and tone; letters go to the search."""
    marie = portal(person("marie"), backstage.discussion("marie"))
    keys = marie.keyboard
    marie.get_by_role("button", name="Emoji").click()
    tabs, cells = picker(marie).get_by_role("tab"), picker(marie).get_by_role("gridcell")
    expect(cells.first).to_be_visible()
    names = cells.evaluate_all("cells => cells.slice(0, 20).map((cell) => cell.ariaLabel)")
    keys.press("ArrowDown")
    assert marie.evaluate(FOCUSED) == names[0]
    for key, name in (
        ("ArrowRight", names[1]),
        ("ArrowDown", names[9]),
        ("End", names[15]),
        ("Home", names[8]),
        ("ArrowUp", names[0]),
    ):
        keys.press(key)
        assert marie.evaluate(FOCUSED) == name, key
    expect(picker(marie).locator(".emoji-shown")).to_contain_text("Grinning face")
    keys.press("ArrowUp")
    expect(marie.get_by_label("Search emoji")).to_be_focused()
    keys.press("ArrowDown")
    keys.press("Shift+Tab")
    expect(tabs.first).to_be_focused()
    keys.press("ArrowRight")
    expect(tabs.nth(1)).to_be_focused()
    expect(picker(marie).get_by_role("tab", selected=True)).to_have_accessible_name("People")
    expect(cells.first).to_have_accessible_name("waving hand")
    keys.press("End")
    expect(tabs.last).to_be_focused()
    keys.press("Tab")
    assert marie.evaluate("document.activeElement.role") == "gridcell"
    keys.type("unic")
    expect(marie.get_by_label("Search emoji")).to_have_value("unic")
    expect(cells).to_have_count(1)
    keys.press("ArrowDown")
    keys.press("Enter")
    expect(composer(marie)).to_have_value("🦄")


def test_a_tone_is_chosen_once(person: People, backstage: Backstage) -> None:
    """It stays for those that take one, and for no others; also chosen while their names are on their way."""
    key = backstage.discussion("marie")
    marie = portal(person("marie"), key)
    held: list[Route] = []
    marie.route("**/emojibase/*", lambda route: held.append(route), times=1)
    marie.get_by_role("button", name="Emoji").click()
    picker(marie).get_by_label("Skin tone").select_option("2")
    for route in held:
        route.continue_()
    marie.get_by_label("Search emoji").fill("thumbs up")
    expect(picker(marie).get_by_role("gridcell", name="thumbs up", exact=True)).to_have_text("👍🏼")
    portal(marie, key)
    for wish in ("thumbs up", "grinning face"):
        marie.get_by_role("button", name="Emoji").click()
        picker(marie).get_by_label("Skin tone").select_option("4")
        marie.get_by_label("Search emoji").fill(wish)
        picker(marie).get_by_role("gridcell", name=wish, exact=True).click()
        portal(marie, key)
    expect(composer(marie)).to_have_value("👍🏾😀")
    marie.get_by_role("button", name="Emoji").click()
    picker(marie).get_by_role("gridcell", name="thumbs up").click()  # among those used last, as it was used
    expect(composer(marie)).to_have_value("👍🏾😀👍🏾")


def test_on_a_french_phone_it_is_a_sheet(person: People, backstage: Backstage, axe: Axe) -> None:
    """At the bottom, as wide as the screen, with French names, found without accents; no keyboard jumps up."""
    key = backstage.discussion("luc")
    backstage.change("luc", language="fr")
    try:
        luc = portal(person("luc", width=360, height=740, has_touch=True, is_mobile=True, locale="fr-FR"), key)
        luc.get_by_role("button", name="Émoji").tap()
        cells = picker(luc).get_by_role("gridcell")
        expect(cells.first).to_have_accessible_name("visage rieur")
        expect(luc.get_by_label("Chercher un émoji")).not_to_be_focused()
        box = picker(luc).bounding_box()
        assert box is not None
        assert (box["x"], box["width"], round(box["y"] + box["height"])) == (0, 360, 740)
        assert min(cells.evaluate_all("cells => cells.map((cell) => cell.offsetWidth)")) >= 40
        fits(luc)
        axe.look(luc, "the picker")
        luc.get_by_label("Chercher un émoji").fill("coeur rou")
        expect(cells.first).to_have_accessible_name("cœur rouge")
        axe.look(luc, "what was found")
        cells.first.tap()
        expect(composer(luc)).to_have_value("❤️")
        expect(picker(luc)).to_be_hidden()
        luc.get_by_role("button", name="Émoji").tap()
        luc.touchscreen.tap(180, 60)  # beside it
        expect(picker(luc)).to_be_hidden()
    finally:
        backstage.change("luc", language="en")


def test_what_was_used_last_is_nobody_elses(person: People, backstage: Backstage) -> None:
    """Signing out forgets it, as it forgets what was typed."""
    marie = portal(person("marie"), backstage.discussion("marie"))
    marie.get_by_role("button", name="Emoji").click()
    picker(marie).get_by_role("gridcell", name="grinning face", exact=True).click()
    composer(marie).fill("")
    assert "😀" in marie.evaluate(KEPT)
    # The page forgets by itself: a browser heeds Clear-Site-Data over https only.
    signed_out = "form => form.dispatchEvent(new SubmitEvent('submit', {bubbles: true, cancelable: true}))"
    marie.locator('form[action="/logout"]').evaluate(signed_out)
    assert "😀" not in marie.evaluate(KEPT)


def test_without_a_line_it_says_so_and_comes_later(person: People, backstage: Backstage) -> None:
    key = backstage.discussion("marie")
    marie = portal(person("marie", allow=["net::ERR_FAILED", "Refused to"]), key)
    for part in ("**/emoji-picker.js*", "**/emojibase/*"):
        marie.route(part, lambda route: route.abort())
        composer(marie).fill("kept")
        marie.get_by_role("button", name="Emoji").click()
        expect(marie.locator(".toast")).to_contain_text("could not be reached")
        expect(picker(marie)).to_be_hidden()
        marie.unroute(part)
        marie.locator(".toast").get_by_role("button").click()
    marie.get_by_role("button", name="Emoji").click()
    expect(picker(marie).get_by_role("gridcell").first).to_be_visible()
    marie.keyboard.press("Escape")
    expect(composer(marie)).to_have_value("kept")
