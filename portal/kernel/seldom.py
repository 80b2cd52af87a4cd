"""What is looked for now and then, among duties that are looked for all the time."""

import time
from collections.abc import Callable

PAUSE = 600.0  # seconds


class Seldom:
    """A duty that rests after it found nothing to do."""

    def __init__(self, duty: Callable[[], bool], pause: float = PAUSE) -> None:
        self._duty, self._pause, self._next = duty, pause, 0.0

    def __call__(self) -> bool:
        """Do it, when it is time; whether there may be more."""
        if time.monotonic() < self._next:
            return False
        more = self._duty()
        if not more:
            self._next = time.monotonic() + self._pause
        return more
