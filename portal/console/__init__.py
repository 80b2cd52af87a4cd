"""Door: staff. Everything under /console; for clients none of it exists."""

from flask import Blueprint

from portal.console import (
    addresses,
    agreements,
    commands,
    discussions,
    held,
    home,
    joining,
    links,
    mentions as mentioned,
    messages,
    participants,
    people,
    record,
    reminders,
    rights,
    settings,
    sightings,
    spaces,
    weekly,
)
from portal.web import files, gate, later, listed, mailed, marks, mentions, rows, search, uploads

blueprint = Blueprint("console", __name__, url_prefix="/console")
blueprint.before_request(gate.staff_only)

for room in (
    addresses,
    agreements,
    commands,
    discussions,
    held,
    home,
    joining,
    links,
    messages,
    participants,
    people,
    record,
    reminders,
    rights,
    settings,
    sightings,
    spaces,
    weekly,
):
    room.install(blueprint)
for shared in (files, later, listed, mailed, marks, mentioned, mentions, rows, search, uploads):
    shared.install(blueprint)
