"""A browser's own secret, in its session: what somebody asks for in one browser is given in no other."""

from flask import session

from portal.kernel.tokens import new_secret

_NAME = "browser"


def secret() -> str:
    """This browser's, made when it is first asked for."""
    found: str = session.setdefault(_NAME, new_secret())
    return found


def forget() -> None:
    """What was asked for with it is no use any more."""
    session.pop(_NAME, None)
