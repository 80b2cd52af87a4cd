"""Files of messages on the page of a link: for a device that has given the code, and of that discussion alone (E3)."""

import io
from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.actions import participants
from portal.extensions import db
from portal.queries import messages as stretches
from portal.web.uploads import TYPE
from tests.links.desk import know, page, told
from tests.mailbox.desk import arrive, bound
from tests.mailbox.test_replies import with_files
from tests.sent import TEXT, look_at_all, photo, post
from tests.world import World, token

Anew = Callable[[], FlaskClient]


@pytest.fixture
def anew(app: Flask) -> Anew:
    """`anew()` is a browser that was never here."""
    return app.test_client


def test_a_file_opens_on_a_known_device_and_on_no_other(world: World, anew: Anew) -> None:
    file = _file(world)
    key = told(world)
    here = f"{page(key)}/files/{file}"
    stranger, browser = anew(), anew()
    refused = stranger.get(here)
    assert refused.status_code == 403
    assert refused.data != b"The plan"
    assert "text/html" in refused.headers["Content-Type"]
    know(browser, world, key)
    given = browser.get(here)
    assert given.status_code == 200
    assert given.data == b"The plan"
    assert given.headers["Content-Disposition"].startswith("attachment")
    assert "sandbox" in given.headers["Content-Security-Policy"]
    assert f"{here}" in browser.get(here.partition("/files")[0]).text
    assert browser.get(f"/files/{file}").status_code == 302, "the link's device is signed in nowhere"


def test_a_file_of_another_discussion_or_after_a_removal_is_nobody_s(world: World, anew: Anew) -> None:
    file, key = _file(world), told(world)
    browser = anew()
    know(browser, world, key)
    assert browser.get(f"{page(key)}/files/{file}").status_code == 200
    assert browser.get(f"{page(key)}/files/{world.permit}").status_code == 410
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    assert browser.get(f"{page(key)}/files/{file}").status_code == 410


def test_a_known_device_answers_with_files_and_sees_pictures(world: World, anew: Anew) -> None:
    (picture,) = post(world, "ines", ("roof.jpg", photo()))
    look_at_all()
    mail = told(world)
    here = page(mail)
    stranger, browser = anew(), anew()
    new = {"name": "plan.txt", "size": str(len(TEXT))}
    assert stranger.post(f"{here}/uploads", data=new).status_code == 403
    for what in ("", "/shown", "/preview"):
        assert stranger.get(f"{here}/files/{picture}{what}").status_code == 403
    assert "/preview" not in stranger.get(here).text
    know(browser, world, mail)
    for what, kind in (("/shown", "image/jpeg"), ("/preview", "image/webp")):
        assert browser.get(f"{here}/files/{picture}{what}").mimetype == kind
    assert f"{here}/files/{picture}/preview" in browser.get(here).text
    key = browser.post(f"{here}/uploads", data=new).json["id"]
    part = {"data": TEXT, "content_type": TYPE, "headers": {"Upload-Offset": "0"}}
    assert browser.post(f"{here}/uploads/{key}", **part).headers["Upload-Offset"] == str(len(TEXT))
    form = {"body": "", "token": token(), "files": key}
    assert browser.post(f"{here}/messages", data=form).status_code == 303
    assert browser.get(f"{here}/files/{key}").data == TEXT
    db.session.rollback()  # SQLite shows what was there when one began to read
    assert [file.id for file in stretches.page(world.viewer("ines"), world.permit).messages[-1].files] == [key]


def test_a_plain_form_of_a_link_sends_files_too(world: World, anew: Anew) -> None:
    browser, key = anew(), told(world)
    know(browser, world, key)
    form = {"body": "Here", "token": token(), "upload": [(io.BytesIO(TEXT), "a.txt")]}
    assert browser.post(f"{page(key)}/messages", data=form).status_code == 303
    db.session.rollback()
    assert stretches.page(world.viewer("ines"), world.permit).messages[-1].files[0].name == "a.txt"


def _file(world: World) -> str:
    """A file that came by mail."""
    arrive(with_files(bound(world, "marie"), "See it.", ("plan.txt", b"The plan")))
    (file,) = stretches.page(world.viewer("marie"), world.permit).messages[-1].files
    return file.id
