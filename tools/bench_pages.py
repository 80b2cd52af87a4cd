"""How long pages take on a big database, and how many statements each asks: run by `bin/bench pages`.

`python -m tools.bench_pages [--messages N] [--url URL] [--repeat N]` fills a fresh database (a temporary SQLite
file, or the empty PostgreSQL database at URL) with 2,000 discussions of 50 participants, one of them with 10,000
messages and the rest spread over the others, and asks each page as a member of staff and as a client.
"""

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from portal import create_app
from portal.actions import devices
from portal.config import Settings
from portal.extensions import db
from tools.bench_data import LONG, Filled, fill


@dataclass
class Bench:
    """The application, whom it is asked as, and the statements that it asks."""

    app: Flask
    statements: list[str] = field(default_factory=list)


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--repeat", type=int, default=60)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        bench = _bench(Path(place), given.url)
        with bench.app.app_context():
            upgrade()
            began = time.perf_counter()
            filled = fill(given.messages)
            say(f"{given.messages:,} messages written in {time.perf_counter() - began:.0f} s")
            cookies = {name: devices.open_device(person_id, "Bench") for name, person_id in filled.people.items()}
            db.session.remove()
        for name, secret in cookies.items():
            for what, path in _pages(filled, name):
                _ask(bench, name, what, path, secret, given.repeat)


def say(words: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _bench(place: Path, url: str) -> Bench:
    environment = {"COMPTOIR_VAR": str(place), "COMPTOIR_DATABASE_URL": url, "COMPTOIR_LOG_LEVEL": "ERROR"}
    app = create_app(Settings.load(environment | {"COMPTOIR_SECRET_KEY": "bench" * 10}))
    bench = Bench(app)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: bench.statements.append(given[2]))
    return bench


def _pages(filled: Filled, name: str) -> Iterator[tuple[str, str]]:
    door = "/console" if name == "staff" else ""
    one = f"{door}/discussions/{filled.key}"
    yield "home and list", f"{door}/discussions" if door else "/"
    yield "list, unread", f"{door}/discussions?filter=unread" if door else "/?filter=unread"
    yield "discussion of 10,000", one
    yield "the same, from the list", f"{one}#pane"
    yield "older messages", f"{one}/messages?before={LONG // 2}"
    yield "what changed", f"{one}/messages?after_rev={LONG - 5}"
    if door:
        yield "people", f"{door}/people"


def _ask(bench: Bench, name: str, what: str, path: str, secret: str, repeat: int) -> None:
    browser = bench.app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = secret
    _get(browser, path)
    bench.statements.clear()
    size = _get(browser, path)
    asked = sum(not statement.startswith("BEGIN") for statement in bench.statements)
    times = sorted(_timed(browser, path) for _ in range(repeat))
    p50, p95 = statistics.median(times), times[int(repeat * 0.95)]
    say(f"{name:7} {what:23} p50 {p50:6.1f} ms  p95 {p95:6.1f} ms  {asked:3} statements  {size / 1000:6.1f} kB")


def _timed(browser: FlaskClient, path: str) -> float:
    began = time.perf_counter()
    _get(browser, path)
    return (time.perf_counter() - began) * 1000


def _get(browser: FlaskClient, path: str) -> int:
    answer = browser.get(path, headers={"HX-Request": "true"} if path.endswith("#pane") else {})
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return len(answer.data)


if __name__ == "__main__":
    main()
