"""RELIABILITY H1, read by a parser: no page, part, frame or refusal has an element that somebody typed."""

from collections.abc import Callable

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from portal.queries import facts
from tests.conftest import Stage
from tests.hostile import fields, payloads
from tests.hostile.audit import audit
from tests.hostile.stuffed import Stuffed
from tests.live.ears import listening, tell
from tests.promises import Figure, rounds

Browsers = Callable[[str | None], FlaskClient]
EVERYBODY = ("ines", "olga", "marie")
SAFE = (
    "<p>Hello <b>x</b></p>", '<a href="/x" hx-get="/y" hx-confirm="Remove window.pwned=1?">x</a>',
    '<script src="/static/x.js" defer></script>', '<p class="bubble prose"><a href="https://x" rel="ugc">x</a></p>',
    '<input value="window.pwned=1">', "<p>&lt;script&gt;window.pwned=1&lt;/script&gt;</p>",
)  # fmt: skip


@pytest.mark.promise("H1")
def test_the_reader_of_pages_knows_what_is_typed_from_what_is_ours(figure: Figure) -> None:
    """Each payload of HTML, put into a page as it is, is found; what pages of ours have is not."""
    typed = payloads.HTML + payloads.SVG + payloads.HTMX + payloads.MUTATION + payloads.CSS
    found = [bool(audit(f"<p>{payload}</p>")) for payload in typed if "<" in payload and len(payload) > 12]
    in_a_message = [bool(audit(f'<div class="bubble prose">{payload}</div>')) for payload in payloads.CSS[:2]]
    assert all(found)
    assert all(in_a_message)
    assert [html for html in SAFE if audit(html)] == []
    figure(f"the reader of pages sees {len(found)} of {len(found)} payloads that stand in a page as they are")


@pytest.mark.promise("H1")
def test_no_page_and_no_part_has_what_somebody_typed(
    play: Flask, stage: Stage, browser_of: Browsers, figure: Figure
) -> None:
    """Every payload as whatever a person types: a message, a name, a file, a plan, an agreement …; both faces."""
    stuffed = Stuffed(stage.world)
    chosen = payloads.names()
    stuffed.texts(payloads.texts())
    stuffed.plans(payloads.texts()[:: rounds(16, 1)])
    stuffed.names(chosen[:: rounds(24, 1)])
    stuffed.call_all(payloads.HTML[7])
    seen = 0
    for name in EVERYBODY:
        viewer, browser = stage.world.viewer(name), browser_of(name)
        for path in fields.pages(name, stuffed, viewer):
            seen += _look(browser, path, {})
        for path in fields.fragments(name, stuffed, viewer):
            seen += _look(browser, path, fields.HTMX)
        db.session.remove()
    stored = f"{stuffed.taken} payloads stored ({stuffed.refused} refused)"
    figure(f"{stored}, {seen} pages and parts read: 0 elements of theirs")


@pytest.mark.promise("H1")
def test_no_frame_has_what_somebody_typed(play: Flask, stage: Stage, figure: Figure) -> None:
    stuffed = Stuffed(stage.world)
    stuffed.begin()
    with listening(stage.world, "ines", "marie") as ears:
        cursor = facts.newest()
        stuffed.texts(payloads.texts()[:: rounds(6, 1)])
        stuffed.plans(payloads.texts()[:: rounds(30, 1)])
        stuffed.names(payloads.names()[:: rounds(30, 1)])
        tell(cursor)
        heard = [words for ear in ears.values() for words in ear.heard() if not words.startswith("{")]
    found = [(words[:200], bad) for words in heard if (bad := audit(words))]
    assert found == []
    assert len(heard) > 60
    figure(f"{len(heard)} frames read: 0 elements of theirs")


@pytest.mark.promise("H1")
def test_nothing_that_is_asked_comes_back_as_it_was(
    play: Flask, stage: Stage, browser_of: Browsers, figure: Figure
) -> None:
    """In addresses, in what is looked for, and in forms that are refused: as a page and as a part."""
    seen = 0
    for name in (None, *EVERYBODY):
        browser = browser_of(name)
        for payload in payloads.sample(payloads.names(), rounds(1, 1000)):
            for path in fields.asked(name, payload):
                seen += _look(browser, path, {}) + _look(browser, path, fields.HTMX)
            for path, form in fields.forms(name, payload, stage.world.permit):
                seen += _send(browser, path, form)
    figure(f"{seen} answers to payloads in addresses and forms: 0 elements of theirs, 0 x 5xx")


def test_an_address_with_two_slashes_is_none(browser_of: Browsers) -> None:
    """Sent on to one with a single slash, who asked would read their own words in the answer."""
    for path in ("/static//css/base.css", "/login//", "/console//people", "/discussions//words; of theirs"):
        answer = browser_of("ines").get(path)
        assert answer.status_code == 404, path
        assert b"theirs" not in answer.data


def _send(browser: FlaskClient, path: str, form: dict[str, str]) -> int:
    safe = {key: value.encode("utf-8", "replace").decode() for key, value in form.items()}
    for headers in ({}, fields.HTMX):
        answer = browser.post(path, data=safe, headers=headers)
        assert answer.status_code < 500, path
        assert audit(answer.text) == [], (path, form["firm"])
    return 2


def _look(browser: FlaskClient, path: str, headers: dict[str, str]) -> int:
    answer = browser.get(path, headers=headers)
    assert answer.status_code < 500, path
    if answer.mimetype == "text/html":
        assert audit(answer.text) == [], path
    return 1
