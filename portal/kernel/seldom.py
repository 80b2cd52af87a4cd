"""What is looked for now and then, among duties that are looked for all the time."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Seldom:
    """A duty that rests for `pause` seconds after it found nothing to do."""

    duty: Callable[[], bool]
    pause: float = 600.0

    def __call__(self) -> bool:
        """Do it; whether there may be more."""
        return self.duty()
