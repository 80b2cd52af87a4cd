"""Reminders that ring (SPEC M16), and the mail about one that nobody attended to."""

from typing import Any

from portal.actions import reminders as actions
from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.mailer.house import House
from portal.mailer.letters import composed
from portal.queries import reminders as queries
from portal.queries.reminders import Ringing

MOST = 20  # in one go


def ring(house: House) -> bool:
    """Do what is due; whether there may be more."""
    due = queries.due(now(), MOST)
    for reminder_id in (*due, *queries.replied(MOST)):
        actions.ring(reminder_id)
    for one in queries.left_alone(now(), MOST):
        found = queries.ringing(one.id)
        actions.mail(one.id, one.at, written(found, house) if found else None)
    return len(due) == MOST


def written(told: Ringing, house: House) -> dict[str, Any]:
    """The words of one. Its reader asked for it, and it comes once: no link ends such mails."""
    view = told.view
    at = f"?at={view.message_id}" if view.message_id else ""
    values = {
        "title": view.title,
        "preview": view.words,
        "words": view.words,
        "address": f"{house.url}/console/discussions/{view.discussion_id}{at}",
        "settings": f"{house.url}/console/later",
    }
    says = composed("reminder", "staff", told.language, told.brand.name, told.brand.hue, values)
    about = {"person_id": told.person_id, "conversation_id": told.conversation_id, "email": told.email}
    return says | about | {"public_id": new_id(), "subject": view.title, "headers": {}}
