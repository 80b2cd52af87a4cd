"""Headers, each read by itself: one that is broken spoils no other, and the library may raise what it likes."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email import policy
from email.header import decode_header
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from portal.kernel import text
from portal.kernel.mime import charsets
from portal.kernel.mime.mail import Address

VALUE, LIST, FIELDS = 8_000, 64_000, 500  # characters of a value and of a list of addresses; headers of a mail
SUBJECT, NAME, REFERENCES = 500, 120, 100  # characters; identifiers
AUTHOR = 2_000  # characters; a From that is longer hides something

_ID = re.compile(r"<[^<>\s]{1,900}>")
_LOOSE_ID = re.compile(r"[^<>\s,;]{1,900}@[^<>\s,;]{1,250}")
_ADDRESS = re.compile(r"[^\s<>(),;:\"\[\]@]{1,128}@[^\s<>(),;:\"@]{1,255}")
_ASIDE = re.compile(r"\"(?:[^\"\\]|\\.){0,500}\"|\([^()]{0,500}\)|=\?[^?\s]{1,80}\?[bqBQ]\?[^?\s]{0,500}\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def fields(head: Message) -> tuple[tuple[str, str], ...]:
    """(Name in lower case, unfolded value), of at most `FIELDS` headers."""
    pairs = ((name.lower(), str(value).replace("\r", "").replace("\n", "")) for name, value in head.raw_items())
    return tuple((name, value.strip()[:LIST]) for name, value in list(pairs)[:FIELDS])


def words(value: str) -> str:
    """`value` with its encoded words (RFC 2047) decoded; as it is where they cannot be."""
    value = value[:VALUE]
    if "=?" not in value:
        return value
    try:
        return "".join(_chunk(chunk, charset) for chunk, charset in decode_header(value))
    except Exception:
        return value


def line(value: str, limit: int = SUBJECT) -> str:
    """`value` decoded, as one clean line of at most `limit` characters."""
    return text.shorten(text.clean_line(words(value)), limit)


def addresses(values: Iterable[str]) -> tuple[Address, ...]:
    """Everybody who is named in `values`, in order; groups are opened, and what has no @ is left out."""
    found: list[Address] = []
    for value in values:
        try:
            pairs = [pair for pair in getaddresses([value[:LIST]]) if "@" in pair[1]]
        except Exception:
            pairs = []
        pairs = pairs or [("", address) for address in _ADDRESS.findall(value[:LIST])]
        found += [Address(line(name, NAME), _CONTROL.sub("", email).strip()) for name, email in pairs]
    return tuple(found)


def author(values: tuple[str, ...]) -> Address | None:
    """Who wrote, where there is one From with one address and every way to read it gives the same; else None.

    Mail programs disagree about `a@x <b@y>`, comments and quotes (CVE-2023-27043); whoever can be read as two
    is nobody.
    """
    if len(values) != 1 or len(values[0]) > AUTHOR or _CONTROL.search(values[0]):
        return None
    named = addresses(values)
    readings = {address.email.casefold() for address in named}
    readings |= {address.casefold() for address in _structured(values[0])}
    readings |= {address.casefold().rstrip(".") for address in _ADDRESS.findall(_ASIDE.sub(" ", values[0]))}
    return named[0] if named and readings == {named[0].email.casefold()} else None


def path(values: tuple[str, ...]) -> str | None:
    """The address of a Return-Path; empty for the null path, None where there is none."""
    if not values:
        return None
    return re.sub(r"[<>\s]", "", values[0])[:320]


def ids(values: Iterable[str]) -> tuple[str, ...]:
    """The message ids in `values`, each once; the first and the newest where there are too many."""
    joined = " ".join(values)[:LIST]
    found = list(dict.fromkeys(_ID.findall(joined)))
    if not found:
        found = [f"<{bare}>" for bare in _LOOSE_ID.findall(joined)]
    return tuple(found if len(found) <= REFERENCES else found[:1] + found[-REFERENCES + 1 :])


def date(values: tuple[str, ...]) -> datetime | None:
    """The first date that can be read, in UTC; one without a zone counts as UTC."""
    found = (_date(value[:200]) for value in values[:3])
    return next((date for date in found if date), None)


def _date(value: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except Exception:
        return None


def _chunk(chunk: str | bytes, charset: str | None) -> str:
    if isinstance(chunk, str):
        return chunk
    if charset:
        return charsets.decode(chunk, charset)
    try:
        return chunk.decode("raw-unicode-escape")  # as the library encoded what stands between encoded words
    except UnicodeDecodeError:
        return chunk.decode("latin-1")


def _structured(value: str) -> list[str]:
    """The addresses as the library's newer reader sees them; none where it fails."""
    try:
        header = policy.default.header_factory("from", value)
        return [str(address.addr_spec) for address in header.addresses if address.username and address.domain]
    except Exception:
        return []
