"""The rules of the house for templates and addresses. Each says which rule was broken, where, and why it exists."""

import re

from flask import Flask

from portal.config import ROOT
from portal.extensions import csrf
from tests.conftest import Stage, signed_in

TEMPLATES = sorted(path for path in (ROOT / "templates").rglob("*") if path.is_file())
PAGES = {"layouts", "console", "client", "account", "errors"}  # rooms of whole pages; all others are shared


def test_no_template_has_script_or_style_in_it() -> None:
    """The Content-Security-Policy allows none, so that no text can ever become one."""
    rules = {
        "an inline script": r"<script(?![^>]*\ssrc=)[^>]*>",
        "an inline style": r"<style|\sstyle\s*=",
        "a handler": r"\son[a-z]+\s*=",
        "hx-on": r"hx-on",
        "a js: or javascript: value": r"[\"'\s](?:js|javascript):",
        "a filter on a trigger": r"hx-trigger=\"[^\"]*\[",
        "unsanitised output": r"\|\s*safe\b|autoescape\s+false",
    }
    for path in TEMPLATES:
        words = re.sub(r"\{[#%].*?[#%]\}", "", path.read_text(), flags=re.S)
        for what, rule in rules.items():
            if what == "an inline style" and path.parent.name == "mail":
                continue  # read in mail programs, which know no other; they have no scripts and no policy of ours
            assert not re.search(rule, words, re.I), f"{path.relative_to(ROOT)} has {what}"


def test_no_shared_partial_knows_who_is_looking() -> None:
    """It is rendered once for everybody of a face; what differs from person to person never enters it."""
    shared = [path for path in TEMPLATES if path.relative_to(ROOT / "templates").parts[0] not in PAGES]
    assert len(shared) > 30
    ambient = re.compile(r"\{[{%][^}]*\b(current_user|request|session|g|viewer|config)\b(?!')[.\[|\s}]")
    for path in shared:
        said = re.sub(r"'[^'{}]*'", "''", path.read_text())  # words that are shown name nobody
        assert not ambient.search(said), path.relative_to(ROOT)


def test_what_is_drawn_for_a_face_is_not_told_who_reads(play: Flask) -> None:
    """These are rendered for sockets too, once for all: `me` is nobody there."""
    for name in ("live/message.html", "live/messages.html", "messages/_message.html", "conversations/_row.html"):
        path = ROOT / "templates" / name
        if path.exists():
            assert not re.search(r"\{[{%][^}]*\bme\b", path.read_text()), name
    assert {"request", "session", "g", "config", "url_for"} & set(play.jinja_env.globals) == set()


# What machines post, which hold no cookie of anybody's: a mail program for its reader (RFC 8058), a provider's mail.
EXEMPT = {"portal.links.subscriptions.end", "portal.mailbox.webhook.take"}
OPEN = ("/unsubscribe/", "/mailbox")


def test_s8_no_write_is_exempt_from_the_token(play: Flask, stage: Stage) -> None:
    """A foreign page can make a browser send a form; it cannot know the token."""
    assert (csrf._exempt_views, csrf._exempt_blueprints) == (EXEMPT, set())
    play.config["WTF_CSRF_ENABLED"] = True
    writes = [
        (rule, method)
        for rule in play.url_map.iter_rules()
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}
    ]
    assert len(writes) > 30
    with play.test_request_context():
        paths = [
            (play.url_map.bind("").build(rule.endpoint, _some(rule.arguments), method), method)
            for rule, method in writes
        ]
    for name in (None, "marie", "ines"):
        browser = signed_in(play, stage, name)
        for path, method in paths:
            answer = browser.open(path, method=method)
            if path.startswith(OPEN) and not path.endswith("/undo"):
                assert answer.status_code in {401, 404, 410}, (name, path)
                continue
            assert answer.status_code == 400, (name, method, path)
            assert "out of date" in answer.text


def test_every_write_is_a_post_or_a_delete(play: Flask) -> None:
    """GET changes nothing, so that scanners and prefetching do no harm; PUT and PATCH no form can send."""
    methods = {method for rule in play.url_map.iter_rules() for method in rule.methods or ()}
    assert methods == {"GET", "HEAD", "OPTIONS", "POST", "DELETE"}


def _some(arguments: set[str]) -> dict[str, str]:
    return dict.fromkeys(arguments, "a" * 26)


def test_an_address_is_its_routes_whatever_stands_in_it(app: Flask) -> None:
    """Of ids it is put together from a shape that was built once."""
    template = app.jinja_env.from_string("{{ path('.discussion', key=key, at=at) }}")
    build = app.url_map.bind("").build
    for key in ("abc234", "a/b c", "é", "100%25", "QZkeyQZ", "x" * 60):
        for at in ("def567", "QZatQZ", "a&b=c", "", None):
            for face, door in (("staff", "console"), ("client", "client")):
                wanted = build(f"{door}.discussion", {"key": key, "at": at})
                assert template.render(face=face, key=key, at=at) == wanted.replace("&", "&amp;")
