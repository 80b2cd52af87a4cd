"""Accounts: the first run, invitations, devices, passwords, and the end of an account, all in open pages."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.backstage import Backstage
from tests.journeys.conftest import Watch
from tests.journeys.steps import composer, console, live, portal, reads, row, write
from tests.serving import Server
from tests.world import PASSWORD

People = Callable[..., Page]
# The goodbye of the server and that of the page may cross; the page was told before that it is signed out.
CLOSED = ("Close received after close", "htmx:ws:error")


@pytest.fixture
def empty(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    """A server that nobody has used yet."""
    server = Server(tmp_path)
    shutil.copyfile(sqlite_template, server.database)
    yield server.start()
    server.stop()


def test_the_first_visit_creates_the_firm(empty: Server, chromium: Browser, watch: Watch) -> None:
    """Whoever comes first founds it, once; there is no other way in and no default password."""
    context = chromium.new_context(base_url=empty.url, locale="en-GB", timezone_id="Europe/Paris")
    page = context.new_page()
    watch.over(page, "the founder", ["status of (404|422)"])
    page.goto("/")
    expect(page.get_by_role("heading", name="Welcome. Let’s set up your counter.")).to_be_visible()
    expect(page.get_by_label("Time zone")).to_have_value("Europe/Paris")
    page.get_by_label("Name of the firm").fill("Atelier")
    page.get_by_label("Your name").fill("Odile Owner")
    page.get_by_label("Your e-mail address").fill("odile@example.com")
    page.get_by_label("Password").fill("too short")
    page.get_by_role("button", name="Create the firm").click()
    expect(page).to_have_url(f"{empty.url}/start")  # too short: the browser says so
    page.get_by_label("Password").fill("long enough for the rule")
    page.get_by_role("button", name="Create the firm").click()
    live(page)
    expect(page.get_by_text("No discussions yet")).to_be_visible()
    page.get_by_role("link", name="New discussion").last.click()
    page.get_by_role("dialog").get_by_label("Name").fill("Hello")
    page.get_by_role("dialog").get_by_role("button", name="Create").click()
    write(live(page), "The first words")
    reads(page, "The first words")
    answer = page.goto("/start")
    assert answer
    assert answer.status == 404
    context.close()


def test_a_client_is_invited_and_comes_in(person: People, backstage: Backstage) -> None:
    """Ines makes the link, which is shown once; Clara chooses a password in her own browser and is in."""
    ines, clara = (
        person("ines", permissions=["clipboard-read", "clipboard-write"]),
        person(None, allow=["status of 404"]),
    )
    link = _invite_clara(ines)
    ines.keyboard.press("Escape")
    expect(ines.get_by_role("dialog")).to_have_count(0)
    expect(ines.locator("#people").get_by_text("Clara Brun")).to_be_visible()
    expect(ines.locator("#link")).to_have_count(0)
    assert link not in ines.content()
    ines.reload()
    assert link not in ines.content()

    clara.goto(link)
    expect(clara.get_by_role("heading", name="Welcome, Clara Brun")).to_be_visible()
    clara.reload()  # opening it changes nothing
    clara.get_by_label("Choose a password").fill("a password of hers")
    clara.get_by_role("button", name="Accept the invitation").click()
    expect(clara.get_by_text("Your discussions with us appear here.")).to_be_visible()
    live(clara)
    other = clara.context.new_page()
    other.goto(link)
    expect(other.get_by_role("heading", name="This invitation is no longer valid")).to_be_visible()

    key = backstage.discussion(title="Stairs")
    console(ines, key)
    ines.get_by_role("button", name="Add participant").click()
    dialog = ines.get_by_role("dialog")
    dialog.get_by_label("Name or e-mail address").press_sequentially("clara")
    dialog.get_by_role("button", name="Clara Brun").click()
    dialog.get_by_role("button", name="Add", exact=True).click()
    row(clara, key).click()
    write(clara, "Here I am")
    reads(ines, "Here I am")


def _invite_clara(page: Page) -> str:
    """Invite her into the space Brun; gives the link, as the button copies it."""
    page.goto("/console/people")
    page.get_by_role("button", name="Invite a client").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Name", exact=True).fill("Clara Brun")
    dialog.get_by_label("E-mail address").fill("clara@example.com")
    dialog.get_by_label("Space", exact=True).select_option(label="Brun")
    dialog.get_by_role("button", name="Make the link").click()
    link = dialog.locator("input[readonly]").input_value()
    assert "/invitations/" in link
    dialog.get_by_role("button", name="Copy").click()
    assert page.evaluate("navigator.clipboard.readText()") == link
    return link


def test_a_device_that_is_signed_out_closes_at_once(person: People, backstage: Backstage) -> None:
    """Luc signs his other device out from his profile; then a new password signs all others out."""
    key = backstage.discussion("luc")
    here, lost, third = (person("luc", allow=["status of 401", *CLOSED]) for _ in range(3))
    portal(lost, key)
    composer(lost).fill("half a word")
    portal(third, key)
    here.goto("/profile")
    expect(here.get_by_text("This device")).to_have_count(1)
    others = here.get_by_role("button", name="Sign out Test browser")
    before = others.count()
    for number in range(before - 1):  # the newest is the third one: it stays for now
        others.last.click()
        expect(others).to_have_count(before - 1 - number)
    expect(lost.get_by_text("You have been signed out.")).to_be_visible()
    expect(composer(lost)).to_have_value("half a word")
    backstage.post("ines", key, "For those who are still here")
    reads(third, "For those who are still here")
    expect(lost.get_by_text("For those")).to_have_count(0)
    lost.reload()
    expect(lost.get_by_role("heading", name="Sign in")).to_be_visible()

    here.get_by_label("Current password").fill(PASSWORD)
    here.get_by_label("New password", exact=True).fill("another battery horse")
    here.get_by_label("New password, again").fill("another battery horse")
    here.get_by_role("button", name="Change the password").click()
    expect(here.get_by_text("Your password has been changed.")).to_be_visible()
    expect(third.get_by_text("You have been signed out.")).to_be_visible()
    lost.get_by_label("E-mail address").fill("luc@example.com")
    lost.get_by_label("Password").fill("another battery horse")
    lost.get_by_role("button", name="Sign in").click()
    expect(row(live(lost), key)).to_be_visible()


def test_who_is_disabled_is_out_at_once(person: People, backstage: Backstage) -> None:
    """Olga disables Rosa while her page is open: it closes, and her password no longer helps."""
    rosa, olga = portal(person("rosa", allow=["status of (401|422)", *CLOSED])), person("olga")
    olga.goto("/console/people")
    olga.locator("#people").get_by_role("button", name="Rosa Roche").click()
    olga.get_by_role("dialog").get_by_role("button", name="Disable").click()
    olga.get_by_role("dialog").last.get_by_role("button", name="Disable").last.click()
    expect(rosa.get_by_text("You have been signed out.")).to_be_visible()
    rosa.goto("/login")
    rosa.get_by_label("E-mail address").fill("rosa@example.com")
    rosa.get_by_label("Password").fill(PASSWORD)
    rosa.get_by_role("button", name="Sign in").click()
    expect(rosa.get_by_role("alert")).to_contain_text("or the account is not active")


def test_the_sign_in_page_speaks_both_languages(person: People) -> None:
    """It begins in the browser's language, can be switched, and remembers."""
    page = person(None, locale="fr-FR")
    page.goto("/login")
    expect(page.get_by_role("heading", name="Se connecter")).to_be_visible()
    page.get_by_role("button", name="English").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.reload()
    expect(page.get_by_label("Password")).to_be_visible()
    page.get_by_role("button", name="Français").click()
    expect(page.get_by_label("Mot de passe")).to_be_visible()
