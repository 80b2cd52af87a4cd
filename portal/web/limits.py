"""How often one person, or one network address, may do something."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec, TypeVar

from flask import current_app
from limits import parse

from portal.kernel.windows import Window

P = ParamSpec("P")
R = TypeVar("R")


def limited(rule: Callable[[], str], who: Callable[[], str]) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Have a view be done by `who()` as often as `rule()` says ("10 per 5 minutes"). Raises `TooMany`.

    Each view has a window of its own.
    """

    def around(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def call(*args: P.args, **more: P.kwargs) -> R:
            window(f"{view.__module__}.{view.__name__}", rule()).hit(who())
            return view(*args, **more)

        return call

    return around


def window(what: str, rule: str) -> Window:
    """The window of this application in which `what` is counted, as wide as `rule` says at its first use."""
    windows: dict[str, Window] = current_app.extensions.setdefault("comptoir_windows", {})
    return windows.get(what) or windows.setdefault(what, _made(rule))


def _made(rule: str) -> Window:
    limit = parse(rule)
    return Window(limit.amount, limit.get_expiry())
