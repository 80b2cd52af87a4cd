"""The pictures of the README, and those to look at: every screen, four widths, light and dark, both languages.

bin/screenshots            the README's pictures, into docs/pictures
bin/screenshots --all DIR  every screen, into DIR
"""

import argparse
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from portal import create_app
from portal.cli import demo
from portal.config import Settings
from portal.mailer.transport import Folder
from tests.serving import KEY, Server
from tools.browser import program
from tools.screens import FIRST, LINK, MAIL, ROW, SCREENS

PICTURES = Path(__file__).resolve().parent.parent / "docs" / "pictures"
WIDTHS = {1440: 900, 1024: 768, 768: 1024, 360: 740}


@dataclass(frozen=True)
class Shot:
    """One picture: a screen at a width, in a scheme."""

    name: str
    width: int
    scheme: str


README = (
    Shot("discussion", 1440, "light"),
    Shot("discussion", 1440, "dark"),
    Shot("command-bar", 1440, "light"),
    Shot("portal-discussion", 1440, "light"),
    Shot("portal-discussion", 360, "light"),
    Shot("portal-english", 360, "dark"),
    Shot("english", 1024, "light"),
    Shot("delivery", 1440, "light"),
    Shot("link", 360, "light"),
    Shot("mail", 360, "light"),
)


def main() -> None:
    """Serve a fresh demo, and photograph it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", metavar="DIR", type=Path, help="every screen, into DIR")
    parser.add_argument("--only", default="", help="screens whose name contains this")
    chosen = parser.parse_args()
    every = [Shot(name, width, scheme) for name in SCREENS for width in WIDTHS for scheme in ("light", "dark")]
    shots = [shot for shot in (every if chosen.all else README) if chosen.only in shot.name]
    target = chosen.all or PICTURES
    target.mkdir(parents=True, exist_ok=True)
    with serving_demo() as server, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for shot in shots:
            photograph(browser, server, shot, target / f"{shot.name}-{shot.width}-{shot.scheme}.png")
            print(f"{shot.name}, {shot.width} px, {shot.scheme}")
        browser.close()


@contextmanager
def serving_demo() -> Iterator[Server]:
    """A server on a fresh demo database, gone at the end."""
    with tempfile.TemporaryDirectory() as room:
        server = Server(Path(room), settings={"DEMO": "1", "REPLY_ADDRESS": "reply@example.com"})
        server.settings["PUBLIC_URL"] = server.url
        app = create_app(Settings.load(server.environment | {"COMPTOIR_SECRET_KEY": KEY}))
        with app.app_context():
            from flask_migrate import upgrade

            upgrade()
            demo.fill()
        server.start()
        try:
            yield server
        finally:
            server.stop()


def chromium() -> str:
    """Where the browser is."""
    found = program()
    if not found:
        raise SystemExit("Chromium is needed; set CHROMIUM to its path.")
    return found


def photograph(browser: Browser, server: Server, shot: Shot, target: Path) -> None:
    """Sign in as who the screen is of, open it, and keep the picture."""
    screen = SCREENS[shot.name]
    size = {"width": shot.width, "height": WIDTHS[shot.width]}
    context = browser.new_context(
        viewport=size,  # type: ignore[arg-type]
        color_scheme=shot.scheme,  # type: ignore[arg-type]
        timezone_id="Europe/Paris",
        device_scale_factor=2 if shot.width == 360 else 1,
    )
    page = context.new_page()
    if screen.who:
        _sign_in(page, server, screen.who)
    _open(page, server, screen.path)
    for button in screen.press:
        page.wait_for_selector(button, state="attached")
        page.locator(button).first.evaluate("button => button.click()")  # also where it is inside a menu
    page.wait_for_timeout(700)  # a button may lead to another page
    page.evaluate("document.fonts.ready")
    page.screenshot(path=target)
    context.close()


def _sign_in(page: Page, server: Server, who: str) -> None:
    page.goto(f"{server.url}/login")
    page.fill("input[name=email]", f"{who}@example.com")
    page.fill("input[name=password]", demo.PASSWORD)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(lambda url: not url.endswith("/login"))


def _open(page: Page, server: Server, path: str) -> None:
    kind, _, of = path.partition(":")
    if path == FIRST or f"{kind}:" == ROW:
        page.goto(f"{server.url}{'/console/discussions' if '/console' in page.url else '/'}")
        row = page.locator("#rows a.row", has_text=of).first
        page.goto(server.url + str(row.get_attribute("href")))
    elif f"{kind}:" in (LINK, MAIL):
        html = _mail(server, of)
        if f"{kind}:" == MAIL:
            page.set_content(html)
        else:
            page.goto(re.findall(r'href="([^"]+/l/[^"]+)"', html)[0])
    else:
        page.goto(server.url + path)


def _mail(server: Server, who: str) -> str:
    """What the newest mail about a discussion to somebody looks like."""
    folder = Folder(server.var / "mail")
    found = (mail for mail in map(folder.read, folder.kept(200)) if mail and who in mail["To"] and mail["Reply-To"])
    body = next(found).get_body(("html",))
    return str(body.get_content()) if body else ""


if __name__ == "__main__":
    main()
