"""Static files and pages on their way: joined, squeezed, named by their content."""

import gzip
import re
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.web import TEMPLATES, squeeze
from portal.web.assets import BUNDLES, MINIFIED

GZIP = {"Accept-Encoding": "gzip, br"}
OPENED: dict[str | None, Callable[[bytes], bytes]] = {"br": brotli.decompress, "gzip": gzip.decompress, None: bytes}


@pytest.mark.parametrize("name", BUNDLES)
def test_a_bundle_is_its_files_in_order(play: Flask, name: str) -> None:
    answer = play.test_client().get(f"/static/{name}")
    folder, suffix = (Path(play.static_folder or "") / name).parent, Path(name).suffix
    places = []
    for part in BUNDLES[name].split():
        alone = MINIFIED[suffix]((folder / f"{part}{suffix}").read_bytes()).decode().strip(";\n")
        places.append(answer.text.index(alone[:400]))
    assert places == sorted(places)


def test_every_script_and_style_is_sent_by_some_page(play: Flask) -> None:
    """A file that no bundle and no template names is dead, or forgotten."""
    static, named = Path(play.static_folder or ""), " ".join(BUNDLES.values()).split()
    templates = "\n".join(path.read_text() for path in TEMPLATES.rglob("*.html"))
    for path in (*static.glob("css/*.css"), *static.glob("js/*.js")):
        assert path.stem in named or f"'{path.parent.name}/{path.name}'" in templates, path.name


@pytest.mark.parametrize(
    ("takes", "way"),
    [
        ("gzip, br", "br"),
        ("br", "br"),
        ("gzip", "gzip"),
        ("gzip, deflate, br;q=0", "gzip"),
        ("identity", None),
        ("", None),
    ],
)
def test_a_static_file_is_squeezed_for_who_takes_it(play: Flask, takes: str, way: str | None) -> None:
    browser = play.test_client()
    plain, sent = (
        browser.get("/static/css/all.css"),
        browser.get("/static/css/all.css", headers={"Accept-Encoding": takes}),
    )
    assert "Content-Encoding" not in plain.headers
    assert sent.headers.get("Content-Encoding") == way
    assert OPENED[way](sent.data) == plain.data
    assert {answer.headers["Vary"] for answer in (plain, sent)} == {"Accept-Encoding"}
    assert plain.content_type == sent.content_type == "text/css; charset=utf-8"


def test_a_font_is_sent_as_it_is(play: Flask) -> None:
    font = play.test_client().get("/static/vendor/inter/inter-latin.woff2", headers=GZIP)
    assert "Content-Encoding" not in font.headers
    assert font.content_type == "font/woff2"


@pytest.mark.parametrize("path", ["../app.py", "css/../../app.py", "%2e%2e/app.py", "css", "", "css/nothing.css"])
def test_nothing_else_of_the_disk_is_served(play: Flask, path: str) -> None:
    assert play.test_client().get(f"/static/{path}").status_code == 404


def test_a_long_page_is_squeezed_and_its_length_tells_little(browser_of: Callable[[str], FlaskClient]) -> None:
    marie = browser_of("marie")
    plain = marie.get("/")
    answers = [marie.get("/", headers=GZIP) for _ in range(12)]
    assert len(plain.data) > squeeze.LEAST["text/html"]
    assert len({len(answer.data) for answer in answers}) > 3, "the same page, by chance longer or shorter"
    for answer in answers:
        assert answer.headers["Content-Encoding"] == "gzip"
        assert _without_token(gzip.decompress(answer.data).decode()) == _without_token(plain.text)


def test_a_short_answer_is_not(browser_of: Callable[[str], FlaskClient]) -> None:
    assert "Content-Encoding" not in browser_of("marie").get("/nowhere", headers=GZIP | {"HX-Request": "true"}).headers


def _without_token(page: str) -> str:
    return re.sub(r'(content|value)="[\w.-]{60,}"|"X-CSRFToken": "[^"]+"', "", page)


def test_one_file_has_one_address(app: Flask) -> None:
    """By other names for it, a stranger would fill the memory."""
    browser = app.test_client()
    assert browser.get("/static/css/tokens.css").status_code == 200
    for other in (
        "css/./tokens.css",
        "css//tokens.css",
        "css/../css/tokens.css",
        "css/tokens.css/",
        "css/x/../tokens.css",
    ):
        assert browser.get(f"/static/{other}").status_code == 404, other
