"""From what a mail says to its bytes: headers that every mail program understands, and secrets that nobody keeps."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask

from portal.extensions import secret_key
from portal.kernel import clock, tokens
from portal.mailer.building import build, opened, place
from portal.mailer.house import House
from portal.queries.mails import Outgoing

HOUSE = House("portal@example.com", "https://portal.example.com", "reply@in.example.com")


@dataclass
class Draft:
    """A notice to be sent, with what a test changes."""

    key: str

    def built(self, house: House = HOUSE, **values: Any) -> EmailMessage:
        """As whoever gets it reads it: out to bytes, and in again."""
        given: dict[str, Any] = dict.fromkeys(Outgoing._fields, "") | {
            "id": 1, "key": self.key, "kind": "notice", "written_at": clock.now(), "email": "marie@example.com",
            "sender": "North", "subject": "Permit", "text": "Hello\n", "html": "<p>Hello</p>", "headers": {},
            "tries": 0, "answerable": True,
        }  # fmt: skip
        return message_from_bytes(build(Outgoing(**given | values), house).as_bytes(), policy=policy.default)


@pytest.fixture
def draft(play: Flask) -> Draft:
    """One, inside an application: secrets are made with its key."""
    return Draft(tokens.new_id())


def test_a_secret_stands_where_its_place_was_and_nowhere_else(draft: Draft) -> None:
    other = place("link", tokens.new_id())
    mail = draft.built(text=f"https://x/l/{place('link', draft.key)} {other} {place('code', draft.key)}")
    words = mail.get_body(("plain",)).get_content()
    link, kept, code = words.split()
    assert tokens.unseal(secret_key(), "link", link.removeprefix("https://x/l/")) == draft.key
    assert kept == other, "what somebody else wrote, whatever it looks like, stays as it is"
    assert re.fullmatch(r"\d{6}", code)
    assert tokens.unseal(secret_key(), "unsubscribe", link.removeprefix("https://x/l/")) is None


def test_it_is_answered_at_an_address_that_names_it_alone(draft: Draft) -> None:
    (address,) = draft.built()["Reply-To"].addresses
    assert re.fullmatch(r"reply\+[a-z2-7]{26}@in\.example\.com", address.addr_spec)
    assert len(address.username) <= 64, "RFC 5321, 4.5.3.1.1"
    secret = address.username.removeprefix("reply+")
    assert HOUSE.reply(draft.key) == tokens.digest(secret)
    assert Draft(tokens.new_id()).built()["Reply-To"] != draft.built()["Reply-To"]
    assert draft.built(answerable=False)["Reply-To"] is None
    assert HOUSE._replace(reply_address="").reply(draft.key) is None


def test_headers_are_kept_in_one_piece(draft: Draft) -> None:
    """Encoded words in them, which the library writes beyond 78 characters, tear threads apart in every program."""
    root = f"<{'a' * 26}@{'very-' * 20}long.example.com>"
    unsubscribe = f"<https://portal.example.com/unsubscribe/{place('unsubscribe', draft.key)}>"
    given = {"In-Reply-To": root, "References": root, "List-Unsubscribe": unsubscribe}
    mail = build(Outgoing(*_outgoing(draft, given)), HOUSE)
    lines = mail.as_bytes().decode("ascii").split("\r\n\r\n")[0]
    assert f"References: {root}" in lines
    assert f"List-Unsubscribe: {opened(unsubscribe, draft.key)}" in lines
    assert "=?" not in lines


@pytest.mark.parametrize("name", ["Élan & Sœurs", 'North "N" <x@evil.example>', "a@b, c@d", "山田"])
def test_a_brand_of_any_name_is_a_name_and_no_address(draft: Draft, name: str) -> None:
    mail = draft.built(sender=name)
    (sender,), (reply,) = mail["From"].addresses, mail["Reply-To"].addresses
    assert (sender.display_name, sender.addr_spec) == (name, HOUSE.sender)
    assert reply.addr_spec.startswith("reply+")
    assert [address.addr_spec for address in mail["To"].addresses] == ["marie@example.com"]


@pytest.mark.parametrize("subject", ["Dépôt du permis, " * 12 + "fin", "👷" * 120, "x" * 255])
def test_a_subject_arrives_as_it_was_written(draft: Draft, subject: str) -> None:
    assert str(draft.built(subject=subject)["Subject"]) == subject


def test_the_same_mail_is_the_same_bytes_on_every_try(draft: Draft) -> None:
    at = clock.now()
    first, second = draft.built(written_at=at), draft.built(written_at=at)
    assert first["Message-ID"] == second["Message-ID"] == f"<{draft.key}@example.com>"
    assert (first["Date"], first["Reply-To"]) == (second["Date"], second["Reply-To"])
    assert first["Auto-Submitted"] == "auto-generated"


def _outgoing(draft: Draft, headers: dict[str, str]) -> list[Any]:
    given: dict[str, Any] = dict.fromkeys(Outgoing._fields, "")
    given |= {
        "key": draft.key,
        "kind": "notice",
        "written_at": clock.now(),
        "email": "m@example.com",
        "sender": "North",
    }
    given |= {"subject": "Permit", "text": "x", "html": "x", "headers": headers, "answerable": True}
    return list(given.values())
