"""Who comes by a link, in which browser; and the one page for all links that are over."""

from flask import Response, current_app, request
from flask.typing import ResponseReturnValue

from portal import access
from portal.access import Held
from portal.config import Settings
from portal.kernel import link_cookie
from portal.web import browsers, errors, gate, limits
from portal.web.messages import write_limit
from portal.web.templating import page

RATE = "300 per minute"  # of one network; an office may share one


def in_measure() -> None:
    """No network asks for more than people there can read. Raises `TooMany`."""
    limits.window("links", RATE).hit(limits.network())


def held(token: str) -> Held:
    """Who has the link, and what of the discussion is theirs in this browser; pages are drawn for them.

    Raises `NotFound` for links that are over, altered, or none.
    """
    came = access.by_link(token, link_cookie.secrets(_cookie())).beside(gate.viewer_or_none())
    gate.read_as(came.viewer)
    return came


def held_with(token: str, secret: str) -> Held:
    """The same once the browser has that secret."""
    came = access.by_link(token, (secret,))
    gate.read_as(came.viewer)
    return came


def writing(came: Held) -> None:
    """Count what a link's person writes among what they write elsewhere. Raises `TooMany`."""
    limits.window("portal.web.messages._post", write_limit()).hit(came.viewer.key)


def remember(answer: Response, secret: str) -> None:
    """Have the browser know that somebody gave a code in it; and codes asked for before are no use to it."""
    browsers.forget()
    secure = _settings().secure
    answer.set_cookie(
        link_cookie.name(secure=secure),
        link_cookie.with_secret(_cookie(), secret),
        max_age=link_cookie.YEAR,
        secure=secure,
        httponly=True,
        samesite="Lax",
    )


def unlisted(answer: Response) -> Response:
    """No search engine keeps what it may be led to."""
    answer.headers["X-Robots-Tag"] = "noindex, nofollow"
    return answer


def over(_error: Exception) -> ResponseReturnValue:
    """One answer for links that were altered, expired, revoked, or never were: it tells nobody which."""
    gate.read_as(None)
    if gate.is_fragment():
        return errors.answer(410, "link_over")
    return page("links/over.html"), 410


def _cookie() -> str:
    return request.cookies.get(link_cookie.name(secure=_settings().secure), "")


def _settings() -> Settings:
    settings: Settings = current_app.config["COMPTOIR"]
    return settings
