"""What is known of messages besides their words, as words that the index holds: of each list, one must be there."""

from collections.abc import Callable, Collection
from datetime import UTC, datetime, timedelta

from portal.kernel.clock import now
from portal.models.search import FILE, by_author, in_conversation, in_month
from portal.queries.search.wanted import Wanted

BEGUN, ENDS = 1990, 2100  # years between which messages are written, whatever somebody types


def about(
    wanted: Wanted, authors: Collection[int], places: Collection[int], begun: Callable[[], datetime]
) -> list[list[str]]:
    """For a back-end: conversations, authors, files and months; what is not asked for is not there.

    Nothing was said before what `begun` gives: each year that is named makes looking slower.
    """
    conversations, people = [in_conversation(one) for one in places], [by_author(one) for one in authors]
    months = _months(wanted.after or begun(), wanted.before) if wanted.after or wanted.before else []
    return [one for one in (conversations, people, [FILE] if wanted.files else [], months) if one]


def _months(after: datetime, before: datetime | None) -> list[str]:
    """Years, and at both ends months, that hold all between; who asks still looks at the days themselves."""
    first = after.astimezone(UTC)
    last = before.astimezone(UTC) - timedelta(microseconds=1) if before else now() + timedelta(days=366)
    found = []
    for year in range(max(first.year, BEGUN), min(last.year, ENDS) + 1):
        months = [
            month for month in range(1, 13) if (first.year, first.month) <= (year, month) <= (last.year, last.month)
        ]
        whole = len(months) == 12
        found += [in_month(year, 1)[0]] if whole else [in_month(year, month)[1] for month in months]
    return found or [in_month(BEGUN - 1, 1)[0]]
