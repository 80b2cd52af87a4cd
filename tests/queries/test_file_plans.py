"""What is asked of files grows with what is shown, and not with all files that ever were."""

from collections.abc import Callable
from functools import partial

import pytest
from flask import Flask

from portal.actions import files as actions, previews
from portal.extensions import db
from portal.queries import files, listed_files, messages
from tests.queries.statements import statements
from tests.queries.test_mail_plans import _plans as plans_of
from tests.sent import TEXT, brought, post
from tests.world import World

WHAT: dict[str, Callable[[World, str], object]] = {
    "a message's": lambda world, _file: messages.page(world.viewer("marie"), world.permit),
    "one": lambda world, file: files.content(world.viewer("marie"), file),
    "of a discussion": lambda world, _file: listed_files.of_discussion(world.viewer("marie"), world.permit),
    "those that follow": lambda world, file: listed_files.of_discussion(world.viewer("hugo"), world.permit, after=file),
    "of a space": lambda world, _file: listed_files.of_space(world.viewer("ines"), world.spaces["Delcourt"]),
    "so far": lambda world, _file: files.arrived(world.viewer("ines"), brought(world.viewer("ines"), world.permit)),
    "due": lambda _world, _file: previews.work(),
    "late": lambda _world, _file: actions.sweep(),
}


@pytest.mark.parametrize("what", WHAT)
def test_no_table_of_files_is_gone_through(app: Flask, world: World, what: str) -> None:
    (file,) = post(world, "ines", ("plan.txt", TEXT))
    asked = partial(WHAT[what], world, file)
    if db.engine.dialect.name == "postgresql":
        asked()
        return
    plans = [line for line in plans_of(asked) if " file" in line or " upload" in line or " preview" in line]
    assert plans
    assert not [line for line in plans if line.startswith("SCAN")]


def test_a_page_asks_as_often_for_many_files_as_for_one(app: Flask, world: World) -> None:
    post(world, "ines", ("plan.txt", TEXT))
    few = statements(lambda: _looked(world))
    for _ in range(3):
        post(world, "ines", *((f"{n}.txt", TEXT) for n in range(5)))
    assert statements(lambda: _looked(world)) == few


def _looked(world: World) -> None:
    messages.page(world.viewer("marie"), world.permit)
    listed_files.of_discussion(world.viewer("marie"), world.permit)
