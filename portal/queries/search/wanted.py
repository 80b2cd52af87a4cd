"""What somebody looks for: from the words and operators they typed to what the back-ends know. It never raises."""

import re
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from portal.kernel.clock import now
from portal.kernel.text import clean_line, fold
from portal.kernel.words import BEGINNING, Word, words

TEXT_LIMIT = 400  # characters that are read of what was typed
GROUPS = 12  # words and phrases
_PART = re.compile(r'(?:(?P<name>[^\W\d_]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
NAMES = {
    "from": "author", "de": "author", "par": "author", "in": "place", "dans": "place",
    "before": "before", "avant": "before", "after": "after", "apres": "after", "has": "has", "a": "has",
}  # fmt: skip
FILES = {"file", "files", "fichier", "fichiers", "attachment", "piece"}
ISO = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?")
BY_DAY = re.compile(r"(\d{1,2})[./](\d{1,2})[./](\d{4})")  # as French and British people write it
DAYS = {"today": 0, "aujourd'hui": 0, "aujourd’hui": 0, "yesterday": 1, "hier": 1}


@dataclass(frozen=True)
class Group:
    """Words that stand beside each other, mostly one; where the last is `open`, it may be only a beginning."""

    words: tuple[Word, ...]
    open: bool = False

    @property
    def exact(self) -> bool:
        """Whether it is a phrase, said as it was typed: other forms of its words do not count."""
        return len(self.words) > 1

    @property
    def beginning(self) -> str:
        """That with which the last word may begin; empty where it must be whole."""
        name = self.words[-1].name
        return name if self.open and len(name) >= BEGINNING else ""


@dataclass(frozen=True)
class Wanted:
    """What is looked for. `authors` and `places` are words of names and titles, as they are compared."""

    groups: tuple[Group, ...] = ()
    authors: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    before: datetime | None = None
    after: datetime | None = None
    files: bool = False
    plain: str = ""  # without operators: what titles and people are looked for by

    @property
    def narrowed(self) -> bool:
        """Whether an operator says something about messages."""
        return bool(self.authors or self.places or self.before or self.after or self.files)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to look for."""
        return not (self.groups or self.narrowed)


@dataclass
class _Found:
    groups: list[Group] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    places: list[str] = field(default_factory=list)
    bounds: dict[str, datetime] = field(default_factory=dict)
    files: bool = False
    plain: list[str] = field(default_factory=list)


def wanted(typed: str, time_zone: str) -> Wanted:
    """What `typed` asks for; dates are days of the reader's `time_zone`."""
    text = clean_line(typed[:TEXT_LIMIT])
    found = _Found()
    for part in _PART.finditer(text):
        if not _operator(part, found, time_zone) and len(found.groups) < GROUPS:
            said = part["phrase"] if part["phrase"] is not None else part[0]
            if group := tuple(words(said)):
                found.groups.append(Group(group, part["phrase"] is None and part.end() == len(text)))
                found.plain.append(said)
    bounds = found.bounds
    return Wanted(
        groups=tuple(found.groups),
        authors=tuple(found.authors),
        places=tuple(found.places),
        before=bounds.get("before"),
        after=bounds.get("after"),
        files=found.files,
        plain=" ".join(found.plain),
    )


def _operator(part: re.Match[str], found: _Found, time_zone: str) -> bool:
    """Whether this is an operator that says something; else it is words."""
    kind = NAMES.get(fold(part["name"] or ""))
    value = (part["phrase"] or part["word"] or "").strip()
    if kind is None or not value:
        return False
    if kind == "author":
        found.authors.append(fold(value))
    elif kind == "place":
        found.places.append(fold(value))
    elif kind == "has":
        found.files = found.files or fold(value) in FILES
        return fold(value) in FILES
    else:
        moment = day(value, time_zone)
        if moment is None:
            return False
        found.bounds[kind] = moment
    return True


def day(value: str, time_zone: str) -> datetime | None:
    """When the day (month, year) begins that `value` names, in that zone; None where it names none."""
    zone = ZoneInfo(time_zone)
    if value.lower() in DAYS:
        return _begin(now().astimezone(zone).date() - timedelta(days=DAYS[value.lower()]), zone)
    iso, by_day = ISO.fullmatch(value), BY_DAY.fullmatch(value)
    numbers = iso.groups("1") if iso else by_day.groups()[::-1] if by_day else None
    try:
        return _begin(date(*map(int, numbers)), zone) if numbers else None
    except ValueError:
        return None


def _begin(at: date, zone: ZoneInfo) -> datetime | None:
    """Years that no calendar reaches in every zone are none."""
    return datetime.combine(at, time(), zone) if 1900 < at.year < 9000 else None
