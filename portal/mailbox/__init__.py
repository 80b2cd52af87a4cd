"""Door: mail that comes in, by four ways (SPEC E8). Each keeps a mail before it says that it has it."""

from flask import Blueprint

from portal.mailbox import webhook

blueprint = Blueprint("mailbox", __name__)
webhook.install(blueprint)
