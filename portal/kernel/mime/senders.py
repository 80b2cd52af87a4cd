"""Whether a mail is from whom it says: by the verdict of one's own mail server (RFC 8601), and by the very address.

Whoever can write a mail can write any header. Only what one's own server put on top is believed, and only where it
can be read in one way.
"""

import re
import string
from collections.abc import Iterable
from contextlib import suppress

import idna

from portal.kernel.mime.mail import Mail

_ASCII_LOWER = str.maketrans(string.ascii_uppercase, string.ascii_lowercase)
_PAIR = re.compile(r"([\w.-]+)\s*=\s*(\S+)")
_NO_RECORD = frozenset({"none", "bestguesspass"})  # the sender's domain does not say what is to be believed


def is_one_of(email: str, known: Iterable[str]) -> bool:
    """Whether `email` is one of these case-folded addresses: letter for letter, but for capitals of ASCII.

    Folding more would fold look-alikes: ſ is no s in anybody's mailbox.
    """
    local, _, domain = email.translate(_ASCII_LOWER).rpartition("@")
    there = set(known)
    return bool(local) and (f"{local}@{domain}" in there or f"{local}@{_written(domain)}" in there)


def proved(mail: Mail, server: str) -> bool:
    """Whether the mail server named `server` says that the domain of the author sent it.

    DMARC decides; where that domain has no such record, a signature or a path of exactly that domain.
    """
    if mail.author is None:
        return False
    found = next((said for value in mail.authentication_results if (said := _said(value, server)) is not None), None)
    if not found:
        return False
    domain = _domain(mail.author.email)
    verdicts = [(result, named) for method, result, named in found if method == "dmarc"]
    if len(verdicts) > 1:
        return False
    if verdicts and verdicts[0][0] not in _NO_RECORD:
        result, named = verdicts[0]
        return result == "pass" and _domain(named.get("header.from", "")) == domain
    return any(_vouches(method, named, domain) for method, result, named in found if result == "pass")


def _vouches(method: str, named: dict[str, str], domain: str) -> bool:
    """Whether a passed check is about that very domain; a parent's or a child's may be somebody else's."""
    if method == "dkim":
        return domain == _domain(named.get("header.d", "") or named.get("header.i", ""))
    return method == "spf" and domain == _domain(named.get("smtp.mailfrom", ""))


def _said(value: str, server: str) -> list[tuple[str, str, dict[str, str]]] | None:
    """(Method, result, properties) of each check in the header; None where it is another server's."""
    parts = _parts(value)
    if not parts or parts[0].split()[:1] != [server]:
        return None
    checks = []
    for part in parts[1:]:
        pairs = _PAIR.findall(part)
        if pairs:
            (method, result), *named = pairs
            checks.append((method, result, dict(reversed(named))))
    return checks


def _parts(value: str) -> list[str]:
    """The header in lower case, without comments, cut at its semicolons; nothing where brackets or quotes stay open."""
    parts, depth, quoted, escaped = [""], 0, False, False
    for letter in value.lower():
        if escaped:
            escaped = False
        elif letter == "\\" and (quoted or depth):
            escaped = True
            continue
        elif letter == '"' and not depth:
            quoted = not quoted
            continue
        elif not quoted and letter in "()":
            depth += 1 if letter == "(" else -1
            continue
        elif letter == ";" and not quoted and not depth:
            parts.append("")
            continue
        if depth < 0:
            return []
        if not depth:
            parts[-1] += "_" if quoted and letter in ' ;="' else letter
    return parts if not depth and not quoted else []


def _domain(address: str) -> str:
    return _written(address.rpartition("@")[2].translate(_ASCII_LOWER).rstrip("."))


def _written(domain: str) -> str:
    """A domain as people write it, where mail has it encoded."""
    with suppress(idna.IDNAError, UnicodeError):
        return idna.decode(domain) if "xn--" in domain else domain
    return domain
