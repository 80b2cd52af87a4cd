"""What `comptoir check` says of mail: whether it leaves, whether it comes in, and whether anything is stuck."""

from collections.abc import Iterator
from datetime import timedelta

from portal.cli.machine import Finding
from portal.config import PREFIX, Settings
from portal.kernel.clock import now
from portal.queries.mail_state import MailCounts, mail_counts

STUCK = timedelta(minutes=15)  # longer than a worker takes for anything


def findings(settings: Settings) -> Iterator[Finding]:
    """Of the settings, and of what the database says; asked where its schema is this version's."""
    yield _way_out(settings)
    yield _way_in(settings)
    counts = mail_counts()
    yield _stuck(counts, settings)
    yield from _left(counts)


def _way_out(settings: Settings) -> Finding:
    if settings.smtp_url:
        return Finding(True, "a mail server is named", "")
    what = f"no mail is sent: what there is lies in {settings.var / 'mail'}"
    return Finding(None, what, f"Set {PREFIX}SMTP_URL and {PREFIX}MAIL_FROM, then try `comptoir mail test ADDRESS`.")


def _way_in(settings: Settings) -> Finding:
    if not settings.reply_address:
        remedy = f"Set {PREFIX}REPLY_ADDRESS, and one of {PREFIX}MAIL_LISTEN, {PREFIX}IMAP_URL, {PREFIX}WEBHOOK_SECRET."
        return Finding(None, "people cannot answer by e-mail", remedy)
    open_ways = settings.mail_listen or settings.imap_url or settings.webhook_secret
    remedy = f"Set {PREFIX}MAIL_LISTEN, {PREFIX}IMAP_URL or {PREFIX}WEBHOOK_SECRET, or have the mail server call it."
    what = "answers by e-mail come in" if open_ways else "answers by e-mail come in by `comptoir mail receive` alone"
    return Finding(True if open_ways else None, what, remedy)


def _stuck(counts: MailCounts, settings: Settings) -> Finding:
    late = counts.waits_since is not None and counts.waits_since < now() - STUCK
    who = "Run `comptoir worker`." if settings.worker == "apart" else "Look whether the web process runs."
    return Finding(not late, "mails leave when they are due", who)


def _left(counts: MailCounts) -> Iterator[Finding]:
    """What somebody may have to look at; nothing where there is nothing."""
    said = (
        (counts.failed, "mails could not be sent in the last day", "The delivery record says why."),
        (counts.bounced, "addresses do not work", "Under People, staff see which."),
        (counts.held, "mails wait to be accepted or refused", "In the console, under Held e-mails."),
        (counts.unknown, "mails came to an address that nobody has", "In the console, under Held e-mails."),
    )
    yield from (Finding(None, f"{number} {what}", remedy) for number, what, remedy in said if number)
