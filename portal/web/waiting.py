"""What waits in a discussion, as its page shows it: scheduled or held words, and reminders that are due."""

from typing import Any

from flask import redirect, url_for
from flask.typing import ResponseReturnValue

from portal.kernel.clock import now
from portal.queries import later as queries, reminders
from portal.web import gate
from portal.web.templating import fragment


def strips(key: str) -> str:
    """What waits in a discussion, for its page. Raises `NotFound` for who is not in it."""
    queries.must_be_in(gate.viewer(), key)
    return fragment("later/_strips.html", **shown(key))


def shown(key: str) -> dict[str, Any]:
    """The same for who draws it."""
    viewer = gate.viewer()
    rung = reminders.rung(viewer, key) if viewer.is_staff else ()
    return {"laters": queries.of_discussion(viewer, key), "rung": rung, "discussion_id": key, "now": now()}


def held(key: str) -> ResponseReturnValue:
    """The answer to a sending that can be undone for some seconds."""
    if gate.is_fragment():
        return strips(key), 202
    return redirect(url_for(".discussion", key=key), 303)
