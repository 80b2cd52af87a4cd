"""How often something was done, in a window of time that moves along."""

import math
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from portal.kernel.errors import TooMany

SWEEP = 10_000  # names; beyond, those whose time is over are forgotten


@dataclass
class Try:
    """One try; it has failed unless somebody says so."""

    succeeded: bool = False


class Window:
    """When each name did it, in the last `seconds`; at most `amount` times. Safe for threads."""

    def __init__(self, amount: int, seconds: float) -> None:
        self._amount, self._seconds = amount, seconds
        self._times: dict[str, deque[float]] = {}
        self._lock = Lock()

    def hit(self, *names: str) -> None:
        """Count once under each of `names`. Raises `TooMany`, with the seconds to wait, when one of them is full."""
        now = time.monotonic()
        with self._lock:
            if len(self._times) > SWEEP:
                self._times = {n: times for n, times in self._times.items() if times[-1] > now - self._seconds}
            full = [times[0] for name in names if len(times := self._recent(name, now)) >= self._amount]
            if full:
                raise TooMany(wait=math.ceil(max(full) + self._seconds - now))
            for name in names:
                self._times.setdefault(name, deque()).append(now)

    @contextmanager
    def one(self, *names: str) -> Iterator[Try]:
        """A try under each of `names`. Raises `TooMany` like `hit`.

        It counts from its beginning, and success takes it back. Counted at their end, all that are sent
        while the first ones are still being checked would get in.
        """
        self.hit(*names)
        this = Try()
        try:
            yield this
        except BaseException:
            this.succeeded = True  # it was never decided
            raise
        finally:
            if this.succeeded:
                self._take_back(names)

    def _recent(self, name: str, now: float) -> deque[float]:
        recent = self._times.get(name, deque())
        while recent and recent[0] <= now - self._seconds:
            recent.popleft()
        if not recent:
            self._times.pop(name, None)
        return recent

    def _take_back(self, names: tuple[str, ...]) -> None:
        with self._lock:
            for name in names:
                if times := self._times.get(name):
                    times.pop()
                if not times:
                    self._times.pop(name, None)
