"""How often one person, or one network address, may do something."""

from collections.abc import Callable
from functools import wraps
from ipaddress import ip_address, ip_network
from typing import ParamSpec, TypeVar

from flask import current_app, request
from limits import parse

from portal.kernel.windows import Window

P = ParamSpec("P")
R = TypeVar("R")

NETWORK = 64  # bits of an IPv6 address that name a household; the rest is theirs to change


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


def tries() -> Window:
    """The tries of signing in and of codes at this application."""
    return tries_at("sign-in")


def tries_at(what: str) -> Window:
    """The tries of something else for which the same rule holds."""
    return window(what, current_app.config["COMPTOIR"].sign_in_limit)


def network() -> str:
    """Where the request comes from."""
    address = ip_address(request.remote_addr or "::")
    return str(ip_network((address, NETWORK), strict=False)) if address.version == 6 else str(address)


def _made(rule: str) -> Window:
    limit = parse(rule)
    return Window(limit.amount, limit.get_expiry())
