"""Headers of every answer: what the browser may do with it, and who may keep it."""

import time

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Settings
from portal.extensions import limiter

# No inline script or style anywhere, so that no text can become one.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "connect-src 'self'",
        "object-src 'none'",
        "manifest-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

ALWAYS = {
    "Content-Security-Policy": CSP,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Addresses hold ids and tokens; `same-origin` keeps the Referer that CSRF checks over https need.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
}

SHORTLY = 5  # seconds


class Sessions(SecureCookieSessionInterface):
    """Sessions in cookies, everywhere but in static files.

    Those are for everybody's caches: a cookie that renews itself there would be kept and given to others.
    """

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, where it may be sent."""
        if request.endpoint != "static":
            super().save_session(app, session, response)


def install(app: Flask) -> None:
    """Set the headers, and believe as many proxies as the settings name."""
    settings: Settings = app.config["COMPTOIR"]
    app.session_interface = Sessions()
    proxies = settings.trusted_proxies
    if proxies:
        behind = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=proxies)
        app.wsgi_app = behind  # type: ignore[method-assign]
    app.after_request(_protect)
    if settings.secure:
        app.after_request(_insist_on_https)


def _protect(response: Response) -> Response:
    response.headers.update(ALWAYS)
    if response.status_code in {429, 503}:
        response.headers.setdefault("Retry-After", str(_seconds()))
    if request.endpoint == "static" and response.status_code < 400:
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie, HX-Request"
    return response


def _seconds() -> int:
    """When to try again: after a limit was reached, as soon as it ends."""
    reached = limiter.current_limit
    return max(1, int(reached.reset_at - time.time())) if reached and reached.breached else SHORTLY


def _insist_on_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
