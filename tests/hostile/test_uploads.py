"""H2: forms with files that are no forms, bombs, and names that are more than names. No 5xx, nothing kept."""

import io

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select

from portal.extensions import db
from portal.models import File, Message, Preview
from portal.queries import messages as stretches
from portal.web.uploads import TYPE
from tests import faces
from tests.conftest import Stage
from tests.doors.steps import Visit
from tests.sent import look_at_all, photo, post
from tests.world import World, token

HTMX = {"HX-Request": "true"}
NAMES = (
    "../../../secret_key", "..\\..\\x.png", "/etc/passwd", "a.png\0.html", "x" * 5000 + ".png",
    "<script>alert(1)</script>.png", "%22; DROP TABLE.png", "\u202egnp.exe", "CON.png", "\r\nSet-Cookie: a=b",
    '"; filename="x', "🦩" * 300, "", ".", "..",
)  # fmt: skip


@pytest.fixture
def world(play: Flask, stage: Stage) -> World:
    """The cast, in the play's context."""
    return stage.world


@pytest.mark.promise("H2")
def test_forms_that_are_none(play: Flask, world: World, browser_of: Visit) -> None:
    here, browser = f"/discussions/{world.permit}/messages", browser_of("marie")
    before = _counts()
    many = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\n1\r\n' for _ in range(10_000)
    )
    bodies = {
        "ten thousand parts": many + b"--x--\r\n",
        "ten thousand fields": many.replace(b'; filename="a"', b"") + b"--x--\r\n",
        "half a form": many[:300],
        "no end": b'--x\r\nContent-Disposition: form-data; name="upload"; filename="a"\r\n\r\n' + bytes(9000),
        "no head": b"--x\r\n\r\n\r\n--x--",
        "nonsense": bytes(range(256)) * 50,
        "nothing": b"",
    }
    for what, body in bodies.items():
        for kind in (
            "multipart/form-data; boundary=x",
            "multipart/form-data",
            f"multipart/form-data; boundary={'x' * 300}",
        ):
            answer = browser.post(here, data=body, content_type=kind, headers=HTMX)
            assert 400 <= answer.status_code < 500, (what, kind, answer.status_code)
    assert _counts() == before


@pytest.mark.promise("H2")
def test_names_are_nothing_but_names(world: World, browser_of: Visit) -> None:
    browser = browser_of("marie")
    for name in NAMES:
        begun = browser.post(f"/discussions/{world.permit}/uploads", data={"name": name, "size": "1"}, headers=HTMX)
        assert begun.status_code == 201, name
        key = begun.json["id"]
        _bring(browser, key, b"1")
        form = {"body": "", "token": token(), "files": key}
        shown = browser.post(f"/discussions/{world.permit}/messages", data=form, headers=HTMX)
        assert shown.status_code == 201, name
        assert "<script>alert" not in shown.text
        given = browser.get(f"/files/{key}")
        assert given.status_code == 200
        assert given.headers["Content-Disposition"].startswith("attachment")
        assert "a=b" not in given.headers.get("Set-Cookie", "")
        (file,) = stretches.page(world.viewer("marie"), world.permit).messages[-1].files
        assert file.name
        assert not set(file.name) & set("/\\\0\n\r")


@pytest.mark.promise("H2")
def test_bombs_cost_little_and_show_nothing(world: World) -> None:
    bombs = {
        "wide.png": faces.bomb(20_000, 4_000), "cut.jpg": photo()[:150], "pages.pdf": b"%PDF-1.7\n" + b"<<" * 200_000,
        "zeros.webp": b"RIFF\xff\xff\xff\xffWEBPVP8 " + bytes(1000), "loop.gif": b"GIF89a\xff\xff\xff\xff" + bytes(200),
    }  # fmt: skip
    post(world, "marie", *bombs.items())
    look_at_all()
    assert db.session.scalar(select(func.count()).select_from(Preview)) == 0
    files = stretches.page(world.viewer("ines"), world.permit).messages[-1].files
    assert [(file.name, file.coming) for file in files] == [(name, False) for name in bombs]


def _bring(browser: FlaskClient, key: str, content: bytes) -> None:
    headers = HTMX | {"Upload-Offset": "0"}
    assert (
        browser.post(f"/uploads/{key}", data=io.BytesIO(content), content_type=TYPE, headers=headers).status_code == 204
    )


def _counts() -> tuple[int, int]:
    db.session.rollback()
    nouns = (File, Message)
    first, second = (db.session.scalar(select(func.count()).select_from(noun)) or 0 for noun in nouns)
    return first, second
