"""Door: clients. Their discussions, and nothing about who else is behind the counter."""

from flask import Blueprint

from portal.client import discussions, messages
from portal.web import gate

blueprint = Blueprint("client", __name__)
blueprint.before_request(gate.clients_only)

for room in (discussions, messages):
    room.install(blueprint)
