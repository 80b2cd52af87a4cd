"""Door: first run, sign-in, invitations, devices, profile."""

from flask import Blueprint

blueprint = Blueprint("account", __name__)
