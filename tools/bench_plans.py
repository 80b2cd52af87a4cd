"""What the database itself says of a page's statements: how long it takes, and which tables it goes through."""

import json
import re
from collections.abc import Iterator
from typing import Any

from sqlalchemy import Connection

Sent = list[tuple[str, Any]]  # statements with their values
MANY = 1_000  # rows; of smaller tables PostgreSQL goes through anything
TRIES = 3
LONG = re.compile("SCAN (conversation|participation|message|mention|file|search_term)")  # tables of SQLite


def database_ms(connection: Connection, sent: Sent) -> float | None:
    """Milliseconds that PostgreSQL plans and executes, the least of some tries; SQLite works in the server's thread."""
    if connection.dialect.name == "sqlite":
        return None
    return sum(min(_took(connection, *one) for _ in range(TRIES)) for one in sent if _reads(one[0]))


def gone_through(connection: Connection, sent: Sent) -> list[str]:
    """Tables that are read from one end to the other."""
    look = _sqlite if connection.dialect.name == "sqlite" else _postgresql
    return sorted({name for one in sent if _reads(one[0]) for name in look(connection, *one)})


def _reads(statement: str) -> bool:
    return statement.lstrip().startswith(("SELECT", "WITH"))


def _took(connection: Connection, statement: str, values: Any) -> float:
    found = _explained(connection, statement, values)
    return float(found["Planning Time"] + found["Execution Time"])


def _explained(connection: Connection, statement: str, values: Any) -> dict[str, Any]:
    plan = connection.exec_driver_sql(f"EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) {statement}", values).scalar_one()
    found: dict[str, Any] = (json.loads(plan) if isinstance(plan, str) else plan)[0]
    return found


def _sqlite(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values):
        if found := LONG.match(row[3]):
            yield found[1]


def _postgresql(connection: Connection, statement: str, values: Any) -> Iterator[str]:
    nodes = [_explained(connection, statement, values)["Plan"]]
    while nodes:
        node = nodes.pop()
        nodes += node.get("Plans", [])
        rows = (node["Actual Rows"] + node.get("Rows Removed by Filter", 0)) * node["Actual Loops"]
        if node["Node Type"] == "Seq Scan" and rows > MANY:
            yield f"{node['Relation Name']} ({rows:.0f})"
