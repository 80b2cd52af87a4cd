"""What there is to do for the worker, asked for all of it in one statement: most of the time it is nothing."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from inspect import unwrap
from typing import Any

from sqlalchemy import ScalarSelect, Select, select

from portal.extensions import rows

Asked = Callable[[], Select[*tuple[Any, ...]]]


@dataclass(frozen=True)
class Sought:
    """A duty that is there to be done when one of `asked` finds something, `at` a time."""

    duty: Callable[[], bool]
    asked: tuple[Asked, ...]

    def __call__(self) -> bool:
        """Do it; whether there may be more."""
        return self.duty()


class Look:
    """One look for all that are sought among these duties."""

    def __init__(self, duties: Mapping[str, Callable[[], bool]]) -> None:
        sought = {name: duty.asked for name, duty in duties.items() if isinstance(duty, Sought)}
        self._asked = [(name, ask) for name, asked in sought.items() for ask in asked]

    def found(self, at: datetime) -> set[str]:
        """The names of those that there is something to do for."""
        first = rows(self._statement, {"at": at, "most": 1}).one()
        return {name for (name, _), one in zip(self._asked, first, strict=True) if one is not None}

    @cached_property
    def _statement(self) -> Select[*tuple[Any, ...]]:
        return select(*(_first(unwrap(ask)()) for _, ask in self._asked))


def _first(query: Select[*tuple[Any, ...]]) -> ScalarSelect[Any]:
    """With the order it comes in: without, PostgreSQL may read a whole table to find nothing.

    `query` is made for this alone (not the one that is kept, see `functools.cache`): to derive from one that another
    thread puts to the database at that moment fails.
    """
    return query.with_only_columns(next(iter(query.selected_columns))).scalar_subquery()
