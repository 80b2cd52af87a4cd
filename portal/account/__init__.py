"""Door: first run, sign-in, invitations, devices, profile."""

from flask import Blueprint

from portal.account import firstrun, invitations, pictures, profile, signin, styles

blueprint = Blueprint("account", __name__)

for room in (firstrun, signin, invitations, profile, pictures, styles):
    room.install(blueprint)
