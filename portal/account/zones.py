"""The time zones that people choose from, in their language."""

from functools import cache
from typing import TYPE_CHECKING
from zoneinfo import available_timezones

from flask_babel import get_locale, lazy_gettext as _l
from wtforms import SelectChoice

from portal.kernel.text import fold
from portal.web.forms import options

if TYPE_CHECKING:
    from babel import Locale

CONTINENTS = {
    "Africa": _l("Africa"),
    "America": _l("America"),
    "Antarctica": _l("Antarctica"),
    "Asia": _l("Asia"),
    "Atlantic": _l("Atlantic Ocean"),
    "Australia": _l("Australia"),
    "Europe": _l("Europe"),
    "Indian": _l("Indian Ocean"),
    "Pacific": _l("Pacific Ocean"),
}


def time_zones() -> list[SelectChoice]:
    """Cities by continent, and UTC, in the language of the request."""
    return _zones(get_locale())


@cache
def _zones(locale: "Locale") -> list[SelectChoice]:
    found = options(("UTC", "UTC"), group="UTC")
    for continent, name in CONTINENTS.items():
        zones = [zone for zone in available_timezones() if zone.startswith(f"{continent}/")]
        cities = sorted(((_city(zone, locale), zone) for zone in zones), key=lambda pair: (fold(pair[0]), pair[1]))
        found += options(*((zone, city) for city, zone in cities), group=str(name))
    return found


def _city(zone: str, locale: "Locale") -> str:
    """What the city of a zone is called; where the language has no name of its own for it, the zone's."""
    known: str | None = locale.time_zones.get(zone, {}).get("city")
    return known or zone.partition("/")[2].replace("_", " ").replace("/", ", ")
