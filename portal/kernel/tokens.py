"""Ids that tell nothing, and tokens of which only a digest is stored."""

import base64
import hashlib
import hmac
import re
import secrets

SEND_TOKEN = re.compile(r"[0-9a-f]{32}")
ID = re.compile(r"[a-z2-7]{26}")
SEALED = re.compile(r"([a-z2-7]{26})([a-z2-7]{26})")
INVITING = "invitation"  # what an invitation's secret is sealed for
DIGITS = 6  # of a code that somebody types


def new_id() -> str:
    """A random public id: 128 bit as 26 lower-case base32 characters (RFC 4648, no padding)."""
    return _base32(secrets.token_bytes(16))


def is_id(text: str) -> bool:
    """Whether it has the shape of a public id."""
    return ID.fullmatch(text) is not None


def new_start() -> int:
    """Where a count begins that must not tell how much there was: below 2**30, so that a billion more fit."""
    return secrets.randbelow(2**30)


def new_secret() -> str:
    """A bearer token for a link or a cookie: 256 bit, URL-safe. Store `digest(token)`, never this."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> str:
    """SHA-256 of a token, as hex: what the database keeps, so that a stolen copy opens nothing."""
    return hashlib.sha256(secret.encode("utf-8")).hexdigest()


def new_send_token() -> str:
    """An idempotency token for a form that is sent without scripts: 32 hex digits."""
    return secrets.token_hex(16)


def is_send_token(token: str) -> bool:
    """Whether `token` has the shape of a page's idempotency token: 32 hex digits."""
    return bool(SEND_TOKEN.fullmatch(token))


def derive(key: str, purpose: str, name: str) -> str:
    """A secret of 128 bit in 26 lower-case characters that only who has `key` can make of `name`, for one purpose."""
    return _base32(_mac(key, purpose, name)[:16])


def seal(key: str, purpose: str, name: str) -> str:
    """The public id `name` with its secret: a bearer token of 52 characters of which nothing need be stored."""
    return name + derive(key, purpose, name)


def unseal(key: str, purpose: str, token: str) -> str | None:
    """The id that was sealed for that purpose; None for anything else."""
    found = SEALED.fullmatch(token)
    if found is None or not hmac.compare_digest(derive(key, purpose, found[1]), found[2]):
        return None
    return found[1]


def code(key: str, purpose: str, name: str) -> str:
    """The digits that somebody types to prove that a mail about `name` reached them."""
    return str(int.from_bytes(_mac(key, purpose, name)[:8]) % 10**DIGITS).zfill(DIGITS)


def _mac(key: str, purpose: str, name: str) -> bytes:
    return hmac.digest(key.encode(), f"{purpose} {name}".encode(), "sha256")


def _base32(content: bytes) -> str:
    return base64.b32encode(content).decode("ascii").rstrip("=").lower()
