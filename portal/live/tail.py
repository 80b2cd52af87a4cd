"""The tail of the event log: reads what was committed, in order, and has it told."""

import logging
import threading
from collections.abc import Callable, Mapping, Sequence

from flask import Flask

from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.meters import meters
from portal.live.hub import hub
from portal.models import Event
from portal.queries import facts

log = logging.getLogger(__name__)

LOOK = 1.0  # seconds; other processes' commits are seen at the latest after this

Reactions = Mapping[str, Sequence[Callable[[Event], None]]]


class Tail:
    """One thread of this process. It starts with the first socket; before that nobody listens."""

    def __init__(self) -> None:
        self._wake = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._app: Flask | None = None
        self._reactions: Reactions = {}

    def prepare(self, app: Flask, reactions: Reactions) -> None:
        """Say whose events are read and what follows from each."""
        self._app, self._reactions = app, reactions

    def wake(self) -> None:
        """Have it look now."""
        self._wake.set()

    def start(self) -> None:
        """Start once, from the newest event on: what came before is on the page already."""
        with self._lock:
            if self._thread is None and self._app is not None:
                with self._app.app_context():
                    cursor = facts.newest()
                    db.session.remove()
                self._thread = threading.Thread(target=self._run, args=(self._app, cursor), daemon=True, name="tail")
                self._thread.start()

    def _run(self, app: Flask, cursor: facts.Cursor) -> None:
        while True:
            self._wake.wait(LOOK)
            self._wake.clear()
            try:
                with app.app_context():
                    cursor = self._read(cursor)
            except Exception:
                # The database may be away; the cursor stands, and the next look tries again.
                log.exception("the tail could not read events")
                self._wake.wait(LOOK)

    def _read(self, cursor: facts.Cursor) -> facts.Cursor:
        if not hub.count:
            newest = facts.newest()
            # A page may have come meanwhile; what was committed since then is for it to hear.
            return cursor if hub.count else newest
        more = True
        while more:
            events = facts.after(cursor)
            if len(events) > 1:  # each is to be told by what the database says then, not before
                db.session.rollback()
            for event in events:
                self._react(event)
                cursor = facts.place(event)
            more = len(events) == facts.BATCH  # who commits meanwhile wakes it again
        return cursor

    def _react(self, event: Event) -> None:
        """One broken event must not stop the rest; pages that missed it get it when they catch up."""
        for reaction in self._reactions.get(event.name, ()):
            try:
                reaction(event)
            except Exception:
                log.exception("event %s of kind %s was not told", event.id, event.name)
                meters.add("events_untold")
                hub.close_all(1012)
            finally:
                # Who was removed a moment ago must not hear what is told next: SQLite shows the same
                # rows until a transaction ends, and a batch of events takes a while.
                db.session.rollback()
        meters.told((now() - event.at).total_seconds())


tail = Tail()
