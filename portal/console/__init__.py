"""Door: staff. Everything under /console; for clients none of it exists."""

from flask import Blueprint

from portal.console import commands, discussions, messages, participants, people, rights, settings
from portal.web import gate

blueprint = Blueprint("console", __name__, url_prefix="/console")
blueprint.before_request(gate.staff_only)

for room in (commands, discussions, messages, participants, people, rights, settings):
    room.install(blueprint)
