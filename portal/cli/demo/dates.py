"""The demo's calendar: three months of working days that end now, whenever now is."""

import re
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Europe/Paris")
DAWN = time(7, 20)
LEAST, MOST = 45, 345  # minutes since dawn that are too few for today's messages, and that are enough for all

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "fr": ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
}
MONTHS = {
    "en": tuple("January February March April May June July August September October November December".split()),
    "fr": tuple("janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()),
}

# {+3}: the weekday three working days later; {+3d}: its date; {m-1}: last month; {y}: this year.
_DAY = re.compile(r"\{([+-]\d+)(d?)\}")
_MONTH = re.compile(r"\{m([+-]\d+)?\}")
_YEAR = re.compile(r"\{y([+-]\d+)?\}")


class Calendar:
    """Tells moments as the discussions write them, counted back from `now`."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.today = now.astimezone(ZONE).date()

    def at(self, days: int, clock: str) -> datetime:
        """`clock` (9:30, in Paris) on the working day that lies `days` working days before today."""
        hour, minute = clock.split(":")
        return datetime.combine(working_day(self.today, -days), time(int(hour), int(minute)), ZONE)

    def ago(self, minutes: int) -> datetime:
        """So many minutes before now; in the morning fewer, so that the day does not begin at night."""
        since_dawn = (self.now - datetime.combine(self.today, DAWN, ZONE)) / timedelta(minutes=1)
        if LEAST < since_dawn < MOST:
            return self.now - timedelta(minutes=minutes * since_dawn / MOST)
        return self.now - timedelta(minutes=minutes)


def working_day(day: date, count: int) -> date:
    """The working day that is `count` working days after `day` (before it, if negative)."""
    step = timedelta(days=1 if count > 0 else -1)
    for _ in range(abs(count)):
        day += step
        while day.weekday() >= 5:
            day += step
    return day


def filled(words: str, moment: datetime, language: str) -> str:
    """`words` with their day, month and year marks filled in, as said at `moment`."""
    day = moment.astimezone(ZONE).date()
    words = _DAY.sub(lambda mark: _day(working_day(day, int(mark[1])), bool(mark[2]), language), words)
    words = _MONTH.sub(lambda mark: MONTHS[language][(day.month - 1 + int(mark[1] or 0)) % 12], words)
    return _YEAR.sub(lambda mark: str(day.year + int(mark[1] or 0)), words)


def _day(day: date, with_date: bool, language: str) -> str:
    if not with_date:
        return WEEKDAYS[language][day.weekday()]
    number = "1er" if language == "fr" and day.day == 1 else str(day.day)
    return f"{number} {MONTHS[language][day.month - 1]}"
