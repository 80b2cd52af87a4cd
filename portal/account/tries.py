"""Tries of signing in: so many failed ones, then none for a while (RELIABILITY H3)."""

from ipaddress import ip_address, ip_network

from flask import current_app, request

from portal.account import known
from portal.kernel.windows import Window
from portal.web import limits

NETWORK = 64  # bits of an IPv6 address that name a household; the rest is theirs to change


def tries() -> Window:
    """The tries at this application."""
    return limits.window("sign-in", current_app.config["COMPTOIR"].sign_in_limit)


def names(email: str) -> tuple[str, ...]:
    """Under which names a try for `email` counts.

    A browser in which its owner has signed in before counts for itself: whoever guesses elsewhere, at
    the same account or from the same network, cannot lock them out.
    """
    own = known.name(email)
    return (f"browser:{own}",) if own else (f"account:{email}", f"network:{network()}")


def network() -> str:
    """Where the request comes from."""
    address = ip_address(request.remote_addr or "::")
    return str(ip_network((address, NETWORK), strict=False)) if address.version == 6 else str(address)
