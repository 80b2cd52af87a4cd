"""Ids that tell nothing, and tokens of which only a digest is stored."""

import base64
import hashlib
import re
import secrets

SEND_TOKEN = re.compile(r"[0-9a-f]{32}")


def new_id() -> str:
    """A random public id: 128 bit as 26 lower-case base32 characters (RFC 4648, no padding)."""
    return base64.b32encode(secrets.token_bytes(16)).decode("ascii").rstrip("=").lower()


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
