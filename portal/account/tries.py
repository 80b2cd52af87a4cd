"""Under which names tries of signing in count: so many failed ones, then none for a while (RELIABILITY H3)."""

from portal.account import known
from portal.web.limits import network


def names(email: str) -> tuple[str, ...]:
    """Under which names a try for `email` counts.

    A browser in which its owner has signed in before counts for itself: whoever guesses elsewhere, at
    the same account or from the same network, cannot lock them out.
    """
    own = known.name(email)
    return (f"browser:{own}",) if own else (f"account:{email}", f"network:{network()}")
