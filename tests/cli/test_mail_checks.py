"""What `comptoir check` says of mail, so that nobody learns from a client that none leaves."""

from tests.cli.terminal import New, refused
from tests.conftest import Stage

A_MINUTE_AGO = """
    INSERT INTO mail (public_id, kind, sender, email, headers, subject, text, html, since, until, notes, state, reason,
    tries, due_at, created_at) VALUES (hex(randomblob(13)), 'invitation', '', 'x@example.com', '{}', '', '', '',
    0, 0, 0, 'queued', '', 0, datetime('now', '-1 minute'), datetime('now', '-1 minute'))
"""
SMTP = {"SMTP_URL": "smtp://mail.example.com", "MAIL_FROM": "portal@example.com"}


def test_check_says_where_mails_go_and_whether_they_are_answered(new: New, stage: Stage) -> None:
    said = new().with_cast(stage).comptoir("check").output
    assert "no mail is sent" in said
    assert "COMPTOIR_SMTP_URL" in said
    assert "people cannot answer by e-mail" in said
    said = new(**SMTP, REPLY_ADDRESS="reply@example.com").with_cast(stage).comptoir("check").output
    assert "a mail server is named" in said
    assert "by `comptoir mail receive` alone" in said
    ways = {"REPLY_ADDRESS": "reply@example.com", "MAIL_LISTEN": "lmtp://127.0.0.1:8024"}
    assert "answers by e-mail come in" in new(**SMTP, **ways).with_cast(stage).comptoir("check").output


def test_check_sees_that_mails_do_not_leave(new: New, stage: Stage) -> None:
    office = new(**SMTP, WORKER="apart").with_cast(stage)
    office.tell(A_MINUTE_AGO)
    assert office.comptoir("check").exit_code == 0
    office.tell("UPDATE mail SET due_at = datetime('now', '-20 minutes')")
    refused(office.comptoir("check"), "mails leave when they are due", "Run `comptoir worker`.")


def test_check_counts_what_somebody_has_to_look_at(new: New, stage: Stage) -> None:
    office = new(**SMTP).with_cast(stage)
    office.tell(A_MINUTE_AGO)
    office.tell("UPDATE mail SET state = 'failed'")
    office.tell("UPDATE address SET bounced_at = '2026-01-01 00:00:00' WHERE email = 'marie@example.com'")
    said = office.comptoir("check").output
    assert "1 mails could not be sent in the last day" in said
    assert "1 addresses do not work" in said
