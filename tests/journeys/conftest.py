"""Journeys: a real browser, the real server, two people or more. Nothing may go wrong unseen.

`person("ines")` is a page of somebody of the cast, signed in on a device of its own. What its console
says as an error, a script that fails, a breach of the CSP, a request that fails or a dialog of the
browser fails the test at its end, unless `allow` names it.
"""

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Error,
    Page,
    Playwright,
    Request,
    expect,
)

from portal.extensions import db
from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.serving import Server, cookie, install
from tools.browser import program

ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage")
PATIENCE = 8_000  # milliseconds that a page may take to show what it should
LEFT = "net::ERR_ABORTED"  # a page that was left, or a newer request that took another's place

expect.set_options(timeout=PATIENCE)

PersonMaker = Callable[..., Page]


def pytest_collection_modifyitems(items: Sequence[pytest.Item]) -> None:
    """Every test of this folder drives a browser.

    Where three browsers and servers share two cores, a page may be later than any patience: such a test is tried
    once more, and pytest's last line counts how often that was. What is wrong fails twice.
    """
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.flaky(reruns=1))


@pytest.fixture(scope="session")
def chromium(playwright: Playwright) -> Iterator[Browser]:
    """The browser of the machine, without a window."""
    browser = playwright.chromium.launch(executable_path=_program(), args=list(ARGUMENTS))
    yield browser
    browser.close()


@pytest.fixture(scope="module")
def installed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Server]:
    """How this file's server is made: on a copy of the cast. Those about mail have workers that work."""
    alone = {"WRITE_LIMIT": "1000 per minute", "WORKER": "apart"}
    return lambda: install(stage, tmp_path_factory.mktemp("journey"), **alone)


@dataclass
class Premises:
    """The server that a file's journeys share, and a second process on its database, in effect."""

    install: Callable[[], Server]
    server: Server = field(init=False)
    beside: Flask = field(init=False)
    _running: ExitStack = field(default_factory=ExitStack)

    def begin(self) -> None:
        """Start it on a fresh copy of the cast, in place of the one before."""
        self.end()
        self.server = self.install().start()
        self._running.callback(_stop, self.server)
        self.beside = self._running.enter_context(self.server.beside())

    def end(self) -> None:
        """Put it away; fails where it met an error of ours."""
        self._running.close()


def _stop(server: Server) -> None:
    server.stop()
    assert server.mishaps() == []


@pytest.fixture(scope="module")
def premises(installed: Callable[[], Server]) -> Iterator[Premises]:
    """One gunicorn for the file."""
    premises = Premises(installed)
    premises.begin()
    yield premises
    premises.end()


@pytest.fixture
def server(premises: Premises, request: pytest.FixtureRequest) -> Server:
    """The file's server; a new one where a journey is tried again, so that it does not meet what it left."""
    if getattr(request.node, "execution_count", 1) > 1:
        premises.begin()
    return premises.server


@pytest.fixture
def beside(premises: Premises, server: Server) -> Flask:
    """A second process on the server's database, in effect."""
    return premises.beside


@pytest.fixture
def backstage(beside: Flask, stage: Stage) -> Iterator[Backstage]:
    """What happens without a page: discussions prepared, and colleagues who act elsewhere."""
    yield Backstage(stage.world)
    db.session.remove()


@dataclass
class Watch:
    """What went wrong in the pages of one test."""

    troubles: list[str] = field(default_factory=list)

    def over(self, page: Page, name: str, allow: Sequence[str]) -> None:
        """Listen to a page; `allow` are patterns of what it may say."""

        def note(words: str) -> None:
            if not any(re.search(pattern, words) for pattern in allow):
                self.troubles.append(f"{name}: {words}")

        page.on("console", lambda said: _on_console(said, note))
        page.on("pageerror", lambda error: note(f"script failed: {error}"))
        page.on("requestfailed", lambda request: _on_failure(request, note))
        page.on("dialog", lambda dialog: _on_dialog(dialog, note))


@pytest.fixture
def watch() -> Iterator[Watch]:
    """Fails the test at its end when a page of it was in trouble."""
    watch = Watch()
    yield watch
    assert not watch.troubles, "\n".join(watch.troubles)


@pytest.fixture
def person(
    chromium: Browser, server: Server, beside: Flask, stage: Stage, watch: Watch, request: pytest.FixtureRequest
) -> Iterator[PersonMaker]:
    """`person("ines")`: a page in which Ines is signed in, in a browser of its own; of None, nobody is.

    `allow` names the trouble that is meant; `width`, `height`, `color_scheme`, `locale` and whatever
    else a browser context takes say how they look at it.
    """
    opened: list[BrowserContext] = []

    def open_page(
        name: str | None,
        *,
        locale: str = "en-GB",
        width: int = 1280,
        height: int = 800,
        allow: Sequence[str] = (),
        **more: Any,
    ) -> Page:
        context = chromium.new_context(
            base_url=server.url,
            locale=locale,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            timezone_id="Europe/Paris",
            **more,
        )
        opened.append(context)
        context.set_default_timeout(PATIENCE)
        if name is not None:
            _sign_in(context, beside, server, stage.world.cookie_secret(name))
        page = context.new_page()
        watch.over(page, name or "a stranger", allow)
        return page

    yield open_page
    for context in opened:
        with suppress(Error):
            context.close()


def _sign_in(context: BrowserContext, app: Flask, server: Server, secret: str) -> None:
    name, _, value = cookie(app, secret).partition("=")
    db.session.remove()
    context.add_cookies([{"name": name, "value": value, "url": server.url, "httpOnly": True, "sameSite": "Lax"}])


def _on_console(said: ConsoleMessage, note: Callable[[str], None]) -> None:
    if said.type == "error":
        note(f"console: {said.text} ({said.location.get('url', '')})")


def _on_failure(request: Request, note: Callable[[str], None]) -> None:
    if request.failure != LEFT:
        note(f"request failed: {request.method} {request.url} {request.failure}")


def _on_dialog(dialog: Dialog, note: Callable[[str], None]) -> None:
    note(f"dialog of the browser: {dialog.type} {dialog.message}")
    dialog.dismiss()


def _program() -> str:
    if found := program():
        return found
    missing = "no browser: install chromium, or name one in CHROMIUM"
    if os.environ.get("CI"):
        pytest.fail(missing)
    pytest.skip(missing)
