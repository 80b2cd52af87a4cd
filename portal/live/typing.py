"""Who is writing (SPEC M10): a sign that passes. No row, no event, and nothing that tells clients who is there.

Colleagues see who writes, as often as a browser says it. A client sees that the team writes, and that alone: the signs
to clients come at even distances from the first one on, so that two who write at once are as one.
It is told by the process that hears of it, to its own pages.
"""

import threading
import time
from dataclasses import dataclass

from flask import Flask

from portal import access
from portal.access import Act, Viewer
from portal.extensions import application, db
from portal.live.hub import hub
from portal.live.marks import mark

EVERY = 4.0  # seconds between two signs to clients
LASTS = 5.0  # seconds that somebody counts as writing; browsers say it every three
LOOK = 0.25


@dataclass
class Sign:
    """Where the team writes: until when, and when clients are told the next time."""

    app: Flask
    conversation_id: int
    until: float
    due: float


class Signs:
    """The discussions in which the team writes a text now; one thread goes on telling it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._some = threading.Event()
        self._thread: threading.Thread | None = None
        self._signs: dict[str, Sign] = {}

    def show(self, app: Flask, key: str, conversation_id: int) -> bool:
        """Somebody of the team writes there; whether nobody did before."""
        now = time.monotonic()
        with self._lock:
            known = self._signs.get(key)
            if known is not None:
                known.until = now + LASTS
                return False
            self._signs[key] = Sign(app, conversation_id, now + LASTS, now + EVERY)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, daemon=True, name="typing")
                self._thread.start()
        self._some.set()
        return True

    def end(self, key: str) -> None:
        """What was being written there has come. Who else writes begins anew, as the same one might."""
        with self._lock:
            self._signs.pop(key, None)

    def due(self, now: float) -> list[tuple[str, Sign]]:
        """Those of which clients are told now; those that ended are forgotten."""
        with self._lock:
            self._signs = {key: sign for key, sign in self._signs.items() if sign.until > now}
            if not self._signs:
                self._some.clear()
            found = [(key, sign) for key, sign in self._signs.items() if sign.due <= now]
            for _, sign in found:
                sign.due += EVERY
        return found

    def _run(self) -> None:
        while True:
            self._some.wait()
            time.sleep(LOOK)
            for key, sign in self.due(time.monotonic()):
                with sign.app.app_context():
                    try:
                        tell_clients(key, sign.conversation_id)
                    except Exception:
                        sign.app.logger.exception("a sign of writing was not told")
                    finally:
                        db.session.remove()


signs = Signs()


def writes(viewer: Viewer, key: str, kind: str) -> None:
    """Somebody writes a text or a note. Raises `NotFound` and `Forbidden` for who may not."""
    standing = access.conversation(viewer, key)
    access.require(viewer, Act.NOTE if kind == "note" else Act.WRITE, standing)
    conversation_id = standing.conversation.id
    others = [one for one in access.those_in(conversation_id) if one.person_id != viewer.person_id]
    staff = [one.person_id for one in others if one.face == "staff"]
    hub.send(staff, mark(typing={key: [viewer.key, viewer.name, kind]}))
    if not viewer.is_staff or kind == "note" or not standing.conversation.is_shared:
        return
    if signs.show(application(), key, conversation_id):
        tell_clients(key, conversation_id)


def tell_clients(key: str, conversation_id: int) -> None:
    """Tell the clients who are in it now, and their pages of mails' links, that the team writes."""
    clients = [one.person_id for one in access.those_in(conversation_id) if one.face != "staff"]
    frame = mark(typing={key: True})
    hub.send(clients, frame)
    hub.send_within(conversation_id, clients, frame)
