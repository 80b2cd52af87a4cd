"""Tries of signing in: so many failed ones, then none for a while (RELIABILITY H3)."""

import math
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from threading import Lock

from flask import current_app, request
from limits import parse

from portal.account import known
from portal.kernel.errors import TooMany

SWEEP = 10_000  # names; beyond, those whose time is over are forgotten
NETWORK = 64  # bits of an IPv6 address that name a household; the rest is theirs to change


@dataclass
class Try:
    """One try; it has failed unless somebody says so."""

    succeeded: bool = False


class Tries:
    """When each name was tried, in a window that moves along.

    A try counts from its beginning, and success takes it back. Counted at its end, all that are sent
    while the first passwords are still being checked would get in.
    """

    def __init__(self, amount: int, window: float) -> None:
        self._amount, self._window = amount, window
        self._times: dict[str, list[float]] = defaultdict(list)
        self._lock = Lock()

    @contextmanager
    def one(self, *names: str) -> Iterator[Try]:
        """A try under each of `names`. Raises `TooMany`, with the seconds to wait, when one of them is full."""
        self._begin(names)
        this = Try()
        try:
            yield this
        except BaseException:
            this.succeeded = True  # it was never decided
            raise
        finally:
            if this.succeeded:
                self._take_back(names)

    def _begin(self, names: tuple[str, ...]) -> None:
        now = time.monotonic()
        with self._lock:
            if len(self._times) > SWEEP:
                self._times = defaultdict(list, {n: t for n, t in self._times.items() if t[-1] > now - self._window})
            full = [times[0] for name in names if len(times := self._recent(name, now)) >= self._amount]
            if full:
                raise TooMany(wait=math.ceil(max(full) + self._window - now))
            for name in names:
                self._times[name].append(now)

    def _recent(self, name: str, now: float) -> list[float]:
        recent = [at for at in self._times.get(name, ()) if at > now - self._window]
        if recent:
            self._times[name] = recent
        else:
            self._times.pop(name, None)
        return recent

    def _take_back(self, names: tuple[str, ...]) -> None:
        with self._lock:
            for name in names:
                if self._times.get(name):
                    self._times[name].pop()
                if not self._times.get(name):
                    self._times.pop(name, None)


def tries() -> Tries:
    """The tries at this application."""
    limit = parse(current_app.config["COMPTOIR"].sign_in_limit)
    fresh = Tries(limit.amount, limit.get_expiry())
    kept: Tries = current_app.extensions.setdefault("comptoir_tries", fresh)
    return kept


def names(email: str) -> tuple[str, ...]:
    """Under which names a try for `email` counts.

    A browser in which its owner has signed in before counts for itself: whoever guesses elsewhere, at
    the same account or from the same network, cannot lock them out.
    """
    own = known.name(email)
    return (f"browser:{own}",) if own else (f"account:{email}", f"network:{_network()}")


def _network() -> str:
    address = ip_address(request.remote_addr or "::")
    return str(ip_network((address, NETWORK), strict=False)) if address.version == 6 else str(address)
