"""RELIABILITY M5: mail scanners open every link of every mail, with a browser too. Nothing changes; the click works."""

import re
from collections.abc import Callable
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy import select

from portal.actions import challenges, invitations, people
from portal.extensions import db
from portal.mailer import codes, invitations as invited
from portal.mailer.building import build
from portal.mailer.house import House
from portal.models import Mail
from portal.queries import mails
from tests.conftest import Stage
from tests.journeys.conftest import PersonMaker
from tests.links import desk
from tests.promises import Figure, rounds
from tests.serving import Server, install

TIMES = 3
ADDRESS = re.compile(r"https?://[^\s\"'<>)]+")


@pytest.fixture(scope="module")
def installed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Server]:
    """One that sends nothing by itself, so that whatever changes was changed by who opened a link."""
    return lambda: install(stage, tmp_path_factory.mktemp("scanned"), WORKER="apart")


@pytest.mark.promise("M5")
def test_scanners_change_nothing_and_the_click_works_afterwards(
    server: Server, beside: Flask, chromium: Browser, stage: Stage, person: PersonMaker, figure: Figure
) -> None:
    world, house = stage.world, House("portal@example.com", server.url, "")
    notice = _all_kinds(stage)
    addresses = _addresses(house)
    assert _kinds() >= {"notice", "digest", "invitation", "sign_in"}
    assert len(addresses) >= 8
    before = desk.everything(beside)
    opened = sum(_scanned(server, address) for address in addresses) + _browsed(chromium, addresses)
    after = desk.everything(beside)
    assert {name for name in before if before[name] != after[name]} == set()
    figure(f"{len(addresses)} links of {len(_kinds())} kinds of mails opened {opened} times: 0 changes of any table")

    marie = person(None, allow=("410",))
    marie.goto(desk.page(notice))
    marie.get_by_label("Your message").fill("The click works.")
    marie.get_by_role("button", name="Send", exact=True).click()
    marie.get_by_label("Code").fill(desk.code(world))
    marie.get_by_role("button", name="Send", exact=True).click()
    expect(marie.locator(".stream").get_by_text("The click works.")).to_be_visible()
    marie.goto(f"/unsubscribe/{desk.link(notice, 'unsubscribe')}")
    marie.get_by_role("button", name="No more e-mails").click()
    expect(marie.get_by_role("button", name="E-mails again")).to_be_visible()
    assert desk.notify(world) == "none"
    marie.goto(f"/sign-in/{desk.link(desk.newest(world, 'marie', 'sign_in'), 'sign_in')}")
    marie.get_by_role("button", name="Sign in").click()
    expect(marie.locator("#rows")).to_be_visible()


def _all_kinds(stage: Stage) -> str:
    """A mail of each kind there is; gives the notice to Marie."""
    world = stage.world
    people.set_mails(world.viewer("hugo"), "digest")
    invitations.invite(
        world.viewer("ines"), name="Eva", email="eva@example.com", role="client", language="en", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    notice = desk.told(world)
    challenges.ask_to_sign_in("marie@example.com", "elsewhere")
    codes.answer(desk.HOUSE)
    return notice


def _kinds() -> set[str]:
    return set(db.session.scalars(select(Mail.kind).where(Mail.email != "")))


def _addresses(house: House) -> list[str]:
    """Every address in every mail, as it is sent."""
    found: set[str] = set()
    for mail_id in db.session.scalars(select(Mail.id).where(Mail.email != "")).all():
        mail = mails.outgoing(mail_id)
        assert mail is not None
        ready = invited.written(mail, house) if mail.kind == "invitation" else mail
        assert ready is not None
        built = build(ready, house)
        parts = [part.get_content() for part in built.walk() if not part.is_multipart()]
        words = "\n".join([*parts, *map(str, built.values())]).replace(desk.HOUSE.url, house.url)
        found |= {address.rstrip(".,") for address in ADDRESS.findall(words)}
    db.session.remove()
    return sorted(found)


def _scanned(server: Server, address: str) -> int:
    """By GET and HEAD."""
    parts = urlsplit(address)
    for method in ("GET", "HEAD") * TIMES:
        link = HTTPConnection("127.0.0.1", server.port, timeout=30)
        link.request(method, parts.path + (f"?{parts.query}" if parts.query else ""))
        assert link.getresponse().status in {200, 302}, address
        link.close()
    return 2 * TIMES


def _browsed(chromium: Browser, addresses: list[str]) -> int:
    """By a browser that runs scripts, as some scanners do, looks about and scrolls."""
    times = rounds(1, TIMES)
    for _ in range(times):
        context = chromium.new_context()
        page = context.new_page()
        for address in addresses:
            page.goto(address, wait_until="networkidle")
            page.mouse.wheel(0, 2000)
            page.wait_for_timeout(400)
        context.close()
    return times * len(addresses)
