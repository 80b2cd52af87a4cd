"""Reminders: for staff, of a message or a discussion; nobody else sees them."""

import json
from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.actions import reminders as actions
from portal.kernel.errors import NotFound, Refusal
from portal.queries import discussions, messages, reminders as queries
from portal.web import errors, gate, later
from portal.web.messages import writing
from portal.web.templating import fragment


def new(key: str, message: str = "") -> str:
    """The dialog that asks when."""
    viewer = gate.viewer()
    if message:
        messages.message(viewer, key, message)  # or there is nothing to be reminded of
    row, _ = discussions.row(viewer, key)
    return fragment("later/_remind.html", discussion_id=key, message_id=message, title=row.title, **later.times())


def create(key: str, message: str = "") -> ResponseReturnValue:
    """Have it come back."""
    return _done(lambda: actions.remind(gate.viewer(), key, due=later.named(), message_key=message))


def form(reminder: str) -> str:
    """The dialog that puts it off."""
    view = queries.one(gate.viewer(), reminder)
    return fragment("later/_remind.html", reminder=view, title=view.title, **later.times())


def snooze(reminder: str) -> ResponseReturnValue:
    """Once more, later."""
    return _done(lambda: actions.snooze(gate.viewer(), reminder, due=later.named()))


def done(reminder: str) -> ResponseReturnValue:
    """No more of it."""
    actions.done(gate.viewer(), reminder)
    return "", 204, {"HX-Trigger": json.dumps({"due": True})}


@writing
def _done(act: Callable[[], None]) -> ResponseReturnValue:
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return errors.answer(refusal.status, refusal.code, **refusal.values)
    return "", 204, {"HX-Trigger": json.dumps({"dialog-close": True, "due": True})}


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    discussion, one = "/discussions/<key>/reminder", "/reminders/<reminder>"
    message = "/discussions/<key>/messages/<message>/reminder"
    blueprint.add_url_rule(discussion, "new_reminder", new)
    blueprint.add_url_rule(discussion, "remind", create, methods=["POST"])
    blueprint.add_url_rule(message, "new_message_reminder", new)
    blueprint.add_url_rule(message, "remind_of_message", create, methods=["POST"])
    blueprint.add_url_rule(one, "reminder", form)
    blueprint.add_url_rule(one, "snooze", snooze, methods=["POST"])
    blueprint.add_url_rule(one, "reminder_done", done, methods=["DELETE"])
