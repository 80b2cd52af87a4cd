"""Times that people name: "tomorrow 9:00" in their own time zone, as moments in UTC."""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.errors import Invalid

STAMP = "%Y-%m-%dT%H:%M"  # what browsers send of a date and a time
MORNING, AFTERNOON = time(9), time(14)
HOUR = "+60"  # minutes from now
FURTHEST = timedelta(days=366)
LEAST = timedelta(minutes=1)
MONDAY = 0


def moment(named: str, zone: str, now: datetime) -> datetime:
    """The moment of a stamp (`2026-11-22T09:00`, in `zone`) or of minutes from now (`+60`). Raises `Invalid`.

    A time that comes twice, when clocks are put back, is its first; one that never comes is refused.
    """
    if named == HOUR:
        return now + timedelta(minutes=int(HOUR))
    found = _local(named, ZoneInfo(zone))
    if found < now:
        raise Invalid("time_past")
    if found > now + FURTHEST:
        raise Invalid("time_too_far")
    return found


def choices(zone: str, now: datetime) -> Mapping[str, str]:
    """What is offered by a word: {afternoon (where it is to come), tomorrow, monday (where that is later): stamp}."""
    here = now.astimezone(ZoneInfo(zone))
    days = (MONDAY - here.weekday()) % 7 or 7
    offered = {"tomorrow": datetime.combine(here.date() + timedelta(days=1), MORNING)}
    if days > 1:  # on a Sunday both would be the same, and which of two is chosen could not be told
        offered["monday"] = datetime.combine(here.date() + timedelta(days=days), MORNING)
    if here.time() < AFTERNOON:
        offered = {"afternoon": datetime.combine(here.date(), AFTERNOON)} | offered
    return {name: at.strftime(STAMP) for name, at in offered.items()}


def stamp(at: datetime, zone: str) -> str:
    """A moment as a browser's field shows it in `zone`."""
    return at.astimezone(ZoneInfo(zone)).strftime(STAMP)


def _local(named: str, zone: ZoneInfo) -> datetime:
    try:
        local = datetime.strptime(named.strip(), STAMP).replace(tzinfo=zone)
        found = local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise Invalid("bad_time") from error
    if found.astimezone(zone).replace(tzinfo=None) != local.replace(tzinfo=None):
        raise Invalid("time_skipped")
    return found
