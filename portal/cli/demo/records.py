"""The demo's records: a client's page looked at, an export, how long a brand keeps."""

from portal.actions import exports, firm, sightings
from portal.cli.demo.cast import Cast
from portal.cli.demo.firm import HARBOUR
from portal.models import Contents

ASKED = ("Maison Delcourt, honoraires", "camille", "marie")  # who looks as whom, and has the file made of what they see
KEPT = 84  # months


def keep(cast: Cast, keys: dict[str, str]) -> None:
    """Look, export, and set what a brand keeps; `keys` are discussions by their titles."""
    title, who, client = ASKED
    viewer, key = cast.viewer(who), cast.people[client]
    sightings.see_as(viewer, keys[title], key)
    exports.ask_discussion(viewer, keys[title], contents=Contents.CLIENT, client_key=key)
    firm.keep(viewer, cast.brand_key(HARBOUR), months=KEPT)
