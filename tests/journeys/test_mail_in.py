"""A reply by mail stands in the open discussion a moment later; one that is held shows itself, and is accepted."""

import smtplib
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.journeys.steps import console
from tests.journeys.test_access import Axe, axe
from tests.mailbox.desk import HOUSE, bound, letter
from tests.mailbox.test_replies import with_files
from tests.serving import Server, free_port, install

__all__ = ["axe"]

Person = Callable[..., Page]
PORT = free_port()


@pytest.fixture(scope="module")
def installed(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Server]:
    """One that takes mail."""
    mail = {"MAIL_LISTEN": f"lmtp://127.0.0.1:{PORT}", "REPLY_ADDRESS": HOUSE.reply_address}
    return lambda: install(stage, tmp_path_factory.mktemp("mail"), **mail)


def test_a_reply_arrives_with_its_files_and_what_it_quotes(person: Person, backstage: Backstage, axe: Axe) -> None:
    world = backstage.world
    ines = console(person("ines"), world.permit)
    to = bound(world, "marie")
    backstage.post("marie", world.permit, "By the page.")
    expect(ines.locator(".message", has_text="By the page.")).to_be_visible()
    _sent(to, with_files(to, "By mail!\n\nOn Monday, Ines wrote:\n> a heron\n", ("plan.pdf", b"%PDF-1.4")))
    message = ines.locator(".message", has_text="By mail!")
    expect(message).to_be_visible()
    expect(message.get_by_title("by e-mail")).to_be_visible()  # also below what she had written a moment before
    expect(message.get_by_role("link", name="plan.pdf")).to_be_visible()
    expect(ines.get_by_text("a heron")).to_have_count(0)
    with ines.expect_download() as download:
        message.get_by_role("link", name="plan.pdf").click()
    assert download.value.path().read_bytes() == b"%PDF-1.4"
    axe.look(ines, "a message by mail")
    message.get_by_role("button", name="quoted lines").click()
    expect(ines.get_by_role("dialog").get_by_text("a heron")).to_be_visible()
    axe.look(ines, "the whole mail")


def test_a_held_mail_shows_itself_and_is_accepted(person: Person, backstage: Backstage, axe: Axe) -> None:
    world = backstage.world
    ines, adam = console(person("ines"), world.permit), console(person("adam"))
    link = ines.get_by_role("link", name="Held")
    expect(link).to_have_count(0)
    to = bound(world, "marie")
    _sent(to, letter(to, "marie@elsewhere.example", "From my other address."))
    expect(link).to_be_visible()
    expect(adam.get_by_role("link", name="Held")).to_have_count(0)
    link.click()
    expect(ines.get_by_text("From my other address.")).to_be_visible()
    axe.look(ines, "held mails")
    ines.get_by_role("checkbox", name="This address is theirs").check()
    ines.get_by_role("button", name="Accept as their message").click()
    expect(ines.get_by_text("No e-mail is held")).to_be_visible()
    console(ines, world.permit)
    expect(ines.locator(".message", has_text="From my other address.")).to_be_visible()
    _sent(to, letter(to, "marie@elsewhere.example", "And now by itself."))
    expect(ines.locator(".message", has_text="And now by itself.")).to_be_visible()


def _sent(to: str, raw: bytes) -> None:
    """As the firm's mail server hands it over."""
    smtplib.LMTP("127.0.0.1", PORT).sendmail("marie@example.com", [to], raw)
