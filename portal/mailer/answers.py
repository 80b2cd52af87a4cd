"""What the sender of a mail is told that did not become a message: plain words, and nothing of anybody else's.

Whoever it is: nobody has proved yet who wrote. No name, no title, and none of their own words come back to them.
"""

import re
from typing import Any

from portal.drawing import draw
from portal.kernel.mime import Mail
from portal.kernel.tokens import new_id
from portal.mailer.house import House
from portal.mailer.letters import composed
from portal.queries import incoming
from portal.queries.incoming import Bound

KNOWN = frozenset({"sender", "unproved", "removed", "disabled", "empty", "notes", "unknown", "broken"})
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9.-]{3,189}", re.ASCII)
_NAME = re.compile(r"<[!-;=?-~]{1,250}>")  # a Message-ID that can be repeated


def answer(reason: str, mail: Mail, bound: Bound | None, house: House) -> dict[str, Any] | None:
    """The words and headers for the author of `mail`; None where nobody can be told."""
    email = mail.author.email.lower() if mail.author else ""
    if reason not in KNOWN or not _ADDRESS.fullmatch(email) or _is_ours(email, house):
        return None
    firm = incoming.house()
    language = bound.language if bound else firm.language
    name, hue = (bound.brand.name, bound.brand.hue) if bound and bound.brand else (firm.name, firm.hue)
    subject = draw("mail/answer_subject.txt", "client", language).strip()
    key = new_id()
    values = {"title": subject, "preview": name, "reason": reason}
    written = composed("answer", "client", language, name, hue, values)
    headers = {"X-Auto-Response-Suppress": "All"} | _threaded(mail.message_id)
    return written | {
        "public_id": key,
        "email": email,
        "subject": subject,
        "headers": headers,
        "reply": house.reply(key),
    }


def _is_ours(email: str, house: House) -> bool:
    """Two installations that answer each other, or one itself, would never end."""
    name, _, domain = house.reply_address.rpartition("@")
    local, _, at = email.rpartition("@")
    return email == house.sender.lower() or (bool(name) and at == domain and local.partition("+")[0] == name)


def _threaded(message_id: str | None) -> dict[str, str]:
    found = _NAME.fullmatch(message_id or "")
    return {"In-Reply-To": found[0], "References": found[0]} if found else {}
