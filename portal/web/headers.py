"""Headers of every answer: what the browser may do with it, and who may keep it."""

from flask import Flask, Response, request
from flask.sessions import SecureCookieSessionInterface, SessionMixin
from werkzeug.middleware.proxy_fix import ProxyFix

from portal.config import Settings

# No inline script or style anywhere, so that no text can become one.
CSP = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
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

# Opened by itself, a file is nothing but a file, whatever it might turn out to be. What else pages need would be a
# tenth of what a first visit loads.
OF_FILES = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The demo shows mails, which have styles of their own, in a frame without any right but that of following a link.
SHOWN = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'; sandbox allow-popups"
STILL = "; ".join(
    (
        "default-src 'none'",
        "style-src 'self'",
        "img-src 'self' data:",
        "font-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'self'",
    )
)
OF_ENDPOINT = {
    "demo.mail": {"Content-Security-Policy": f"{CSP}; frame-src 'self'"},
    "demo.written": {
        "Content-Security-Policy": f"{SHOWN} allow-popups-to-escape-sandbox",
        "X-Frame-Options": "SAMEORIGIN",
    },
    # A client's page and mail as staff see them: in frames of ours, without scripts, forms or ways out.
    "console.sighting": {"Content-Security-Policy": f"{CSP}; frame-src 'self'"},
    "console.seen_page": {
        "Content-Security-Policy": f"{STILL}; sandbox allow-same-origin allow-downloads",
        "X-Frame-Options": "SAMEORIGIN",
    },
    "console.seen_mail": {
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'self'; sandbox",
        "X-Frame-Options": "SAMEORIGIN",
    },
    # What came with a message is whatever its sender made of it.
    **{f"{door}.{name}": OF_FILES for door in ("console", "client", "links") for name in ("file", "file_shown")},
}
# A browser shows no PDF in a sandbox: its own viewer is one. Nothing of ours may frame it, nor be loaded by it.
OF_PDF = OF_FILES | {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"}

PICTURE = "account.picture"
# What browsers keep. A static file's address names its content, and is everybody's. A picture's is known to who was
# shown the face only, and another one with each picture: kept a day by this browser alone, and forgotten at sign-out.
# The preview of a file is asked about at every showing: who may not see it any more, sees it no more.
KEPT = {
    "static": "public, max-age=31536000, immutable",
    PICTURE: "private, max-age=86400, immutable",
    **{f"{door}.file_preview": "private, no-cache" for door in ("console", "client", "links")},
}

SHORTLY = 5  # seconds


class Sessions(SecureCookieSessionInterface):
    """Sessions in cookies, everywhere but in what is kept.

    Static files are for everybody's caches: a cookie that renews itself there would be kept and given to others.
    """

    def should_set_cookie(self, app: Flask, session: SessionMixin) -> bool:
        """Renew it with pages. With each message it would be signed for nothing."""
        return session.modified or (session.permanent and request.headers.get("HX-Request") != "true")

    def save_session(self, app: Flask, session: SessionMixin, response: Response) -> None:
        """Send the cookie, where it may be sent."""
        if request.endpoint not in KEPT:
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
    if request.endpoint in KEPT and (response.status_code < 300 or response.status_code == 304):
        response.headers.update(OF_FILES | {"Cache-Control": KEPT[request.endpoint]})
        return response
    own = OF_ENDPOINT.get(request.endpoint or "", {}) if response.status_code < 400 else {}
    if own is OF_FILES and response.mimetype == "application/pdf":
        own = OF_PDF
    response.headers.update(ALWAYS | own)
    if response.status_code in {429, 503}:
        response.headers.setdefault("Retry-After", str(SHORTLY))
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["Vary"] = "Cookie, HX-Request"
    return response


def _insist_on_https(response: Response) -> Response:
    response.headers["Strict-Transport-Security"] = "max-age=31536000"
    return response
