"""Door: first run, sign-in, invitations, devices, profile."""

from flask import Blueprint

from portal.account import codes, firstrun, invitations, links, mails, pictures, profile, signin, styles

blueprint = Blueprint("account", __name__)

for room in (firstrun, signin, codes, invitations, profile, links, mails, pictures, styles):
    room.install(blueprint)
