"""Passwords: argon2id (RFC 9106), so many at a time and no more."""

import threading
from functools import cache

from pwdlib import PasswordHash

LEAST = 10
MOST = 200

_hasher = PasswordHash.recommended()
# Each hash takes 64 MiB; a flood of sign-ins must not take all memory.
_slots = threading.BoundedSemaphore(4)


def hashed(password: str) -> str:
    """The hash to store for a password."""
    with _slots:
        return _hasher.hash(password)


def matches(password: str, stored: str | None) -> bool:
    """Whether `password` is the one stored; takes the same time where nothing is stored (SPEC P3)."""
    nobodys = _nobodys()  # made for everybody's try, lest the first unknown address take longer
    with _slots:
        right = _hasher.verify(password, stored or nobodys)
    return right and stored is not None


@cache
def _nobodys() -> str:
    return _hasher.hash("nobody has this password")
