"""Numbers about this process, for whoever runs it: how often, and how long. Never about a person or a conversation.

Kept by hand and not by prometheus_client, which is loaded only when somebody asks (portal/health): a number is
added while frames go out, and that must cost next to nothing.
"""

from bisect import bisect_left
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock

BOUNDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)  # seconds

# What is counted: name -> (what it is, the name of its one label or nothing).
COUNTED: dict[str, tuple[str, str]] = {
    "events_untold": ("Events that could not be told; pages were sent to catch up by themselves", ""),
    "frames_sent": ("Frames that were sent to open pages", ""),
    "readers_cut": ("Open pages that were cut off, because they did not read what they were sent", ""),
    "sockets_refused": ("Sockets that were refused before the upgrade", "reason"),
    "sign_in_failures": ("Sign-ins that failed", "reason"),
    "unavailable": ("Requests that were answered by 503: the database was locked, full or away", ""),
}


@dataclass
class Spread:
    """How long something took: how many within each bound (the last: beyond all), and all together in seconds."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: float) -> None:
        """One more."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    def copy(self) -> "Spread":
        """As it is now."""
        return Spread(list(self.counts), self.total)


class Meters:
    """All numbers of this process."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._requests: dict[tuple[str, str, str], Spread] = defaultdict(Spread)
        self._told = Spread()

    def add(self, name: str, label: str = "", amount: int = 1) -> None:
        """Count `amount` more of `name`, which stands in COUNTED."""
        with self._lock:
            self._counts[name, label] += amount

    def request(self, endpoint: str, method: str, status: int, seconds: float) -> None:
        """One request, answered. Each of the three is one of few; an address or a path never is."""
        with self._lock:
            self._requests[endpoint, method, f"{status // 100}xx"].add(seconds)

    def told(self, seconds: float) -> None:
        """One event, told so long after it happened."""
        with self._lock:
            self._told.add(max(0.0, seconds))

    def counts(self) -> dict[tuple[str, str], int]:
        """(name, label) -> how many, for all that ever happened."""
        with self._lock:
            return dict(self._counts)

    def requests(self) -> dict[tuple[str, str, str], Spread]:
        """(endpoint, method, class of status) -> how long its answers took."""
        with self._lock:
            return {key: spread.copy() for key, spread in self._requests.items()}

    def lags(self) -> Spread:
        """How many events were told, and how long after they happened."""
        with self._lock:
            return self._told.copy()


meters = Meters()
