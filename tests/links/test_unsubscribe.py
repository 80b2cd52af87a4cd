"""SPEC E10: no more mails about a discussion by one click (RFC 8058), undone as simply, and by nobody's scanner."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from portal.actions import participants, people
from portal.extensions import db
from portal.models import Person
from tests.conftest import Stage, signed_in
from tests.doors.steps import blank
from tests.links.desk import everything, hence, link, mailed, notify, told
from tests.secrecy.writes import TOKEN
from tests.world import World

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
Anew = Callable[[], FlaskClient]


@pytest.fixture
def anew(app: Flask) -> Anew:
    """`anew()` is a browser that was never here."""
    return app.test_client


def test_looking_ends_nothing_and_the_button_does(app: Flask, world: World, anew: Anew) -> None:
    path, browser = _path(told(world)), anew()
    before = everything(app)
    for _ in range(3):
        assert browser.get(path).status_code == browser.head(path).status_code == 200
    assert everything(app) == before
    for _ in range(2):
        assert browser.post(path).status_code == 200
        assert notify(world) == "none"
    assert browser.post(f"{path}/undo").status_code == 200
    assert notify(world) == "all"


def test_a_mail_program_does_it_from_anywhere_and_that_alone(theatre: Callable[..., Flask], stage: Stage) -> None:
    """Without cookie, token or page of ours; what undoes it needs a page."""
    app = theatre()
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        path = _path(mailed(stage.world))
        db.session.remove()
    origins = ({}, {"Origin": "https://mail.example", "Sec-Fetch-Site": "cross-site"}, {"Origin": "null"})
    for headers in origins:
        for name in (None, "luc", "ines"):
            answer = signed_in(app, stage, name).post(path, data=ONE_CLICK, headers=headers)
            assert answer.status_code == 200
            assert "Set-Cookie" not in answer.headers or "_user_id" not in answer.headers["Set-Cookie"]
            with app.app_context():
                assert notify(stage.world) == "none"
            assert signed_in(app, stage, name).post(f"{path}/undo", headers=headers).status_code == 400
    browser = app.test_client()
    token = TOKEN.findall(browser.get(path).text)[0]
    assert browser.post(f"{path}/undo", data={"csrf_token": token}).status_code == 200
    with app.app_context():
        assert notify(stage.world) == "all"


def test_a_digests_ends_all_of_them(world: World, anew: Anew) -> None:
    path = _path(mailed(world, "hugo", "digest"))
    people.set_mails(world.viewer("hugo"), "digest")
    anew().post(path, data=ONE_CLICK)
    assert (_mails(world, "hugo"), notify(world, "hugo")) == ("none", "all")
    anew().post(f"{path}/undo")
    assert _mails(world, "hugo") == "digest"


def test_other_mails_end_nothing(world: World, anew: Anew) -> None:
    before = _mails(world, "marie"), notify(world)
    anew().post(_path(mailed(world, kind="invitation")), data=ONE_CLICK)
    assert (_mails(world, "marie"), notify(world)) == before


def test_who_left_is_told_nothing_and_comes_back_to_all(world: World, anew: Anew) -> None:
    """Nothing says that they were removed; and the wish was of the stay that is over."""
    path, ines = _path(told(world)), world.viewer("ines")
    seen = [blank(anew().get(path).text), blank(anew().post(path).text)]
    anew().post(f"{path}/undo")
    participants.remove(ines, world.permit, world.keys["marie"])
    assert [blank(anew().get(path).text), blank(anew().post(path).text)] == seen
    participants.add(ines, world.permit, world.keys["marie"], confirmed=True)
    assert notify(world) == "all"


def test_it_outlasts_the_link_and_a_year_is_enough(world: World, anew: Anew) -> None:
    path = _path(told(world))
    with hence(days=200):
        assert anew().get(path).status_code == 200
    with hence(days=367):
        assert anew().get(path).status_code == anew().post(path).status_code == 410
    assert notify(world) == "all"


def test_it_opens_nothing_else(world: World, anew: Anew) -> None:
    key = told(world)
    for path in (f"/l/{link(key, 'unsubscribe')}", f"/unsubscribe/{link(key)}", f"/sign-in/{link(key, 'unsubscribe')}"):
        assert anew().get(path).status_code == 410
    page = anew().get(_path(key)).text
    assert "Permit" not in page
    assert "Marie" not in page


def _path(key: str) -> str:
    return f"/unsubscribe/{link(key, 'unsubscribe')}"


def _mails(world: World, name: str) -> str | None:
    db.session.rollback()
    return db.session.scalar(select(Person.mails).where(Person.public_id == world.keys[name]))
