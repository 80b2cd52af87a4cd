"""Files from both sides: dropped, pasted, interrupted, taken out by a client; looked at, answered by staff (M7)."""

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tests import faces, sent
from tests.journeys.backstage import Backstage
from tests.journeys.steps import composer, console, portal, shown

People = Callable[..., Page]
PARTS = "**/uploads/*"
HOLD = """(node, [how, name, bytes]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([Uint8Array.from(bytes)], name));
  node.dispatchEvent(how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
    : new DragEvent(how, { dataTransfer: carried, bubbles: true, cancelable: true }));
}"""


def test_files_from_both_sides(person: People, backstage: Backstage, tmp_path: Path) -> None:
    """Marie drops a picture, pastes another, chooses a film and takes it out; the line breaks and comes back."""
    key = backstage.discussion("marie")
    ines = console(person("ines"), key)
    marie = portal(person("marie", allow=["net::ERR_FAILED", "status of 503"]), key)
    composer(marie).click()
    _hold(marie, "dragover", "roof.png", b"x")
    expect(marie.locator("#pane[data-dropping]")).to_be_visible()
    _hold(marie, "drop", "roof.png", faces.image("PNG", 90, 60, "teal"))
    _hold(marie, "paste", "wall.png", faces.image("PNG", 60, 90, "crimson"))
    _is_there(marie, "roof.png"), _is_there(marie, "wall.png")
    marie.route(PARTS, lambda route: route.abort())
    large = tmp_path / "plan.bin"
    large.write_bytes(bytes(1_300_000))
    marie.locator(".composer [name=upload]").set_input_files(large)
    expect(_bringing(marie, "plan.bin").get_by_text("Waiting for the connection")).to_be_visible()
    marie.locator(".composer [name=upload]").set_input_files({"name": "no.txt", "mimeType": "", "buffer": b"not this"})
    _bringing(marie, "no.txt").get_by_role("button", name="Take out").click()
    expect(_bringing(marie, "no.txt")).to_have_count(0)
    composer(marie).fill("The roof, at last")
    composer(marie).press("Enter")
    expect(marie.get_by_text("It is sent when its files are there.")).to_be_visible()
    expect(composer(marie)).to_have_value("The roof, at last")
    marie.unroute(PARTS)
    marie.evaluate("dispatchEvent(new Event('online'))")
    expect(shown(marie, "The roof, at last").locator(".attachments li")).to_have_count(3)
    expect(composer(marie)).to_have_value("")
    message = shown(ines, "The roof, at last")
    expect(message.locator(".thumb i")).to_have_count(2)
    high = message.bounding_box()
    backstage.look_at_files()
    for page in (ines, marie):
        _drawn(shown(page, "The roof, at last").locator(".thumb img"))
    assert (message.bounding_box() or {})["height"] == (high or {})["height"], "nothing moves when they come"
    _looks_at_pictures(ines)
    _answers_with_a_file(ines, marie)
    ines.get_by_role("link", name="All files").click()
    expect(ines.locator(".filed")).to_have_count(4)


def test_files_of_a_discussion_that_is_begun_are_shown_where_none_is_open(person: People, backstage: Backstage) -> None:
    """In the dialog over the list, and on the page of its own; they may be all that is said."""
    backstage.discussion("marie")
    marie = portal(person("marie"))
    marie.get_by_role("link", name="Write to us").click()
    photo = {"name": "roof.png", "mimeType": "", "buffer": faces.image("PNG", 90, 60, "teal")}
    for _ in range(2):
        marie.get_by_label("Attach files").set_input_files(photo)
        _is_there(marie, "roof.png")
        if marie.locator("dialog[open]").count():
            marie.goto("/discussions/new")
    marie.get_by_label("Subject").fill("The roof")
    marie.get_by_role("button", name="Send", exact=True).click()
    expect(marie.locator(".stream .attachments")).to_contain_text("roof.png")
    ines = console(person("ines"))
    for title, files in (("The roof", [photo]), ("Not a word", [])):  # to staff, a first message is free
        ines.goto("/console/discussions")
        ines.locator("#new-discussion").click()
        ines.get_by_label("Attach files").set_input_files(files or [photo])
        _is_there(ines, "roof.png")
        if not files:
            _bringing(ines, "roof.png").get_by_role("button", name="Take out").click()
            expect(_bringing(ines, "roof.png")).to_have_count(0)
        ines.get_by_label("Name", exact=True).fill(title)
        ines.get_by_role("button", name="Create", exact=True).click()
        expect(ines.locator("#pane")).to_contain_text(title)
        expect(ines.locator(".stream .attachments")).to_have_count(len(files))


def _looks_at_pictures(ines: Page) -> None:
    ines.locator(".thumb.image").first.click()
    viewer = ines.locator("dialog.viewer")
    expect(viewer.get_by_text("roof.png (1/2)")).to_be_visible()
    _drawn(viewer.locator("> img"))
    ines.keyboard.press("ArrowRight")
    expect(viewer.get_by_text("wall.png (2/2)")).to_be_visible()
    with ines.expect_download() as saved:
        viewer.get_by_role("link", name="Download").click()
    assert saved.value.suggested_filename == "wall.png"
    ines.keyboard.press("Escape")
    expect(viewer).to_have_count(0)
    expect(ines.locator(".thumb.image").last).to_be_focused()


def _answers_with_a_file(ines: Page, marie: Page) -> None:
    """Without a word; Marie saves it."""
    ines.locator(".composer [name=upload]").set_input_files({"name": "a.pdf", "mimeType": "", "buffer": sent.pdf()})
    _is_there(ines, "a.pdf")
    composer(ines).press("Enter")
    card = marie.locator(".message", has_text="a.pdf").locator(".attachments a")
    expect(card).to_be_visible()
    address = str(card.get_attribute("data-save") or card.get_attribute("href"))
    assert marie.request.get(address).body() == sent.pdf()


def _hold(page: Page, how: str, name: str, content: bytes) -> None:
    composer(page).evaluate(HOLD, [how, name, list(content)])


def _bringing(page: Page, name: str) -> Locator:
    return page.locator(".bringing", has_text=name)


def _is_there(page: Page, name: str) -> None:
    expect(page.locator('.bringing[data-state="done"]', has_text=name)).to_be_visible()


def _drawn(pictures: Locator) -> None:
    for picture in pictures.all():
        picture.page.wait_for_timeout(100)
        expect(picture).to_be_visible()
        assert picture.evaluate("async image => { await image.decode(); return image.naturalWidth > 1; }")
