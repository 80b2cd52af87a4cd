"""Times as a page's script (js/times.js) would write them, for pages that have none."""

from collections.abc import Callable
from datetime import datetime

from babel.dates import format_date, format_time, get_timezone

from portal.kernel import clock

LONG = {"date": "d MMMM y", "full": "EEEE d MMMM y", "day": "EEEE d MMMM"}


def written(language: str, time_zone: str) -> Callable[[str, str], str]:
    """What stands for an ISO moment, by the name of a format, in this language and zone."""
    zone = get_timezone(time_zone)

    def write(iso: str, form: str) -> str:
        at, today = datetime.fromisoformat(iso).astimezone(zone), clock.now().astimezone(zone).date()
        hour = str(format_time(at, "HH:mm", locale=language))
        if form == "time" or (form not in LONG and at.date() == today):
            return hour
        near = 0 < (today - at.date()).days < 7 and form == "short"
        short = "EEE" if near else "d MMM" if at.year == today.year else "d MMM y"
        day = str(format_date(at.date(), LONG.get(form, short), locale=language))
        return f"{day} {hour}" if form in {"moment", "full"} else day

    return write
