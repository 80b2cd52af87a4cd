"""Nobody reads a language that is not theirs: templates say nothing by themselves, and French pages no English."""

import re
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from flask_babel import force_locale
from wtforms import IntegerField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.actions import people
from portal.web.forms import Form, options
from tests.conftest import Stage, signed_in
from tests.words import PLACEHOLDER, ROOT, french, shown

TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# The product's name, names of languages in themselves, an example of a host name, a way of counting time, a hash.
SAME_IN_ALL = {"Comptoir", "English", "Français", "portal.example.com", "UTC", "SHA-256"}

STAFF_PAGES = (
    "/console/discussions", "/console/discussions/{permit}", "/console/discussions?archived=1",
    "/console/discussions/new", "/console/people", "/console/people?face=staff", "/console/people?q=nobody",
    "/console/settings", "/console/settings/brands/new", "/console/ownerless", "/console/invitations/new?face=staff",
    "/console/invitations/new", "/console/discussions/{permit}/participants/new",
    "/console/discussions/{permit}/departure", "/console/discussions/{permit}/messages/{note}/publication",
    "/console/people/{marie}", "/profile", "/nowhere",
)  # fmt: skip
CLIENT_PAGES = (
    "/",
    "/discussions/{permit}",
    "/?archived=1",
    "/discussions/new",
    "/profile",
    "/nowhere",
    "/console/people",
)
STRANGER_PAGES = ("/login", "/invitations/none", "/nowhere")


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_templates_say_nothing_by_themselves(template: Path) -> None:
    source = re.sub(r"\{#.*?#\}|\{% block \w*class %\}.*?\{% endblock %\}", "", template.read_text(), flags=re.DOTALL)
    expressions = " ".join(re.findall(r"\{\{.*?\}\}|\{%.*?%\}", source, flags=re.DOTALL))
    translated = re.sub(r"\b(?:_|n?p?gettext)\((?:'[^']*'(?:,\s*)?)+", "", expressions)
    assert re.findall(r"'([A-Z]\w* \w[^']*)'", translated) == []
    bare = re.sub(r"\{\{.*?\}\}|\{%.*?%\}", "\ufffc", source, flags=re.DOTALL)
    words = {text for text in shown(bare) if re.search(r"[^\W\d_]{2}", text)}
    assert {re.sub(r"\ufffc|\(Ctrl\+\w\)", "", text).strip() for text in words} - SAME_IN_ALL - {""} == set()


def test_the_check_of_templates_finds_what_is_not_translated() -> None:
    page = (
        '<p>Hello</p><input placeholder="Your name"><kbd>Ctrl</kbd><script>let word = 1</script><b title="\ufffc">1</b>'
    )
    assert [text for text in shown(page) if text not in {"1", "\ufffc"}] == ["Hello", "Your name"]


@pytest.mark.parametrize(
    ("name", "pages"),
    [("olga", STAFF_PAGES), ("ines", STAFF_PAGES), ("marie", CLIENT_PAGES), (None, STRANGER_PAGES)],
    ids=["admin", "agent", "client", "stranger"],
)
def test_french_people_see_no_english(play: Flask, stage: Stage, name: str | None, pages: tuple[str, ...]) -> None:
    english = english_words()
    before = {page: words_on(signed_in(play, stage, name), stage, page) for page in pages}
    assert all(before[page] & english for page in pages), "the same pages in English have words of the list"
    if name:
        speak_french(stage, name)
    for page in pages:
        browser = signed_in(play, stage, name)
        assert words_on(browser, stage, page, "fr") & english == set(), page


def test_a_french_page_says_so(play: Flask, stage: Stage) -> None:
    for name, page in (("olga", "/console/discussions"), ("marie", "/")):
        assert '<html lang="en"' in signed_in(play, stage, name).get(page).text
        speak_french(stage, name)
        assert '<html lang="fr"' in signed_in(play, stage, name).get(page).text
    stranger = signed_in(play, stage, None)
    assert '<html lang="fr"' in stranger.get("/login", headers={"Accept-Language": "fr-CA, en;q=0.5"}).text
    assert '<html lang="en"' in stranger.get("/login", headers={"Accept-Language": "de"}).text


def test_forms_refuse_in_the_readers_language(play: Flask, stage: Stage) -> None:
    marie = signed_in(play, stage, "marie")
    form = {"title": "", "body": "Hello", "token": "a" * 32}
    assert "Please fill this in." in marie.post("/discussions", data=form).text
    speak_french(stage, "marie")
    assert "Remplissez ce champ." in marie.post("/discussions", data=form).text
    too_long = marie.post("/discussions", data=form | {"title": "x" * 121}).text
    assert "Saisissez 120 caractères au plus." in too_long
    answer = marie.post(f"/discussions/{stage.world.permit}/messages", data={"body": "x" * 10001, "token": "a" * 32})
    assert "Ce message compte 10\u202f001 caractères\u202f; la limite est de 10\u202f000." in answer.text


def test_what_wtforms_says_of_our_kinds_of_field_is_said_in_our_words(play: Flask) -> None:
    class Every(Form):
        needed = StringField(validators=[InputRequired()])
        short = StringField(validators=[Length(max=3)])
        long = StringField(validators=[Length(min=9)])
        choice = SelectField(choices=options(("a", "A")))
        whole = IntegerField()
        small = IntegerField(validators=[NumberRange(0, 9)])

    wrong = {"short": "abcd", "long": "abcd", "choice": "z", "whole": "x", "small": "10"}
    for language, ours in (("en", "Please fill this in."), ("fr", "Remplissez ce champ.")):
        with play.test_request_context(method="POST", data=wrong), force_locale(language):
            form = Every()
            assert not form.validate()
            assert form.needed.errors == [ours]
            texts = [str(text) for errors in form.errors.values() for text in errors]
        assert len(texts) == 6
        assert not [text for text in texts if "ield" in text or "valid" in text]


def english_words() -> set[str]:
    """What is said in English and would be said otherwise in French."""
    plain = [message for message in french() if isinstance(message.id, str) and not PLACEHOLDER.search(message.id)]
    same = {message.id for message in plain if message.id == message.string}
    return {message.id for message in plain if len(message.id) > 1} - same


def words_on(browser: FlaskClient, stage: Stage, page: str, language: str = "en") -> set[str]:
    """What people read or hear on a page, piece by piece."""
    address = page.format(permit=stage.world.permit, note=stage.world.note, marie=stage.world.keys["marie"])
    answer = browser.get(address, headers={"Accept-Language": language})
    assert answer.status_code in {200, 403, 404}, address
    return set(shown(answer.text))


def speak_french(stage: Stage, name: str) -> None:
    """They choose French in their profile."""
    viewer = stage.world.viewer(name)
    zone, sends = viewer.time_zone, viewer.enter_sends
    people.update_profile(viewer, name=viewer.name, language="fr", time_zone=zone, enter_sends=sends)
