"""The write-ahead log stays short though somebody always reads (RELIABILITY R13)."""

import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import text

from portal import extensions
from portal.actions.unit import transaction
from portal.extensions import db

LIMIT = 1024 * 1024  # bytes
WRITTEN = 24 * LIMIT


def test_the_log_stays_short_though_somebody_always_reads(play: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite begins it anew only when nobody reads: left to itself it would hold all that is written here."""
    monkeypatch.setattr(extensions, "LOG_LIMIT", LIMIT)
    monkeypatch.setattr(extensions, "LOG_PAUSE", 0)
    file = Path(str(db.engine.url.database))
    with _readers(file):
        for _ in range(WRITTEN // LIMIT):
            _write(LIMIT)
        assert file.with_name(f"{file.name}-wal").stat().st_size < WRITTEN / 2
    assert db.session.execute(text("PRAGMA integrity_check")).scalar() == "ok"


def _write(size: int) -> None:
    with transaction():
        db.session.execute(text("CREATE TABLE IF NOT EXISTS heap (what BLOB)"))
        db.session.execute(text("INSERT INTO heap VALUES (zeroblob(:size))"), {"size": size})


@contextmanager
def _readers(file: Path) -> Iterator[None]:
    """Four who read, each a little longer than until the next one begins."""
    over = threading.Event()

    def read(number: int) -> None:
        link = sqlite3.connect(file, isolation_level=None, timeout=10)
        over.wait(number * 0.02)
        while not over.is_set():
            link.execute("BEGIN")
            link.execute("SELECT count(*) FROM message").fetchone()
            time.sleep(0.06)
            link.execute("COMMIT")
            time.sleep(0.02)
        link.close()

    threads = [threading.Thread(target=read, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join()
