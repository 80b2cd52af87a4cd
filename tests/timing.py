"""How long something takes of a processor, on a machine that does other things meanwhile."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def timed(call: Callable[[], T], bound: float) -> tuple[T, float]:
    """What a call gives, and its seconds: of the quickest of three, unless one before is within `bound`.

    Another thread's work, a collection, or a processor that is shared, is not the call's.
    """
    given, quickest = _once(call)
    for _ in range(2):
        if quickest >= bound:
            quickest = min(quickest, _once(call)[1])
    return given, quickest


def within(bound: float, call: Callable[[], T]) -> T:
    """What a call gives; it takes fewer seconds than that."""
    given, seconds = timed(call, bound)
    assert seconds < bound
    return given


def _once(call: Callable[[], T]) -> tuple[T, float]:
    began = time.thread_time()
    given = call()
    return given, time.thread_time() - began
