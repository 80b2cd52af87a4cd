"""SPEC E8: in the demo, mails that are not sent are on a page. Anywhere else there is no such page."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices, outbox
from portal.mailer.house import House
from portal.mailer.outbox import Post
from portal.mailer.transport import Folder
from portal.models import Incoming
from tests.conftest import Stage
from tests.mailer.told import say

DEMO = {"DEMO": "1", "REPLY_ADDRESS": "reply@localhost"}


@pytest.fixture
def demo(theatre: Callable[..., Flask], stage: Stage) -> tuple[Flask, str]:
    """A demo in which Marie was sent a mail, and the name of that mail."""
    app = theatre(**DEMO)
    settings = app.config["COMPTOIR"]
    with app.app_context():
        notices.look()
        say(stage.world, "ines", "The plans are ready.")
        with clock.at(clock.now() + timedelta(minutes=2)):
            while notices.tell(House.of(settings)):
                pass
            while outbox.send(Post(Folder(settings.var / "mail"), House.of(settings))):
                pass
        db.session.remove()
    key = next(key for key in Folder(settings.var / "mail").kept(9) if "marie" in _raw(settings.var, key))
    return app, key


def test_everybodys_mails_are_listed_and_each_can_be_read(demo: tuple[Flask, str]) -> None:
    app, key = demo
    browser = app.test_client()
    assert "marie@example.com" in browser.get("/demo/mails").text
    page = browser.get(f"/demo/mails/{key}")
    assert "List-Unsubscribe" in page.text
    assert "The plans are ready." in page.text
    written = browser.get(f"/demo/mails/{key}/written")
    assert "The plans are ready." in written.text
    assert '<base target="_blank">' in written.text
    link = re.search(r'href="http://[^/]+(/l/[a-z2-7]{52})"', written.text)
    assert link is not None
    assert browser.get(link[1]).status_code == 200, "links in them work"


def test_what_is_shown_of_a_mail_may_do_nothing_but_open_its_links(demo: tuple[Flask, str]) -> None:
    app, key = demo
    policy = app.test_client().get(f"/demo/mails/{key}/written").headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "sandbox allow-popups" in policy
    assert "script" not in policy
    assert "frame-ancestors 'self'" in policy


def test_an_answer_comes_in_as_a_mail_program_would_send_it(demo: tuple[Flask, str]) -> None:
    app, key = demo
    answer = app.test_client().post(f"/demo/mails/{key}/answer", data={"body": "Thank you!"})
    assert answer.status_code == 303
    with app.app_context():
        (came,) = db.session.scalars(select(Incoming)).all()
        recipients = list(came.recipients)
        db.session.remove()
    assert re.fullmatch(r"reply\+[a-z2-7]{26}@localhost", recipients[0])


@pytest.mark.parametrize("key", ["a" * 26, "nothing", "..%2f..%2fsecret_key", "../secret_key"])
def test_there_are_no_others(demo: tuple[Flask, str], key: str) -> None:
    app, _ = demo
    for tail in ("", "/written"):
        assert app.test_client().get(f"/demo/mails/{key}{tail}").status_code == 404


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"DEMO": "0"},
        DEMO | {"SMTP_URL": "smtp://127.0.0.1:1", "MAIL_FROM": "p@example.com"},
        DEMO | {"PUBLIC_URL": "https://portal.example.com"},
    ],
)
def test_anywhere_else_there_is_no_such_page(theatre: Callable[..., Flask], settings: dict[str, str]) -> None:
    app = theatre(**settings)
    base = settings.get("PUBLIC_URL", "http://localhost")
    assert app.test_client().get("/demo/mails", base_url=base).status_code == 404
    assert app.test_client().get("/login", base_url=base).status_code == 200


def _raw(var: Path, key: str) -> str:
    return (var / "mail" / f"{key}.eml").read_text()
