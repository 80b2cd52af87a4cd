"""A moment of every week: a weekday and an hour, as clocks show them in a zone."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo


def next_moment(after: datetime, zone: str, day: int, hour: int) -> datetime:
    """The first such moment later than `after`, in UTC; Monday is day 0."""
    there = ZoneInfo(zone)
    today = after.astimezone(there).date()
    first = today + timedelta(days=(day - today.weekday()) % 7)
    found = (datetime(d.year, d.month, d.day, hour, tzinfo=there) for d in (first, first + timedelta(days=7)))
    return next(moment.astimezone(UTC) for moment in found if moment.astimezone(UTC) > after)


def is_moment(at: datetime, zone: str, day: int, hour: int) -> bool:
    """Whether it is one of them, to the second."""
    return next_moment(at - timedelta(seconds=1), zone, day, hour) == at
