"""The mails of the demo: a list, each as its reader sees it, and an answer as their mail program would send it."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import getaddresses

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import incoming
from portal.config import Settings
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.text import MESSAGE_LIMIT, is_blank
from portal.kernel.tokens import new_id
from portal.mailer.transport import Folder
from portal.web.templating import page

MOST = 200
SHOWN = ("From", "To", "Reply-To", "Subject", "Date", "Message-ID", "References", "List-Unsubscribe", "Auto-Submitted")


@dataclass(frozen=True)
class Sight:
    """A mail in the list, and when it is opened."""

    key: str
    sender: str
    to: str
    subject: str
    at: datetime
    text: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    answerable: bool = False


def mails() -> str:
    """All of them, the newest first."""
    folder = _folder()
    found = ((key, folder.read(key)) for key in folder.kept(MOST))
    sights = (_sight(key, mail) for key, mail in found if mail)
    return page("demo/mails.html", mails=sorted(sights, key=lambda sight: sight.at, reverse=True))


def mail(key: str) -> str:
    """One of them."""
    return page("demo/mail.html", mail=_sight(key, _find(key)), answered=request.args.get("answered") == "1")


def written(key: str) -> ResponseReturnValue:
    """What its HTML looks like; its links open beside it."""
    body = _find(key).get_body(("html",))
    if body is None:
        raise NotFound
    html = body.get_content().replace("<head>", '<head><base target="_blank">', 1)
    return html, 200, {"Content-Type": "text/html; charset=utf-8"}


def answer(key: str) -> ResponseReturnValue:
    """Answer it as its reader: what comes in is what a mail program would send."""
    original, words = _find(key), request.form.get("body", "")
    if not original["Reply-To"] or is_blank(words) or len(words) > MESSAGE_LIMIT:
        raise Invalid("message_empty")
    reply = _reply(original, words)
    to = [address for _, address in getaddresses([str(original["Reply-To"])])]
    incoming.take(reply.as_bytes(policy=SMTP), "pipe", sender=_address(original["To"]), recipients=to)
    return redirect(url_for(".mail", key=key, answered=1), 303)


def _reply(original: EmailMessage, words: str) -> EmailMessage:
    """As Gmail quotes."""
    reply = EmailMessage()
    reply["From"], reply["To"] = str(original["To"]), str(original["Reply-To"])
    reply["Subject"], reply["Date"] = f"Re: {original['Subject']}", now()
    reply["Message-ID"] = f"<{new_id()}@mail.gmail.com>"
    reply["In-Reply-To"] = str(original["Message-ID"])
    reply["References"] = f"{original['References'] or ''} {original['Message-ID']}".strip()
    quoted = "\n".join(f"> {line}".rstrip() for line in _text(original).splitlines())
    day = original["Date"].datetime.strftime("%a, %b %d, %Y at %H:%M")
    reply.set_content(f"{words}\n\nOn {day} {original['From']} wrote:\n\n{quoted}\n")
    return reply


def _sight(key: str, found: EmailMessage) -> Sight:
    return Sight(
        key=key,
        sender=found["From"].addresses[0].display_name,
        to=_address(found["To"]),
        subject=str(found["Subject"]),
        at=found["Date"].datetime,
        text=_text(found),
        headers=tuple((name, str(found[name])) for name in SHOWN if found[name]),
        answerable=bool(found["Reply-To"]),
    )


def _text(found: EmailMessage) -> str:
    body = found.get_body(("plain",))
    return str(body.get_content()) if body else ""


def _address(header: object) -> str:
    return getaddresses([str(header)])[0][1]


def _find(key: str) -> EmailMessage:
    found = _folder().read(key)
    if found is None:
        raise NotFound
    return found


def _folder() -> Folder:
    settings: Settings = current_app.config["COMPTOIR"]
    return Folder(settings.var / "mail")


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/mails", "mails", mails)
    blueprint.add_url_rule("/mails/<key>", "mail", mail)
    blueprint.add_url_rule("/mails/<key>/written", "written", written)
    blueprint.add_url_rule("/mails/<key>/answer", "answer", answer, methods=["POST"])
