"""The whole way: staff write, the mail is caught, its link answered with a code and then without, and a reply by mail.

Nothing stands in for anything: a real mail server takes what the embedded worker sends, and hands over the answer.
"""

import re
import smtplib
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from playwright.sync_api import Page, expect
from sqlalchemy import update

from portal.actions.unit import transaction
from portal.extensions import db
from portal.models import Firm
from tests.conftest import Stage
from tests.journeys.backstage import Backstage
from tests.journeys.steps import console, live, shown, write
from tests.mailer.post_office import PostOffice, post_office
from tests.serving import Server, free_port, install

Person = Callable[..., Page]
LISTENS = free_port()
PATIENCE = 10.0  # seconds; a machine may be busy


@pytest.fixture(scope="module")
def office() -> Iterator[PostOffice]:
    """The mail server of the firm."""
    with post_office() as office:
        yield office


@pytest.fixture(scope="module")
def installed(stage: Stage, tmp_path_factory: pytest.TempPathFactory, office: PostOffice) -> Callable[[], Server]:
    """One that sends mail by it, and takes what it hands over. The firm's mails do not wait."""
    mail = {
        "SMTP_URL": f"smtp://127.0.0.1:{office.port}",
        "MAIL_FROM": "portal@example.com",
        "REPLY_ADDRESS": "reply@example.com",
        "MAIL_LISTEN": f"lmtp://127.0.0.1:{LISTENS}",
    }

    def install_at_once() -> Server:
        office.taken.clear()
        server = install(stage, tmp_path_factory.mktemp("both"), **mail)
        with server.beside(), transaction():
            db.session.execute(update(Firm).values(mail_wait=0))
        return server

    return install_at_once


def test_staff_write_and_the_client_answers_from_the_link_and_by_mail(
    person: Person, backstage: Backstage, office: PostOffice
) -> None:
    ines = console(person("ines"), backstage.world.permit)
    write(ines, "Does Tuesday suit you?")
    notice = _mail(office, "Permit", "marie@example.com")
    marie = person(None)
    (link,) = set(re.findall(r"https?://\S+/l/\w+", _text(notice)))
    marie.goto(link)
    marie.get_by_label("Your message").fill("It does, at ten.")
    marie.get_by_role("button", name="Send", exact=True).click()
    code = _mail(office, "code", "marie@example.com")
    marie.get_by_label("Code").fill(re.findall(r"\b\d{6}\b", _text(code))[0])
    marie.get_by_role("button", name="Send", exact=True).click()
    live(marie)
    expect(shown(ines, "It does, at ten.")).to_be_visible()
    marie.get_by_label("Your message").fill("Shall I bring the plans?")
    marie.get_by_label("Your message").press("Control+Enter")
    expect(shown(ines, "Shall I bring the plans?")).to_be_visible()

    _hand_over(_answer(notice, "Oui, je les apporte.\n\nMarie"))
    said = shown(ines, "Oui, je les apporte.")
    expect(said).to_be_visible()
    expect(said.locator(".bubble p")).to_have_text(["Oui, je les apporte.", "Marie"])
    expect(shown(marie, "Oui, je les apporte.")).to_be_visible()
    said.get_by_role("button", name="quoted lines").click()
    whole = ines.get_by_role("dialog")
    expect(whole.get_by_text("Does Tuesday suit you?")).to_be_visible()
    assert link.rpartition("/")[2] not in whole.inner_text()


def _mail(office: PostOffice, subject: str, email: str) -> EmailMessage:
    """The newest mail to somebody whose subject says so, once it is there."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        for mail in reversed(office.taken):
            if subject in str(mail["Subject"]) and email in str(mail["To"]):
                return mail
        time.sleep(0.05)
    raise AssertionError([str(mail["Subject"]) for mail in office.taken])


def _text(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def _answer(mail: EmailMessage, words: str) -> EmailMessage:
    """As Gmail writes it in French: the words above, the mail below, each line with a sign before it."""
    answer = EmailMessage(policy=SMTP)
    answer["From"], answer["To"] = "Marie Delcourt <marie@example.com>", str(mail["Reply-To"])
    answer["Subject"], answer["Message-ID"] = f"Re: {mail['Subject']}", "<CAF+1@mail.gmail.com>"
    answer["In-Reply-To"], answer["References"] = mail["Message-ID"], f"{mail['References']} {mail['Message-ID']}"
    quoted = "\n".join(f"> {line}" for line in _text(mail).splitlines())
    header = f"Le sam. 21 nov. 2026 à 10:00, North <\n{mail['Reply-To'].addresses[0].addr_spec}> a écrit :"
    answer.set_content(f"{words}\n\n{header}\n\n{quoted}\n")
    return answer


def _hand_over(answer: EmailMessage) -> None:
    """As the firm's mail server does."""
    to = answer["To"].addresses[0].addr_spec
    smtplib.LMTP("127.0.0.1", LISTENS).sendmail("marie@example.com", [to], answer.as_bytes())
