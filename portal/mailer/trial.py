"""The mail by which an administrator tries out the way out."""

from email.message import EmailMessage

from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.mailer.building import POLICY


def mail(sender: str, email: str) -> EmailMessage:
    """A short mail that says what it is."""
    built = EmailMessage(policy=POLICY)
    built["Message-ID"] = f"<{new_id()}@{sender.rpartition('@')[2]}>"
    built["Date"], built["From"], built["To"] = now(), sender, email
    built["Subject"] = "Comptoir: a test"
    built["Auto-Submitted"] = "auto-generated"
    built.set_content("This mail says that Comptoir can send mail.\n")
    return built
