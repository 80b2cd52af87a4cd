"""On PostgreSQL, who tells somebody by mail and who writes or reads there lock in the same order: none is sent away."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select, text

from portal.actions import people
from portal.extensions import db
from portal.models import Conversation, Mail
from tests import world as cast
from tests.conftest import make_app
from tests.mailer.told import say, told


@pytest.fixture
def postgresql(postgresql_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on PostgreSQL alone: SQLite has one writer."""
    app = make_app(postgresql_url, tmp_path)
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


@pytest.mark.parametrize("digest", [False, True], ids=["notice", "digest"])
def test_who_is_being_told_can_write_meanwhile(postgresql: Flask, digest: bool) -> None:
    """A writer has the conversation, and then wants their stay: of two who wait for each other, one is ended."""
    world = cast.build()
    if digest:
        people.set_mails(world.viewer("hugo"), "digest")
    told(0)
    say(world, "ines", "The plans are ready.")
    room = db.session.scalars(select(Conversation.id).where(Conversation.public_id == world.permit)).one()
    db.session.rollback()
    with ThreadPoolExecutor(1) as pool, db.engine.connect() as writer:
        writer.execute(text("SELECT 1 FROM conversation WHERE id = :id FOR UPDATE"), {"id": room})
        telling = pool.submit(_in, postgresql, lambda: told(120))
        _until_it_waits()
        writer.execute(text("SELECT 1 FROM participation WHERE conversation_id = :id FOR UPDATE NOWAIT"), {"id": room})
        writer.rollback()
        telling.result(10)
    db.session.rollback()
    kinds = set(db.session.scalars(select(Mail.kind).where(Mail.person_id == world.person_id("hugo"))))
    assert kinds == ({"notice", "digest"} if digest else {"notice"})


def _until_it_waits() -> None:
    waiting = text(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
    )
    for _ in range(200):
        with db.engine.connect() as look:
            if look.execute(waiting).scalar():
                return
        time.sleep(0.05)
    raise AssertionError("nobody waits")


def _in(app: Flask, call: Callable[[], object]) -> None:
    with app.app_context():
        call()
        db.session.remove()
