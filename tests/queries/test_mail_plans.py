"""What is asked of mails grows with what is shown, and not with all mails that ever were."""

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.extensions import db
from portal.queries import delivery, held, messages
from tests.mailbox.desk import TO_NOBODY, arrive, letter, told
from tests.world import World

WHAT: dict[str, Callable[[World, str], object]] = {
    "delivery": lambda world, text: delivery.delivery(world.viewer("ines"), world.permit, text),
    "held": lambda world, _text: (held.count(world.viewer("olga")), held.page(world.viewer("olga"))),
}


@pytest.mark.parametrize("what", WHAT)
def test_no_table_of_mails_is_gone_through(app: Flask, world: World, what: str) -> None:
    told(world, "marie")
    arrive(letter(TO_NOBODY))
    text = _text(world)
    if db.engine.dialect.name == "postgresql":
        # With so few rows it would go through anything: what is asked has no other form than on SQLite.
        WHAT[what](world, text)
        return
    plans = [line for line in _plans(lambda: WHAT[what](world, text)) if "mail" in line or "incoming" in line]
    assert plans
    assert not [line for line in plans if line.startswith("SCAN")]
    assert not [line for line in plans if "ix_incoming_fate_due_at" in line], "those that were set aside are many"


def _text(world: World) -> str:
    found = messages.page(world.viewer("ines"), world.permit).messages
    return [message.id for message in found if message.kind == "text"][-1]


def _plans(call: Callable[[], object]) -> list[str]:
    """How SQLite goes about each statement of `call`."""
    sent: list[tuple[str, Any]] = []

    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    call()
    event.remove(db.engine, "before_cursor_execute", hear)
    ask = db.session.connection().exec_driver_sql
    return [row[3] for statement, values in sent for row in ask(f"EXPLAIN QUERY PLAN {statement}", values)]
