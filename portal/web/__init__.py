"""Floor 5: what the doors share. Gate, headers, errors, rendering, forms."""

from pathlib import Path

from flask import Flask

from portal.web import assets, errors, gate, headers, squeeze, templating
from portal.web.gate import locale
from portal.web.settings import flask_config

_HERE = Path(__file__).resolve().parent.parent


def _room(name: str) -> Path:
    """Beside the package in a checkout, inside it in a wheel."""
    inside = _HERE / name
    return inside if inside.is_dir() else _HERE.parent / name


TEMPLATES, STATIC, MIGRATIONS = _room("templates"), _room("static"), _room("migrations")


def install(app: Flask) -> None:
    """Hang everything shared on the application."""
    app.url_map.merge_slashes = False  # an address is right or there is nothing: none is repeated to who asked
    headers.install(app)
    gate.install(app)
    errors.install(app)
    templating.install(app)
    assets.install(app)
    squeeze.install(app)


__all__ = ["MIGRATIONS", "STATIC", "TEMPLATES", "flask_config", "install", "locale"]
