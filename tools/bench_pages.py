"""How long pages take on a big database, and how many statements each asks: run by `bin/bench pages`.

`python -m tools.bench_pages [--messages N] [--url URL] [--repeat N]` fills a fresh database (a temporary SQLite
file, or the empty PostgreSQL database at URL) with 2,000 discussions of 50 participants, one of them with 10,000
messages and the rest spread over the others, and asks each page as a member of staff and as a client who are in all
of them; and search as these, as one of staff who is in some hundreds, and as a client in a few. With `--keep VAR`,
a SQLite file is kept in that folder, and found there the next time. `--only` and `--as` ask some pages, or as one.

Said of each page: how long it took, mostly, at times and at least; how much of that this thread worked; what
PostgreSQL needs for its statements by its own account; how many statements; and tables that are gone THROUGH.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlencode

from flask import Flask
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import event

from portal import create_app
from portal.actions import devices
from portal.config import Settings
from portal.extensions import db
from tools.bench_data import LONG, Filled, fill, known
from tools.bench_plans import Sent, database_ms, gone_through
from tools.bench_talk import MIDDLING, RARE, UNHEARD

STAFF = {"staff", "some"}
# What is looked for; the last word may be a beginning.
SEARCHES = {
    "rare": RARE,
    "middling": MIDDLING,
    "very common": "les",
    "beginning": "comp",
    "phrase": '"comptes annuels"',
    "two, one common": f"les {MIDDLING}",
    "two common": "the les",
    "of others alone": UNHEARD,  # of some and few: said 300,000 times, and never to them
    "said by nobody": "xyzzyq",
    "common, and when": "les before:2024",
    "one who is in all": "from:person les",  # everybody is called so
    "one language": "the",
    "two of one language": "the and",
}


@dataclass
class Bench:
    """The application, whom it is asked as, and the statements that it asks."""

    app: Flask
    statements: Sent = field(default_factory=list)


def main() -> None:
    """Fill, ask, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--url", default="")
    parser.add_argument("--repeat", type=int, default=60)
    parser.add_argument("--keep", default="")
    parser.add_argument("--only", default="", help="pages whose names begin so")
    parser.add_argument("--as", dest="who", default="", help="one of staff, client, some, few")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(given.keep or place)
        folder.mkdir(parents=True, exist_ok=True)
        bench = _bench(folder, given.url)
        with bench.app.app_context():
            upgrade()
            filled = known() or _filled(given.messages)
            cookies = {name: devices.open_device(person_id, "Bench") for name, person_id in filled.people.items()}
            db.session.remove()
        for name, secret in cookies.items():
            for what, path in _pages(filled, name) if given.who in ("", name) else ():
                if what.startswith(given.only):
                    _ask(bench, name, what, path, secret, given.repeat)


def _filled(messages: int) -> Filled:
    began = time.perf_counter()
    filled = fill(messages)
    say(f"{messages:,} messages written in {time.perf_counter() - began:.0f} s")
    return filled


def say(words: str) -> None:
    """A line of the report."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def _bench(place: Path, url: str) -> Bench:
    environment = {"COMPTOIR_VAR": str(place), "COMPTOIR_DATABASE_URL": url, "COMPTOIR_LOG_LEVEL": "ERROR"}
    app = create_app(Settings.load(environment | {"COMPTOIR_SECRET_KEY": "bench" * 10}))
    bench = Bench(app)
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: bench.statements.append(given[2:4]))
    return bench


def _pages(filled: Filled, name: str) -> Iterator[tuple[str, str]]:
    door = "/console" if name in STAFF else ""
    one = f"{door}/discussions/{filled.key}"
    if name in ("staff", "client"):
        yield "list", f"{door}/discussions" if door else "/"
        yield "list, unread", f"{door}/discussions?filter=unread" if door else "/?filter=unread"
        yield "discussion of 10,000", one
        yield "the same, from the list", f"{one}#pane"
        yield "older messages", f"{one}/messages?before={LONG // 2}"
        yield "newer messages", f"{one}/messages?after={LONG // 2}&read=0"
        yield "what changed", f"{one}/messages?after_rev={LONG - 5}"
        yield "a row", f"{one}/row#row"
        yield "files", f"{one}/files"
        yield "what goes later", f"{door}/later"
    if name == "staff":
        yield from _of_staff(filled, door, one)
    if name == "client":
        yield "needs", "/needs"
        yield "needs, counted", "/needs/count#count"
    for what, words in SEARCHES.items():
        yield f"search: {what}", f"{door}/search?{urlencode({'q': words})}#found"


def _of_staff(filled: Filled, door: str, one: str) -> Iterator[tuple[str, str]]:
    yield "home", f"{door}/home"
    yield "home, as it is now", f"{door}/home#home"
    yield "list, to answer", f"{door}/discussions?turn=us#list"
    yield "who gets it", f"{one}/reach#reach"
    yield "record", f"{one}/record"
    yield "mentions", f"{door}/mentions"
    yield "mentions, counted", f"{door}/mentions/count#count"
    yield "commands", f"{door}/commands?q=discussion#found"
    yield "people", f"{door}/people"
    yield "spaces", f"{door}/spaces"
    yield "space", f"{door}/spaces/{filled.space}"
    yield "space, files", f"{door}/spaces/{filled.space}/files"


def _ask(bench: Bench, name: str, what: str, path: str, secret: str, repeat: int) -> None:
    browser = bench.app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = secret
    _get(browser, path)
    bench.statements.clear()
    size = _get(browser, path)
    sent = [one for one in bench.statements if not one[0].startswith("BEGIN")]
    times, worked = zip(*(_timed(browser, path) for _ in range(repeat)), strict=True)
    p50, p95 = statistics.median(times), sorted(times)[int(repeat * 0.95)]
    with bench.app.app_context(), db.engine.connect() as connection:
        asked, through = database_ms(connection, sent), gone_through(connection, sent)
    least = f"least {min(times):6.1f}  CPU {min(worked):6.1f}" + (f"  database {asked:6.1f}" if asked else "")
    say(
        f"{name:7}{what:26} p50 {p50:6.1f}  p95 {p95:6.1f}  {least} ms  {len(sent):3} statements  {size / 1000:6.1f} kB"
        f"  load {os.getloadavg()[0]:4.1f}" + (f"  THROUGH {', '.join(through)}" if through else "")
    )


def _timed(browser: FlaskClient, path: str) -> tuple[float, float]:
    """Milliseconds: by the clock, and of work of this thread."""
    began, worked = time.perf_counter(), time.thread_time()
    _get(browser, path)
    return (time.perf_counter() - began) * 1000, (time.thread_time() - worked) * 1000


def _get(browser: FlaskClient, path: str) -> int:
    answer = browser.get(path, headers={"HX-Request": "true"} if "#" in path else {})
    if answer.status_code != 200:
        raise SystemExit(f"{path}: {answer.status_code}")
    return len(answer.data)


if __name__ == "__main__":
    main()
