"""Door: the demo's page of mails, where none are sent, so that one can read them and follow their links.

It shows everybody's. So it is there only where nobody's privacy is at stake: see `Settings.shows_mails`.
"""

from flask import Blueprint, current_app

from portal.config import Settings
from portal.demo import mails
from portal.kernel.errors import NotFound

blueprint = Blueprint("demo", __name__, url_prefix="/demo")


@blueprint.before_request
def _only_to_try_things_out() -> None:
    settings: Settings = current_app.config["COMPTOIR"]
    if not settings.shows_mails:
        raise NotFound


mails.install(blueprint)
