"""What did not arrive, for whom, whether for good, and why."""

import pytest

from portal.kernel.mime import bounce, parse
from tests.kernel.mime.samples import raw

LEA = ("lea.martin@client.example",)


@pytest.mark.parametrize(
    ("name", "permanent", "status", "reason"),
    [
        ("postfix", True, "5.1.1", "User unknown"),
        ("postfix-delayed", False, "4.4.1", "Connection timed out"),
        ("gmail", True, "5.1.1", "does not exist"),
        ("gmail-old", True, "5.1.1", "User unknown"),
        ("exchange", True, "5.1.10", "Recipient not found"),
        ("exchange-old", True, "5.1.1", "User unknown"),
        ("full-mailbox", False, "4.2.2", "Mailbox full"),
        ("several", True, "5.1.1", "550 5.1.1 unknown"),
        ("qmail", True, "5.1.1", "no mailbox here by that name"),
        ("exim", True, "5.1.1", "Unrouteable address"),
        ("exim-delayed", False, "", ""),
        ("orange", True, "5.2.1", "inconnue"),
        ("free", True, "5.2.1", "blocked"),
    ],
)
def test_a_report_is_understood(name: str, permanent: bool, status: str, reason: str) -> None:
    found = bounce(parse(raw("bounces", name)))
    assert found is not None
    assert (found.recipients, found.permanent, found.status) == (LEA, permanent, status)
    assert reason in found.reason
    assert "\n" not in found.reason
    assert found.original == "<m1.k7m2@mail.example.com>"


def test_good_news_is_no_bounce() -> None:
    told = (
        raw("bounces", "postfix").replace(b"Action: failed", b"Action: delivered").replace(b"Status: 5", b"Status: 2")
    )
    assert bounce(parse(told)) is None
    assert bounce(parse(raw("bounces", "postfix"))) is not None


def test_nobody_marks_an_address_by_writing_like_a_server() -> None:
    """Only what comes from a server, or over the null path, is believed to be a report without the standard form."""
    told = raw("bounces", "orange")
    assert bounce(parse(told)) is not None
    human = told.replace(b"Return-Path: <>", b"Return-Path: <eve@evil.example>").replace(b"MAILER-DAEMON@", b"eve@")
    assert bounce(parse(human)) is None
