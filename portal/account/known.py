"""Browsers in which somebody has signed in before: a cookie says so, and opens nothing.

What OWASP calls a device cookie. It holds no address: only digests that whoever knows the address
can compare.
"""

from flask import Response, current_app, request
from itsdangerous import BadSignature, URLSafeSerializer

from portal.config import Settings
from portal.kernel.tokens import digest, new_id

YEAR = 365 * 24 * 3600  # seconds
MOST = 5  # people of one browser; the first gives way


def remember(response: Response, email: str) -> None:
    """Note in the browser that `email` has signed in there."""
    browser, people = _read() or (new_id(), [])
    mark = _mark(browser, email)
    people = [*(one for one in people if one != mark), mark][-MOST:]
    response.set_cookie(
        _cookie(),
        _serializer().dumps([browser, people]),
        max_age=YEAR,
        secure=_settings().secure,
        httponly=True,
        samesite="Lax",
    )


def name(email: str) -> str:
    """The name of this browser for `email`, or nothing where they have not signed in before."""
    browser, people = _read() or ("", [])
    mark = _mark(browser, email)
    return mark if mark in people else ""


def _mark(browser: str, email: str) -> str:
    return digest(f"{browser} {email.strip().casefold()}")[:32]


def _read() -> tuple[str, list[str]] | None:
    try:
        browser, people = _serializer().loads(request.cookies.get(_cookie(), ""))
    except BadSignature:
        return None
    return browser, people


def _cookie() -> str:
    return "__Host-comptoir-known" if _settings().secure else "comptoir-known"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(_settings().secret_key, salt="known browser")


def _settings() -> Settings:
    settings: Settings = current_app.config["COMPTOIR"]
    return settings
