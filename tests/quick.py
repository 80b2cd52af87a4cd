"""What makes four thousand tests quick: cheap passwords, and things that are worked out once for all of them."""

from typing import Any

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from werkzeug.routing import Rule

from portal.actions import unit
from portal.extensions import db
from portal.kernel import passwords
from portal.mailer import notices

HASHER = passwords._hasher  # the product's
_templates: dict[tuple[str, str], Any] = {}
_compiled: dict[str, tuple[Any, Any]] = {}  # dialect, and the statements compiled for it
_rules: dict[tuple[Any, ...], dict[str, Any]] = {}
_compile = Rule.compile


def hash_cheaply() -> None:
    """Have passwords hashed and checked at once: slow by design, a hash would take most of the time there is."""
    passwords._hasher = PasswordHash((Argon2Hasher(time_cost=1, memory_cost=8, parallelism=1),))


def know_templates() -> None:
    """Have each application use the templates that another one compiled."""
    Flask.jinja_options = {"bytecode_cache": _Templates()}


class _Templates(BytecodeCache):
    """What jinja compiled, by name and source."""

    def load_bytecode(self, bucket: Bucket) -> None:
        """Take what is known."""
        bucket.code = _templates.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep it for the next application."""
        _templates[bucket.key, bucket.checksum] = bucket.code


def know_statements(app: Flask) -> None:
    """Have an application use the statements that another one compiled: each one's own would compile all anew."""
    with app.app_context():
        engine, name = db.engine, db.engine.dialect.name
        engine.dialect, engine._compiled_cache = _compiled.setdefault(name, (engine.dialect, engine._compiled_cache))


def know_rules() -> None:
    """Have werkzeug compile each address once, and not once for each application."""

    def known(rule: Rule) -> None:
        key = (rule.rule, rule.subdomain, rule.host, rule.merge_slashes, str(rule.defaults))
        if key not in _rules:
            _compile(rule)
            names = ("_parts", "_trace", "_converters", "arguments", "_build", "_build_unknown")
            _rules[key] = {name: getattr(rule, name) for name in names}
        rule.__dict__.update(_rules[key])

    Rule.compile = known  # type: ignore[method-assign]


def write_without_pause() -> None:
    """All tests are one writer that comes again at once; it needs to leave no time to other processes."""
    unit.MOST = 0.0


def tell_without_breath() -> None:
    """Nobody looks at pages beside notices that a test has written."""
    notices.BREATH = 0.0
