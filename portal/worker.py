"""The worker: does what is due, again and again. In the web process by default, or as `comptoir worker`."""

import logging
import sys
import threading
from collections.abc import Callable, Mapping

from flask import Flask

from portal import wiring
from portal.config import Settings
from portal.extensions import DATABASE_AWAY, db
from portal.kernel.clock import now
from portal.kernel.errors import Unavailable
from portal.kernel.seldom import Seldom
from portal.queries.due import Look

log = logging.getLogger(__name__)

LOOK = 0.5  # seconds between two looks at what is due; to be woken by each message would cost more than the message
REST = 10.0  # seconds after which a duty looks by itself, too, as some of it is nothing to be looked for
TURN = 0.001  # seconds that a duty keeps the interpreter from a request; Python's own are 5, at each wait of it
PAUSE = 5.0  # seconds after a failure: the database may be away

Duties = Mapping[str, Callable[[], bool]]


def set_to_work(app: Flask) -> "Worker":
    """A worker for all duties, at work."""
    settings: Settings = app.config["COMPTOIR"]
    return Worker(app, wiring.duties(settings)).start()


class Worker:
    """One thread for each duty, so that a mail server that hangs holds up nothing else."""

    def __init__(self, app: Flask, duties: Duties) -> None:
        self._app, self._look = app, Look(duties)
        self._over = threading.Event()
        self._woken = {name: threading.Event() for name in (*duties, "look")}
        self._threads = [
            threading.Thread(target=self._run, args=(name, duty), daemon=True, name=f"duty-{name}")
            for name, duty in (*duties.items(), ("look", Seldom(self._wake, LOOK)))
        ]

    def start(self) -> "Worker":
        """Begin."""
        sys.setswitchinterval(TURN)
        for thread in self._threads:
            thread.start()
        return self

    def stop(self) -> None:
        """End after what is being done."""
        self._over.set()
        for woken in self._woken.values():
            woken.set()
        for thread in self._threads:
            thread.join()

    def _run(self, name: str, duty: Callable[[], bool]) -> None:
        rest = duty.pause if isinstance(duty, Seldom) else REST
        woken = self._woken[name]
        while not self._over.is_set():
            if not self._do(name, duty):
                woken.wait(rest)
                woken.clear()  # what it was woken for is there, and is seen in the next turn

    def _do(self, name: str, duty: Callable[[], bool]) -> bool:
        """Whether there may be more to do at once, or after a failure."""
        try:
            with self._app.app_context():
                try:
                    return duty()
                finally:
                    db.session.remove()
        except (Unavailable, *DATABASE_AWAY):
            log.warning("a duty waits, as the database is busy, full or away: %s", name)
        except Exception:
            # What was claimed is due again when its claim ends; nothing is lost.
            log.exception("a duty failed: %s", name)
        self._over.wait(PAUSE)
        return True

    def _wake(self) -> bool:
        for name in self._look.found(now()):
            self._woken[name].set()
        return False
