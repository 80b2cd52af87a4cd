"""What is asked of mentions and quotes grows with what is shown, and not with all that was ever said."""

from collections.abc import Callable

import pytest
from flask import Flask

from portal.actions import messages
from portal.extensions import db
from portal.queries import mentions, messages as stretches
from tests.actions.rows import say
from tests.queries.statements import statements
from tests.queries.test_mail_plans import _plans
from tests.world import World, token

WHAT: dict[str, Callable[[World], object]] = {
    "the list": lambda world: mentions.page(world.viewer("hugo")),
    "what follows": lambda world: mentions.page(world.viewer("hugo"), world.text),
    "the count": lambda world: mentions.count(world.viewer("hugo")),
    "a page": lambda world: stretches.page(world.viewer("hugo"), world.permit),
    "an edit": lambda world: messages.edit(world.viewer("ines"), world.permit, world.text, body=token()),
}


@pytest.mark.parametrize("what", WHAT)
def test_no_message_or_mention_is_gone_through(app: Flask, world: World, what: str) -> None:
    key = say(world, "ines", world.permit, "@Hugo Agent and @the team")
    messages.post(world.viewer("marie"), world.permit, body="Yes", token=token(), reply_to=key)
    if db.engine.dialect.name == "postgresql":
        # With so few rows it would go through anything: what is asked has no other form than on SQLite.
        WHAT[what](world)
        return
    plans = [line for line in _plans(lambda: WHAT[what](world)) if "mention" in line or "message" in line]
    assert plans
    assert not [line for line in plans if line.startswith("SCAN m")]


def test_a_page_of_many_answers_and_mentions_asks_no_more_than_one_of_few(app: Flask, world: World) -> None:
    def ask() -> int:
        return statements(lambda: stretches.page(world.viewer("hugo"), world.permit))

    def talk(times: int) -> None:
        for number in range(times):
            key = say(world, "ines", world.permit, f"@Hugo Agent {number}")
            messages.post(world.viewer("marie"), world.permit, body="Yes @Ines", token=token(), reply_to=key)

    none = ask()
    talk(1)
    few = ask()
    talk(8)
    assert (ask(), few) == (few, none + 2)
