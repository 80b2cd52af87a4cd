"""Files through the doors: brought by protocol and by plain form, saved, opened, previewed (M7, H2)."""

import io
from types import SimpleNamespace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.actions.files import MANY
from portal.drawing import draw
from portal.queries import messages as stretches
from portal.web.uploads import TYPE
from tests import sent
from tests.conftest import Stage
from tests.doors.steps import Visit
from tests.sent import TEXT, look_at_all, photo, post
from tests.world import World, token

HTMX = {"HX-Request": "true"}
SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"


@pytest.fixture
def world(play: Flask, stage: Stage) -> World:
    """The cast, in the play's context."""
    return stage.world


def test_a_file_is_brought_in_parts_and_sent(world: World, browser_of: Visit) -> None:
    browser = browser_of("marie")
    begun = browser.post(
        f"/discussions/{world.permit}/uploads", data={"name": "a.txt", "size": len(TEXT)}, headers=HTMX
    )
    assert (begun.status_code, begun.headers["Upload-Offset"]) == (201, "0")
    here = f"/uploads/{begun.json['id']}"
    first = _bring(browser, here, 0, TEXT[:5])
    assert (first.status_code, first.headers["Upload-Offset"]) == (204, "5")
    wrong = _bring(browser, here, 9, TEXT[9:])
    assert (wrong.status_code, wrong.headers["Upload-Offset"]) == (409, "5")
    asked = browser.get(here, headers=HTMX)
    assert (asked.headers["Upload-Offset"], asked.headers["Upload-Length"]) == ("5", str(len(TEXT)))
    assert _bring(browser, here, 5, TEXT[5:]).headers["Upload-Offset"] == str(len(TEXT))
    form = {"body": "", "token": token(), "files": begun.json["id"]}
    answer = browser.post(f"/discussions/{world.permit}/messages", data=form, headers=HTMX)
    assert answer.status_code == 201
    assert "a.txt" in answer.text
    assert browser.get(f"/files/{begun.json['id']}").data == TEXT
    assert browser_of("ines").get(f"/console/files/{begun.json['id']}").data == TEXT
    assert browser_of("luc").get(f"/files/{begun.json['id']}").status_code == 404


def test_a_first_message_may_be_files_alone_and_has_to_be_something(world: World, browser_of: Visit) -> None:
    browser = browser_of("marie")
    form = {"title": "Photos", "space": world.spaces["Delcourt"], "body": "", "token": token()}
    refused = browser.post("/discussions", data=form, headers=HTMX)
    assert refused.status_code == 422
    assert "required" in refused.text.partition("<textarea")[2].partition(">")[0]
    begun = browser.post("/uploads", data={"name": "a.txt", "size": len(TEXT)}, headers=HTMX)
    _bring(browser, f"/uploads/{begun.json['id']}", 0, TEXT)
    started = browser.post("/discussions", data=form | {"files": begun.json["id"]}, headers=HTMX)
    assert started.status_code == 201
    assert "a.txt" in browser.get(started.headers["HX-Redirect"]).text
    assert f'data-many="{MANY}"' in refused.text, "the page says what the server takes"


def test_who_may_start_nothing_brings_nothing_for_it(browser_of: Visit) -> None:
    """A client who was never added to a discussion (SPEC D11)."""
    begun = browser_of("luc").post("/uploads", data={"name": "a.txt", "size": len(TEXT)}, headers=HTMX)
    assert begun.status_code == 403


def test_staff_begin_a_discussion_with_words_and_files(world: World, browser_of: Visit) -> None:
    browser = browser_of("ines")
    asked = browser.get("/console/discussions/new", headers=HTMX).text
    assert 'data-uploads="/console/uploads"' in asked
    assert "required" not in asked.partition("<textarea")[2].partition(">")[0], "it may begin without a word"
    form = {"title": "Plans", "audience": "internal", "brand": world.brands["North"], "space": "", "token": token()}
    begun = browser.post("/console/uploads", data={"name": "a.txt", "size": len(TEXT)}, headers=HTMX)
    here = f"/console/uploads/{begun.json['id']}"
    _bring(browser, here, 0, TEXT)
    sending = form | {"body": "See.", "files": begun.json["id"]}
    created = [browser.post("/console/discussions", data=sending, headers=HTMX) for _ in range(2)]
    assert [answer.status_code for answer in created] == [201, 201]
    assert len({answer.headers["HX-Redirect"] for answer in created}) == 1
    assert "a.txt" in browser.get(created[0].headers["HX-Redirect"]).text
    other = browser.post("/console/discussions", data=sending | {"body": "Other."}, headers=HTMX)
    assert other.status_code == 409


def test_a_plain_form_of_staff_keeps_what_was_refused(world: World, browser_of: Visit) -> None:
    browser = browser_of("ines")
    form = {
        "title": "Plans",
        "audience": "shared",
        "brand": world.brands["North"],
        "space": "",
        "body": "Words that stay",
    }
    sending = form | {"token": token()} | _files(("good.txt", TEXT), ("empty.txt", b""))
    refused = browser.post("/console/discussions", data=sending)
    assert refused.status_code == 422
    assert "Words that stay" in refused.text
    assert "“empty.txt” is empty" in refused.text.partition("<textarea")[2], "said beside the message"
    kept = refused.text.partition('name="file" value="')[2][:26]
    again = browser.post("/console/discussions", data=form | {"token": token(), "file": kept})
    assert again.status_code == 303
    assert "good.txt" in browser.get(f"{again.location}/files").text


def test_what_is_brought_can_be_taken_back(world: World, browser_of: Visit) -> None:
    browser = browser_of("ines")
    for content in (TEXT[:4], TEXT):
        begun = browser.post(f"/console/discussions/{world.permit}/uploads", data={"name": "a", "size": len(TEXT)})
        here = f"/console/uploads/{begun.json['id']}"
        _bring(browser, here, 0, content)
        assert browser.delete(here).status_code == 204
        assert browser.get(here).status_code == 404
        assert _bring(browser, here, 4, b"x").status_code == 404


def test_a_plain_form_sends_its_files(world: World, browser_of: Visit) -> None:
    browser, form = browser_of("marie"), {"body": "See.", "token": token(), "kind": "text"}
    for _ in range(2):  # also when it is sent twice
        answer = browser.post(
            f"/discussions/{world.permit}/messages", data=form | _files(("a.txt", TEXT), ("b.txt", b"b"))
        )
        assert answer.status_code == 303
    shown = stretches.page(world.viewer("ines"), world.permit).messages
    assert [file.name for file in shown[-1].files] == ["a.txt", "b.txt"]
    assert shown[-2].body != "See."


def test_a_plain_form_that_is_refused_keeps_words_and_files(world: World, browser_of: Visit) -> None:
    browser = browser_of("marie")
    form = {"body": "Words that stay", "token": token()} | _files(("good.txt", TEXT), ("empty.txt", b""))
    refused = browser.post(f"/discussions/{world.permit}/messages", data=form)
    assert refused.status_code == 422
    assert "Words that stay" in refused.text
    assert "“empty.txt” is empty" in refused.text
    kept = refused.text.partition('name="file" value="')[2][:26]
    again = {"body": "Words that stay", "token": token(), "file": kept}
    assert browser.post(f"/discussions/{world.permit}/messages", data=again).status_code == 303
    assert stretches.page(world.viewer("ines"), world.permit).messages[-1].files[0].name == "good.txt"


def test_a_client_starts_with_a_plain_form(world: World, browser_of: Visit) -> None:
    browser = browser_of("marie")
    form = {"title": "Roof", "body": "It leaks.", "space": world.spaces["Delcourt"], "token": token()}
    answer = browser.post("/discussions", data=form | _files(("roof.jpg", photo())))
    assert answer.status_code == 303
    assert "roof.jpg" in browser.get(f"{answer.location}/files").text


def test_what_is_opened_can_do_nothing(world: World, browser_of: Visit) -> None:
    names = {
        "a.jpg": photo(), "b.pdf": sent.pdf(), "c.html": b"<script>alert(1)</script>",
        "d.svg": b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", "e.png": b"<!doctype html><script>",
        "f.wav": b"RIFF\x24\0\0\0WAVEfmt " + bytes(20),
    }  # fmt: skip
    keys = dict(zip(names, post(world, "ines", *names.items()), strict=True))
    look_at_all()
    browser = browser_of("marie")
    for name, key in keys.items():
        for address in (f"/files/{key}", f"/files/{key}/shown"):
            answer = browser.get(address)
            inline = address.endswith("/shown") and name in {"a.jpg", "b.pdf", "f.wav"}
            assert answer.data == names[name]
            assert answer.headers.get("Content-Disposition", "").startswith("attachment") != inline, address
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert answer.headers["Cache-Control"] == "private, no-store"
            policy = answer.headers["Content-Security-Policy"]
            assert policy == SANDBOX or name == "b.pdf"
            assert policy.startswith("default-src 'none'")
        if name not in {"a.jpg", "b.pdf", "f.wav"}:
            assert browser.get(f"/files/{key}/shown").mimetype == "application/octet-stream"
    assert browser.get(f"/files/{keys['a.jpg']}/shown").mimetype == "image/jpeg"
    assert browser.get(f"/files/{keys['f.wav']}/shown").mimetype == "audio/wav"


def test_a_preview_is_kept_and_asked_about(world: World, browser_of: Visit) -> None:
    (key,) = post(world, "ines", ("a.jpg", photo()))
    look_at_all()
    browser = browser_of("marie")
    first = browser.get(f"/files/{key}/preview")
    assert (first.mimetype, first.headers["Cache-Control"]) == ("image/webp", "private, no-cache")
    assert "Set-Cookie" not in first.headers
    known = {"If-None-Match": first.headers["ETag"]}
    assert browser.get(f"/files/{key}/preview", headers=known).status_code == 304
    assert browser_of("luc").get(f"/files/{key}/preview", headers=known).status_code == 404


def test_players_jump(world: World, browser_of: Visit) -> None:
    (key,) = post(world, "ines", ("a.wav", b"RIFF\x24\0\0\0WAVEfmt " + bytes(range(200))))
    browser = browser_of("marie")
    part = browser.get(f"/files/{key}/shown", headers={"Range": "bytes=16-19"})
    assert (part.status_code, part.data) == (206, bytes(range(4)))
    assert part.headers["Content-Range"] == "bytes 16-19/216"
    assert browser.get(f"/files/{key}/shown", headers={"Range": "bytes=900-"}).status_code == 416


def test_lists_and_rows_name_files(world: World, browser_of: Visit) -> None:
    post(world, "ines", ("a.txt", TEXT), ("b.txt", TEXT), body="")
    assert "2 files" in browser_of("marie").get("/", headers=HTMX).text
    page = browser_of("marie").get(f"/discussions/{world.permit}/files").text
    assert page.index("b.txt") < page.index("a.txt")
    assert f"at={stretches.page(world.viewer('marie'), world.permit).messages[-1].id}" in page
    assert "a.txt" in browser_of("hugo").get(f"/console/discussions/{world.permit}/files?few=1", headers=HTMX).text


def test_the_firm_s_limit_holds_before_anything_is_stored(play: Flask, world: World, browser_of: Visit) -> None:
    admin = browser_of("adam")
    for wrong in ("0", "501", "x", ""):
        assert admin.post("/console/settings/files", data={"limit": wrong}).status_code == 422
    assert admin.post("/console/settings/files", data={"limit": "1"}).status_code == 303
    browser = browser_of("marie")
    large = {"name": "film.mp4", "size": str(2**20 + 1)}
    refused = browser.post(f"/discussions/{world.permit}/uploads", data=large, headers=HTMX)
    assert refused.status_code == 413
    assert "at most 1 MB" in refused.text
    form = {"body": "Kept words", "token": token()} | _files(("film.mp4", bytes(2**20 + 1)))
    plain = browser.post(f"/discussions/{world.permit}/messages", data=form)
    assert plain.status_code == 413
    assert "Kept words" in plain.text
    assert (
        browser.post(f"/discussions/{world.permit}/messages", data=_files(("f", bytes(6 * 2**20)))).status_code == 413
    )
    stranger = play.test_client().post(f"/discussions/{world.permit}/messages", data=_files(("f", bytes(2**21))))
    assert stranger.status_code in {401, 413}, "of whom nobody knows, nothing large is read"


@pytest.mark.parametrize("name", ["ines", "marie"])
def test_nonsense_is_refused_in_words(world: World, browser_of: Visit, name: str) -> None:
    browser, door = browser_of(name), "/console" if name == "ines" else ""
    all_of = f"{door}/discussions/{world.permit}/uploads"
    for form in (
        {},
        {"name": "a"},
        {"name": "a", "size": "-1"},
        {"name": "a", "size": "9" * 30},
        {"name": "a", "size": "٣"},
    ):
        assert browser.post(all_of, data=form).status_code in {413, 422}
    key = browser.post(all_of, data={"name": "a", "size": "5"}).json["id"]
    here = f"{door}/uploads/{key}"
    assert browser.post(here, data=b"x", headers={"Upload-Offset": "0"}).status_code == 422
    for offset in ("", "-1", "x", "9" * 40):
        assert browser.post(here, data=b"x", content_type=TYPE, headers={"Upload-Offset": offset}).status_code == 422
    assert _bring(browser, here, 0, b"123456").status_code == 413
    assert _bring(browser, here, 0, bytes(2**20 + 1)).status_code == 413
    for files in ("x", "a" * 26, f"{key}", "\x00", f"{key} " * 30):
        form = {"body": "Hi", "kind": "text", "token": token(), "files": files}
        assert browser.post(f"{door}/discussions/{world.permit}/messages", data=form, headers=HTMX).status_code == 422


def _bring(browser: FlaskClient, here: str, offset: int, content: bytes) -> TestResponse:
    headers = HTMX | {"Upload-Offset": str(offset)}
    return browser.post(here, data=content, content_type=TYPE, headers=headers)


def _files(*files: tuple[str, bytes]) -> dict[str, object]:
    return {"upload": [(io.BytesIO(content), name) for name, content in files]}


def test_of_many_pictures_a_few_are_drawn_and_names_keep_their_ends(play: Flask) -> None:
    """Thirty would push everything else away; the viewer goes through all of them."""
    name = "Comparison of the windows to the north and west, corrected.pdf"
    pictures = [_file("image", f"{number}.jpg") for number in range(9)]
    for count, shown, rest in ((7, 7, 0), (9, 6, 3)):
        drawn = _attachments([_file("pdf", name), *pictures[:count]])
        assert drawn.count('class="rest"') == rest
        assert drawn.count('class="thumb image"') == shown + rest
        assert ('data-more="+3"' in drawn) == bool(rest)
    assert f"<span>{name[:-12]}</span><span>{name[-12:]}</span></bdi>" in drawn


def _file(look: str, name: str) -> SimpleNamespace:
    return SimpleNamespace(id=name, look=look, name=name, size=1, width=4, height=3, coming=False)


def _attachments(files: list[SimpleNamespace]) -> str:
    message = SimpleNamespace(files=files)
    return draw("messages/_attachments.html", "staff", "en", message=message)
