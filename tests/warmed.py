"""What a server finds done when it is forked: addresses, templates and statements compiled, static files squeezed.

Imported for this by the process that tests/warm.py forks from, and by nobody else.
"""

import os
import shutil
from pathlib import Path
from secrets import token_hex
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import Engine, select

from portal import create_app
from portal.actions import devices
from portal.config import Settings
from portal.extensions import db
from portal.models import Conversation, Person
from portal.web import STATIC, assets
from tests import quick

NEEDED = (".css", ".js", ".json", ".svg", ".woff2")


PAGES = {
    "Ines Agent": ("/console/discussions", "/console/discussions/{}", "/console/discussions/new", "/console/later"),
    "Marie Delcourt": ("/", "/discussions/{}", "/profile"),
}
WRITTEN = {"Ines Agent": "/console/discussions/{}/messages", "Marie Delcourt": "/discussions/{}/messages"}


def _warm(var: str) -> None:
    quick.know_rules()
    quick.know_templates()
    if stage := os.environ.get("TESTS_STAGE"):
        shutil.copyfile(stage, Path(var) / "comptoir.db")
    app = create_app(Settings.load({"COMPTOIR_SECRET_KEY": "k" * 64, "COMPTOIR_VAR": var}))
    app.config["WTF_CSRF_ENABLED"] = False  # of this one alone, which serves nobody
    for name in app.jinja_env.list_templates():
        app.jinja_env.get_template(name)
    files = [path.relative_to(STATIC) for path in Path(STATIC).rglob("*") if path.suffix in NEEDED]
    with app.app_context():
        for name in (*assets.BUNDLES, *map(str, files)):
            assets.address(name)
    if stage:
        for name in PAGES:
            _visit(app, name)
        with app.app_context():
            _know_statements(db.engine)
            db.engine.dispose()


def _visit(app: Flask, name: str) -> None:
    """Do what most of the tests do: open pages, and write."""
    browser = app.test_client()
    with app.app_context():
        key = db.session.scalar(select(Conversation.public_id).where(Conversation.title == "Permit"))
        person_id = db.session.scalar(select(Person.id).where(Person.name == name))
        secret = devices.open_device(person_id, "Warm")
    with browser.session_transaction() as session:
        session["_user_id"] = secret
    for page in PAGES[name]:
        assert browser.get(page.format(key)).status_code == 200, page
    said = {"body": "Warm", "kind": "text", "token": token_hex(16)}
    assert browser.post(WRITTEN[name].format(key), data=said).status_code == 303


def _know_statements(warm: Engine) -> None:
    """Have servers use what was compiled for these pages."""
    make = SQLAlchemy._make_engine

    def knowing(self: SQLAlchemy, *about: Any) -> Engine:
        engine = make(self, *about)
        if engine.dialect.name == warm.dialect.name:
            engine.dialect, engine._compiled_cache = warm.dialect, warm._compiled_cache
        return engine

    SQLAlchemy._make_engine = knowing  # type: ignore[method-assign]


with TemporaryDirectory() as folder:
    _warm(folder)
