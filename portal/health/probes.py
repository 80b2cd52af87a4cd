"""Alive, and ready. Strangers may ask, and learn which part is missing and nothing else."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue

from portal.config import Settings
from portal.queries import schema

FRESH = 1.0  # seconds for which an answer is given again: asking costs the database and the disk something
STUCK = 10.0  # seconds after which who is still looking will not come back soon
DISK = "disk"
PIECE = 4096  # bytes that must still fit on the disk


class Readiness:
    """What was found last. One looks at a time, and nobody waits for them."""

    def __init__(self, look: Callable[[], tuple[str, ...]]) -> None:
        self._look, self._lock = look, Lock()
        self._found: tuple[str, ...] = ("start",)
        self._at = float("-inf")

    def missing(self) -> tuple[str, ...]:
        """The parts that are missing; empty where all is well."""
        if time.monotonic() - self._at > FRESH and self._lock.acquire(blocking=self._at == float("-inf")):
            try:
                self._found, self._at = self._look(), time.monotonic()
            finally:
                self._lock.release()
        stuck = time.monotonic() - self._at > STUCK
        return ("database",) if stuck and not self._found else self._found


def live() -> ResponseReturnValue:
    """Whether this process answers. No database: a restart of this process would not mend that."""
    return jsonify(status="alive")


def ready() -> ResponseReturnValue:
    """Whether people can be served: 200, or 503 with the parts that are missing.

    A full disk takes writing away; 503 would have balancers take reading away as well.
    """
    fresh = Readiness(_missing)
    kept: Readiness = current_app.extensions.setdefault("comptoir_readiness", fresh)
    missing = kept.missing()
    if set(missing) - {DISK}:
        return jsonify(status="not ready", missing=missing), 503
    return jsonify(status="degraded", missing=missing) if missing else jsonify(status="ready")


def _missing() -> tuple[str, ...]:
    return (*_database(), *_disk())


def _database() -> tuple[str, ...]:
    return {None: ("database",), False: ("schema",), True: ()}[schema.is_current()]


def _disk() -> tuple[str, ...]:
    settings: Settings = current_app.config["COMPTOIR"]
    rooms = {settings.var} | ({settings.sqlite_path.parent} if settings.sqlite_path else set())
    return () if all(_takes_a_piece(room) for room in rooms) else (DISK,)


def _takes_a_piece(room: Path) -> bool:
    """Whether a file can be written there; it never has a name, and so leaves nothing."""
    try:
        with tempfile.TemporaryFile(dir=room) as file:
            file.write(bytes(PIECE))
            file.flush()
    except OSError:
        return False
    return True


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/health/live", "live", live)
    blueprint.add_url_rule("/health/ready", "ready", ready)
