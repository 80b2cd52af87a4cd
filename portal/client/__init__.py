"""Door: clients. Their discussions, and nothing about who else is behind the counter."""

from flask import Blueprint

from portal.client import agreements, discussions, messages, needs
from portal.web import files, gate, later, listed, mailed, marks, mentions, rows, search, uploads

blueprint = Blueprint("client", __name__)
blueprint.before_request(gate.clients_only)

for room in (agreements, discussions, messages, needs):
    room.install(blueprint)
for shared in (files, later, listed, mailed, marks, mentions, rows, search, uploads):
    shared.install(blueprint)
