"""Profile pictures in real pages: chosen, dropped, pasted and refused; and seen by those who may see that face."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests import faces
from tests.journeys.backstage import Backstage
from tests.journeys.steps import console, fits, live, portal, shown, write

People = Callable[..., Page]
DRAWN = "image => image.complete && image.naturalWidth > 1"
HOLD = """(form, [how, bytes, kind]) => {
  const carried = new DataTransfer();
  carried.items.add(new File([Uint8Array.from(bytes)], "photo", { type: kind }));
  const event = how === "paste"
    ? new ClipboardEvent("paste", { clipboardData: carried, bubbles: true, cancelable: true })
    : new DragEvent(how, { dataTransfer: carried, bubbles: true, cancelable: true });
  form.dispatchEvent(event);
}"""


def test_a_new_face_is_seen_by_colleagues_and_by_the_client_it_wrote_to(person: People, backstage: Backstage) -> None:
    """Adam has none. He chooses one and writes; Marie, who reads it, sees his face, and so does Ines; Paul does not."""
    key = backstage.discussion("adam", "marie")
    others = backstage.discussion("paul", title="Elsewhere")
    adam, ines, paul = (person(name) for name in ("adam", "ines", "paul"))
    marie = person("marie", allow=["status of 404"])  # what her page asks for as she is removed is not hers any more
    console(ines, key), portal(marie, key), portal(paul, others)
    adam.goto("/profile")
    _choose(adam, faces.image("JPEG", 1600, 900, "crimson"))
    expect(adam.locator(".picture-form .avatar canvas")).to_be_visible()
    adam.get_by_role("button", name="Save the picture").click()
    _drawn(adam.locator(".picture-form .avatar img"))
    _drawn(adam.locator(".you .avatar img"))
    expect(adam.get_by_role("button", name="Remove the picture")).to_be_visible()
    write(console(adam, key), "A word from Adam")
    for reader in (ines, marie):
        face = shown(reader, "A word from Adam").locator(".avatar img")
        _drawn(face)
    address = str(face.get_attribute("src"))
    assert _status(marie, address) == 200
    assert _status(paul, address) == 404
    ines.reload()
    _drawn(live(ines).locator("#participants li", has_text="Adam").locator(".avatar img"))
    backstage.remove("marie", key)
    assert _status(marie, address) == 404


@pytest.mark.parametrize("how", ["drop", "paste"])
def test_a_picture_is_dropped_or_pasted_and_nothing_that_was_typed_is_lost(person: People, how: str) -> None:
    luc = person("luc")
    luc.goto("/profile")
    luc.get_by_label("Name", exact=True).fill("Luc, unsaved")
    form = luc.locator(".picture-form")
    if how == "drop":
        _hold(form, "dragover", faces.image())
        expect(form).to_have_attribute("data-over", "")
    _hold(form, how, faces.image(colour="gold"))
    expect(form).not_to_have_attribute("data-over", "")
    expect(form.locator("canvas")).to_be_visible()
    luc.get_by_role("button", name="Save the picture").click()
    _drawn(form.locator(".avatar img"))
    expect(luc.get_by_label("Name", exact=True)).to_have_value("Luc, unsaved")
    luc.get_by_role("button", name="Remove the picture").click()
    expect(luc.locator(".picture-form .avatar img, .you .avatar img")).to_have_count(0)
    expect(luc.locator(".you .avatar")).to_have_text("LD")
    expect(luc.get_by_label("Name", exact=True)).to_have_value("Luc, unsaved")


def test_a_phones_photo_is_made_small_before_it_is_sent(person: People, tmp_path: Path) -> None:
    """Larger than the limit as a file, it goes up in a moment."""
    luc, sent = person("luc"), []
    luc.on("request", lambda request: sent.append(request) if request.method == "POST" else None)
    luc.goto("/profile")
    photo = tmp_path / "photo.jpg"
    Image.effect_noise((2600, 2600), 90).convert("RGB").save(photo, "JPEG", quality=97)
    assert photo.stat().st_size > 5 * 2**20
    luc.get_by_label("New picture").set_input_files(photo)
    luc.get_by_role("button", name="Save the picture").click()
    _drawn(luc.locator(".picture-form .avatar img"))
    (request,) = sent
    assert int(request.header_value("content-length") or 10**9) < 2 * 2**20
    luc.get_by_role("button", name="Remove the picture").click()
    expect(luc.locator(".picture-form .avatar img")).to_have_count(0)


def test_what_is_no_picture_says_so_beside_the_field(person: People) -> None:
    luc = person("luc", allow=["status of 422"])
    luc.goto("/profile")
    luc.get_by_label("Name", exact=True).fill("Luc, unsaved")
    _choose(luc, b"<svg xmlns='http://www.w3.org/2000/svg'/>", "face.png")
    luc.get_by_role("button", name="Save the picture").click()
    expect(luc.locator("#picture").get_by_role("alert")).to_contain_text("This is no picture that can be read.")
    expect(luc.get_by_label("New picture")).to_have_attribute("aria-invalid", "true")
    _choose(luc, b"\x89PNG" + bytes(6 * 2**20), "face.png")
    expect(luc.locator("#picture").get_by_role("alert")).to_contain_text("at most 5 MB")
    expect(luc.get_by_label("Name", exact=True)).to_have_value("Luc, unsaved")


def test_without_scripts_it_is_a_plain_form(person: People) -> None:
    luc = person("luc", java_script_enabled=False, allow=["status of 422"])
    luc.goto("/profile")
    expect(luc.get_by_text("You can also drop or paste one here.")).to_be_hidden()
    _choose(luc, b"hello")
    luc.get_by_role("button", name="Save the picture").click()
    expect(luc.locator("#picture").get_by_role("alert")).to_be_visible()
    _choose(luc, faces.image("GIF"))
    luc.get_by_role("button", name="Save the picture").click()
    expect(luc.get_by_text("Saved.")).to_be_visible()
    expect(luc.locator(".you .avatar img")).to_have_count(1)
    luc.get_by_role("button", name="Remove the picture").click()
    expect(luc.locator(".you .avatar img")).to_have_count(0)


@pytest.mark.parametrize("width", [1440, 360])
def test_a_face_moves_nothing_and_where_it_fails_are_initials(person: People, backstage: Backstage, width: int) -> None:
    """The same box before it is there, with it, and where it cannot be loaded."""
    key = backstage.discussion("marie")
    for number in range(3):
        backstage.post("ines", key, f"Word {number}")
    boxes = []
    for lost in (False, True):
        marie = person("marie", width=width, allow=["status of 404", "Failed to load"])
        if lost:
            marie.route(re.compile("/pictures/"), lambda route: route.fulfill(status=404, body=""))
        portal(marie, key)
        face = marie.locator(".you .avatar")
        expect(face).to_contain_text("MD")
        boxes.append(_at_rest(marie))
        fits(marie)
    assert boxes[0] == boxes[1]


def _at_rest(page: Page) -> list[object]:
    """Where faces and messages are, once messages have been grouped."""
    last: list[object] = []
    while (found := [one.bounding_box() for one in page.locator(".avatar, .message").all()]) != last:
        last = found
        page.wait_for_timeout(200)
    return found


def _choose(page: Page, content: bytes, name: str = "face.png", kind: str = "image/png") -> None:
    page.get_by_label("New picture").set_input_files({"name": name, "mimeType": kind, "buffer": content})


def _hold(form: Locator, how: str, content: bytes) -> None:
    form.evaluate(HOLD, [how, list(content), "image/png"])


def _drawn(face: Locator) -> None:
    """The picture is there and has been loaded."""
    expect(face).to_be_visible()
    face.page.wait_for_function(f"element => ({DRAWN})(element)", arg=face.element_handle())


def _status(page: Page, address: str) -> int:
    return page.request.get(address).status
