"""Search asks for the rights in the statement that finds, begins with the words, and asks no more often for much."""

import re
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event

from portal.actions import discussions, messages
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.clock import now
from portal.queries.search import finding, hits, wanted
from portal.queries.search.about import about
from tests.queries.statements import statements
from tests.world import World, token

MATCH = re.compile(r" MATCH |@@")


@pytest.mark.parametrize("name", ["marie", "ines"])
def test_the_rights_stand_in_the_statement_that_finds(app: Flask, world: World, name: str) -> None:
    """Stays, and for clients kind and audience: what a statement gives is never filtered afterwards."""
    for few in (64, -1):  # conversations that are named, or all of them looked at
        sent = _sent(world, name, few)
        finding_ones = [statement for statement, _ in sent if MATCH.search(statement)]
        assert finding_ones
        for statement in finding_ones:
            assert statement.count("participation") >= 2, "there now, and when it was said"
            assert ("audience" in statement) == (name == "marie")
            assert "LIMIT" in statement
            assert re.search(r"ORDER BY \S*(rowid|message_id) DESC", statement)


def test_postgresql_asks_the_rights_of_what_it_found_and_reads_nothing_else(app: Flask, world: World) -> None:
    """Left alone it would join: read all that the viewer may, sort that, and only then look for the words."""
    if db.engine.dialect.name == "postgresql":
        near, rest = [said for said, _ in _sent(world, "ines", few=-1) if MATCH.search(said)]
        for statement in (near, rest):
            assert re.search(r"WHERE EXISTS \(SELECT message\.id .* OFFSET \S+\) ORDER BY", statement, re.S)
            assert statement.count("OFFSET") == 2
        assert "IS true" in near


def test_years_in_which_nobody_said_anything_are_not_asked_for(app: Flask, world: World) -> None:
    """Each makes looking slower; there are more than thirty of them before the firm began."""
    begun = now()
    (found,) = about(wanted(f"plan before:{begun.year + 1}", "UTC"), (), (), lambda: begun)
    assert {one[:5] for one in found} == {f"y{begun.year}"}
    with clock.at(begun - timedelta(days=800)):
        old = messages.post(world.viewer("ines"), _begun(world), body="An old plan", token=token())
    (hit,) = hits(world.viewer("ines"), wanted(f"plan before:{begun.year - 1}", "UTC")).hits
    assert hit.id == old


def test_what_was_typed_is_a_value_and_no_statement(app: Flask, world: World) -> None:
    assert not [statement for statement, _ in _sent(world, "ines") if "plan" in statement]


def test_sqlite_begins_with_the_words(app: Flask, world: World) -> None:
    if db.engine.dialect.name != "sqlite":
        return  # with so few rows PostgreSQL goes through anything; bin/bench pages says how long many take
    for statement, values in _sent(world, "ines"):
        if MATCH.search(statement):
            explained = db.session.connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)
            plan = [row[3] for row in explained]
            assert plan[0].startswith("SCAN search_entry VIRTUAL TABLE"), plan
            assert any(line.startswith("SEARCH message USING INTEGER PRIMARY KEY") for line in plan)
            assert not any("TEMP B-TREE" in line for line in plan), "newest first, without sorting"


def test_it_asks_as_often_however_much_is_found(app: Flask, world: World) -> None:
    def search() -> Any:
        return hits(world.viewer("marie"), wanted("plan from:ines", "UTC"))

    few = statements(search)
    for number in range(30):
        messages.post(world.viewer("ines"), world.permit, body=f"Plan {number}", token=token())
    assert len(search().hits) == finding.PAGE
    assert statements(search) == few


def _begun(world: World) -> str:
    """A discussion of Ines's, from now on."""
    return discussions.create(
        world.viewer("ines"), title="Long ago", audience="shared", brand_key=world.brands["North"]
    )


def _sent(world: World, name: str, few: int = 64) -> list[tuple[str, Any]]:
    """Statements of a search and their values; of `few` conversations, these are named."""
    sent: list[tuple[str, Any]] = []
    viewer = world.viewer(name)

    def hear(_connection: object, _cursor: object, statement: str, values: Any, *_: object) -> None:
        sent.append((statement, values))

    event.listen(db.engine, "before_cursor_execute", hear)
    finding.rights.FEW, usual = few, finding.rights.FEW
    try:
        hits(viewer, wanted("the plan", "UTC"))
    finally:
        finding.rights.FEW = usual
        event.remove(db.engine, "before_cursor_execute", hear)
    return sent
