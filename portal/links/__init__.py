"""Door: links in e-mails, by which clients read and answer without a password, and end mails. GET changes nothing."""

from flask import Blueprint

from portal.kernel.errors import NotFound, SignedOut
from portal.links import agreements, bearer, codes, discussions, files, subscriptions

blueprint = Blueprint("links", __name__)
blueprint.before_request(bearer.in_measure)
blueprint.after_request(bearer.unlisted)
for gone in (NotFound, SignedOut):  # whatever is wrong with a link, it is over
    blueprint.register_error_handler(gone, bearer.over)

for room in (agreements, codes, discussions, files, subscriptions):
    room.install(blueprint)
