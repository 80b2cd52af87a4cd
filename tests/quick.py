"""What makes two thousand tests quick: cheap passwords, and things that are worked out once for all of them."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from flask import Flask
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from sqlalchemy import update
from werkzeug.routing import Rule

from portal.actions import unit
from portal.extensions import db
from portal.kernel import passwords
from portal.models import Account
from tests.world import PASSWORD

CHEAP = Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1)
_compiled: dict[str, tuple[Any, Any]] = {}  # dialect, and the statements compiled for it
_builders: dict[tuple[str, bool], Callable[..., tuple[str, str]]] = {}
_compile_builder = Rule._compile_builder


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


def know_statements(app: Flask) -> None:
    """Have an application use the statements that another one compiled: each one's own would compile all anew."""
    with app.app_context():
        engine, name = db.engine, db.engine.dialect.name
        engine.dialect, engine._compiled_cache = _compiled.setdefault(name, (engine.dialect, engine._compiled_cache))


def know_rules() -> None:
    """Have werkzeug compile each address once, and not once for each application."""

    def known(rule: Rule, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        key = (rule.rule, append_unknown)
        if key not in _builders:
            _builders[key] = _compile_builder(rule, append_unknown)
        return _builders[key]

    Rule._compile_builder = known


def write_without_pause() -> None:
    """All tests are one writer that comes again at once; it needs to leave no time to other processes."""
    unit.MOST = 0.0
