"""From what a mail says to its bytes: headers that hold in every mail program, and nobody's name but the reader's."""

import re
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP

from portal.extensions import secret_key
from portal.kernel import tokens
from portal.mailer.house import House
from portal.queries.mails import Outgoing

# Longer lines would be written as encoded words, by which no program finds the mail it belongs to.
POLICY = SMTP.clone(max_line_length=998)
# What stands for a secret in the words that are kept. Of its own mail alone: nobody else knows its id.
PLACE = r"\[\[([a-z_-]{1,20}):%s\]\]"


def place(purpose: str, key: str) -> str:
    """What becomes the sealed `key` when the mail is built; a `code` becomes the digits."""
    return f"[[{purpose}:{key}]]"


def build(mail: Outgoing, house: House) -> EmailMessage:
    """The mail as it is sent; the same `Message-ID` on every try, another one for each person."""
    built = EmailMessage(policy=POLICY)
    built["Message-ID"] = f"<{mail.key}@{house.domain}>"
    built["Date"] = mail.written_at
    built["From"] = Address(mail.sender, addr_spec=house.sender)
    built["To"] = Address(addr_spec=mail.email)
    built["Subject"] = mail.subject
    built["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine is to answer it
    if mail.answerable:
        built["Reply-To"] = Address(mail.sender, addr_spec=house.answered_at(mail.key))
    for name, value in mail.headers.items():
        built[name] = opened(value, mail.key)
    text, html = (_opened_for_all(words, mail) for words in (mail.text, mail.html))
    built.set_content(text, cte="quoted-printable")
    built.add_alternative(html, subtype="html", cte="quoted-printable")
    return built


def _opened_for_all(words: str, mail: Outgoing) -> str:
    for key in (mail.key, *mail.lines):
        words = opened(words, key)
    return words


def opened(words: str, key: str) -> str:
    """`words` of the mail `key` with its secrets in their places."""
    return re.sub(PLACE % key, lambda found: _secret(found[1], key), words)


def thread(conversation_key: str, person_key: str, domain: str) -> str:
    """What all mails about a conversation to a person refer to, so that programs keep them together. Nobody else's."""
    return f"<{tokens.digest(f'{conversation_key} {person_key}')[:26]}@{domain}>"


def _secret(purpose: str, key: str) -> str:
    make = tokens.code if purpose == "code" else tokens.seal
    return make(secret_key(), purpose, key)
