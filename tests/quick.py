"""Passwords that are cheap to check, for tests that try hundreds of them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from flask import Flask
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import update

from portal.extensions import db
from portal.kernel import passwords
from portal.models import Account
from tests.world import PASSWORD

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)


@contextmanager
def cheap_passwords() -> Iterator[None]:
    """From here to the end, every new hash is a cheap one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(passwords, "_hasher", PasswordHash((CHEAP,)))
        passwords._nobodys.cache_clear()
        yield
    passwords._nobodys.cache_clear()


def cheapen(app: Flask) -> None:
    """Give everybody who has a password the cast's, cheap."""
    with app.app_context(), db.engine.begin() as connection:
        cheap = update(Account).where(Account.password_hash.is_not(None))
        connection.execute(cheap.values(password_hash=passwords.hashed(PASSWORD)))
