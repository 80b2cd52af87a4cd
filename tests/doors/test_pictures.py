"""Doors: one's own picture, and everybody's. RELIABILITY H2: what is hostile is refused, and nothing of it kept."""

import io
import re
import socket
import time
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from portal.kernel import pictures
from portal.models import Person
from portal.storage import FOLDER
from tests import faces
from tests.conftest import Stage
from tests.doors.steps import Visit, fetch
from tests.kernel.test_pictures import HOSTILE
from tests.serving import cookie, install

HTMX = {"HX-Request": "true"}
SAVE, REMOVE = "/profile/picture", "/profile/picture/removal"
NAMES = (
    "../../../secret_key", "..\\..\\x.png", "/etc/passwd", "a.png\0.html", "x" * 5000 + ".png", "<script>.png",
    "%22; DROP TABLE.png", "\u202egnp.exe", "CON.png",
)  # fmt: skip


def test_a_picture_is_saved_seen_and_removed(visit: Visit) -> None:
    luc = visit("luc")
    assert _send(luc, faces.image()).location == "/profile?saved=picture"
    page = luc.get("/profile?saved=picture").text
    assert "Saved." in page
    (key,) = faces.addresses(page)
    for size, side in (("small", 96), ("large", 256)):
        answer = luc.get(f"/pictures/{key}/{size}")
        assert (answer.status_code, answer.mimetype) == (200, "image/webp")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert f"/pictures/{key}/" in page, side
    assert luc.post(REMOVE).location == "/profile?saved=picture"
    assert faces.addresses(luc.get("/profile").text) == set()
    assert luc.get(f"/pictures/{key}/small").status_code == 404


def test_with_scripts_the_answer_is_the_form_and_the_face(visit: Visit) -> None:
    luc = visit("luc")
    answer = _send(luc, faces.image(), headers=HTMX)
    assert answer.status_code == 200
    assert "<html" not in answer.text
    assert 'id="picture"' in answer.text
    assert 'hx-target=".you > .avatar"' in answer.text
    assert len(faces.addresses(answer.text)) == 1
    assert faces.addresses(luc.post(REMOVE, headers=HTMX).text) == set()


@pytest.mark.parametrize("name", HOSTILE)
def test_what_is_no_picture_is_refused_in_words_and_nothing_is_kept(site: Flask, visit: Visit, name: str) -> None:
    marie, before = visit("marie"), _files(site)
    for headers in ({}, HTMX):
        answer = _send(marie, HOSTILE[name], headers=headers)
        assert answer.status_code == (413 if name == "too many bytes" else 422)
        assert 'role="alert"' in answer.text
        assert ("<html" in answer.text) is (headers == {})
    assert _files(site) == before
    assert _face(site, "marie")


def test_the_refusal_is_in_the_persons_language_and_the_page_keeps_the_rest(visit: Visit) -> None:
    marie = visit("marie")
    marie.post("/profile", data={"name": "Marie D.", "language": "fr", "time_zone": "Europe/Paris"})
    page = _send(marie, b"hello").text
    assert '<html lang="fr"' in page
    assert "Choisissez un fichier PNG, JPEG, GIF ou WebP." in page
    assert 'value="Marie D."' in page
    assert "5\u00a0Mo" in _send(marie, bytes(pictures.BYTES + 1)).text


@pytest.mark.parametrize("name", NAMES)
def test_the_name_of_a_file_is_never_used(site: Flask, visit: Visit, name: str) -> None:
    luc, before = visit("luc"), _files(site)
    answer = _send(luc, faces.image(), name=name, headers=HTMX)
    assert answer.status_code == 200
    made = _files(site) - before
    assert len(made) == 2
    assert all(re.fullmatch(r"[a-z2-7]{2}/[a-z2-7]{26}", path) for path in made)
    assert name[:40] not in luc.get("/profile").text


def test_a_header_that_says_picture_makes_none(visit: Visit) -> None:
    for kind in ("image/png", "image/webp"):
        sent = {"picture": (io.BytesIO(b"<script>alert(1)</script>"), "a.png", kind)}
        assert visit("luc").post(SAVE, data=sent).status_code == 422
    sent = {"picture": (io.BytesIO(faces.image()), "page.html", "text/html")}
    assert visit("luc").post(SAVE, data=sent).status_code == 303


def test_a_form_without_file_or_with_ten_thousand_parts_is_refused(visit: Visit) -> None:
    luc = visit("luc")
    nothing_chosen = {"picture": (io.BytesIO(), "", "application/octet-stream")}
    for form in ({}, {"picture": "words"}, nothing_chosen):
        answer = luc.post(SAVE, data=form, content_type="multipart/form-data")
        assert (answer.status_code, "Choose a picture first." in answer.text) == (422, True)
    parts = MultiDict((f"part{number}", "x") for number in range(10_000))
    begun = time.monotonic()
    assert luc.post(SAVE, data=parts, content_type="multipart/form-data").status_code == 413
    files = {f"picture{number}": (io.BytesIO(b"x"), "x.png") for number in range(10_000)}
    assert luc.post(SAVE, data=files).status_code == 413
    assert time.monotonic() - begun < 20


def test_only_this_form_takes_so_much(visit: Visit) -> None:
    """5 MB for a picture are 5 MB for a picture; a message, a name or a sign-in have a fifth of that."""
    marie, big = visit("marie"), bytes(2 * 2**20)
    assert _send(marie, faces.image() + big).status_code == 303
    for path in ("/profile", "/login"):
        sent = {"picture": (io.BytesIO(big), "a.png")}
        assert marie.post(path, data=sent).status_code == 413, path


def test_pictures_are_limited_for_each_person(visit: Visit) -> None:
    luc = visit("luc")
    assert [_send(luc, b"hello").status_code for _ in range(21)] == [422] * 20 + [429]
    assert _send(visit("marie"), b"hello").status_code == 422


def test_what_is_not_yours_is_what_is_not_there(site: Flask, stage: Stage, visit: Visit) -> None:
    """RELIABILITY S6: missing, forbidden, of another size, or asked for by nobody: one answer."""
    face, there = stage.world.faces["hugo"], "/pictures/{}/small"
    assert visit("ines").get(there.format(face)).status_code == 200
    for name in ("marie", "zoe", "rosa", None, "dora"):
        browser = visit(name)
        theirs, nobodys = (browser.get(there.format(key)) for key in (face, "a" * 26))
        assert theirs.status_code == nobodys.status_code == 404, name
        assert _same(theirs, face) == _same(nobodys, "a" * 26)
        assert theirs.headers["Cache-Control"] == "private, no-store"


def test_a_body_of_64_mb_ends_at_once(stage: Stage, tmp_path: Path) -> None:
    """Told by its head alone; the server goes on, and nothing of it stays on the disk."""
    server = install(stage, tmp_path / "server").start()
    try:
        with server.beside() as app:
            biscuit = cookie(app, stage.secrets["marie"])
        begun, answer = time.monotonic(), _pour(server.port, biscuit, 64 * 2**20)
        assert answer.startswith(b"HTTP/1.1 413"), answer[:100]
        assert time.monotonic() - begun < 10
        before = {path.name for path in (stage.world.files).rglob("*") if path.is_file()}
        assert {path.name for path in (server.var / FOLDER).rglob("*") if path.is_file()} == before
        assert server.mishaps() == []
    finally:
        server.stop()


def _send(browser: FlaskClient, content: bytes, name: str = "face.png", **more: object) -> TestResponse:
    return browser.post(SAVE, data={"picture": (io.BytesIO(content), name)}, **more)


def _files(site: Flask) -> set[str]:
    root = site.config["COMPTOIR"].var / FOLDER
    return {path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file()}


def _face(site: Flask, name: str) -> str | None:
    return fetch(site, select(Person.picture).where(Person.name.startswith(name.title())))


def _same(answer: TestResponse, key: str) -> str:
    return re.sub(r"[\w.-]{60,}", "", answer.text).replace(key, "")


def _pour(port: int, biscuit: str, size: int) -> bytes:
    """Begin to send a huge form, go on as long as it is taken, and give what was answered."""
    head = (
        f"POST {SAVE} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nCookie: {biscuit}\r\nContent-Length: {size}\r\n"
        "Content-Type: multipart/form-data; boundary=heron\r\n\r\n"
        '--heron\r\nContent-Disposition: form-data; name="picture"; filename="a.png"\r\n\r\n'
    )
    with socket.create_connection(("127.0.0.1", port), timeout=20) as link:
        link.sendall(head.encode() + bytes(2**20))
        return link.recv(4096)
