"""Who comes in by which door. Every door closes itself by default."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import cast

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_babel import refresh
from flask_login import current_user
from flask_wtf.csrf import CSRFError

from portal import access
from portal.access import Viewer
from portal.config import Settings
from portal.extensions import login
from portal.kernel import origins
from portal.kernel.errors import NotFound, SignedOut
from portal.queries import firm

log = logging.getLogger(__name__)

LANGUAGES = ("en", "fr")
READING = {"GET", "HEAD", "OPTIONS"}
ONE_CLICK = "links.unsubscribe"  # mail programs post it for their readers (RFC 8058): the address is all they show
_COOKIE_KEY = "_user_id"  # the name under which Flask-Login looks for what `principal` gets


def install(app: Flask) -> None:
    """Have Flask-Login ask `access` who holds a cookie."""
    login.session_protection = None  # a phone changes its address; devices are listed and revocable
    login.user_loader(access.principal)
    app.before_request(_keep_hosts)
    app.before_request(_keep_to_own_pages)


def viewer() -> Viewer:
    """Who is asking. Raises `SignedOut` for nobody."""
    found = viewer_or_none()
    if found is None:
        raise SignedOut
    return found


def viewer_or_none() -> Viewer | None:
    """Who is asking, if anybody; inside `seen_as`, who is seen as."""
    if "seen_as" in g:
        return cast(Viewer, g.seen_as)
    user = current_user._get_current_object()  # once: each question put to the proxy looks for its answer anew
    return user if isinstance(user, Viewer) else None


def read_as(reader: Viewer | None, language: str = "") -> None:
    """Draw this request's pages for who came by a mail, whoever may be signed in here; None for nobody of ours.

    Without a reader, in `language` where one is known.
    """
    g.reader, g.language = reader, reader.language if reader else language
    refresh()


@contextmanager
def seen_as(client: Viewer) -> Iterator[None]:
    """Draw what a client's own page shows them, as `access.looked` lets staff see it; nothing can be written inside."""
    g.seen_as = client
    refresh()
    try:
        yield
    finally:
        del g.seen_as
        refresh()


def reader() -> Viewer | None:
    """Whom the page is drawn for: who came by a mail, else who is signed in."""
    found: Viewer | None = g.reader if "reader" in g else viewer_or_none()
    return found


def sign_in(secret: str) -> None:
    """Give the browser the cookie of a device. What it held before is forgotten (session fixation)."""
    language = session.get("language")
    session.clear()
    session[_COOKIE_KEY] = secret
    if language:
        session["language"] = language
    session.permanent = True


def sign_out() -> None:
    """Take the cookie away."""
    session.clear()


def staff_only() -> ResponseReturnValue | None:
    """The console's gate. For clients there is no console, not even a forbidden one."""
    who = viewer_or_none()
    if who is None:
        return to_sign_in()
    if not who.is_staff:
        raise NotFound
    return None


def clients_only() -> ResponseReturnValue | None:
    """The portal's gate; staff who come to its front page are shown to theirs."""
    who = viewer_or_none()
    if who is None:
        return to_sign_in()
    if who.is_staff:
        if request.path == "/" and request.method == "GET":
            return redirect(url_for("console.home"))
        raise NotFound
    return None


def to_sign_in() -> ResponseReturnValue:
    """Lead to the sign-in page; a form that was being sent gets an answer that keeps the text instead."""
    if request.method not in {"GET", "HEAD"}:
        raise SignedOut
    if firm.firm_name() is None:
        return redirect(url_for("account.start"))
    target = url_for(
        "account.login",
        next=request.full_path.rstrip("?") if request.path != "/" else None,
    )
    if is_fragment():
        return "", 401, {"HX-Redirect": url_for("account.login")}
    return redirect(target)


def is_fragment() -> bool:
    """Whether htmx asks for a part of a page."""
    return request.headers.get("HX-Request") == "true"


def locale() -> str:
    """The language of this request: the person's, else the one chosen on this device, else the browser's."""
    if not request:
        return "en"
    if said := g.get("language"):
        return str(said)
    who = reader() if request.endpoint != "static" else None
    if who is not None:
        return who.language
    chosen = session.get("language")
    return chosen if chosen in LANGUAGES else _browsers_language()


def _browsers_language() -> str:
    """The first that we speak; `fr-CA` before `en` is French, though only `en` is named as we name it."""
    wished = (tag.partition("-")[0].casefold() for tag, quality in request.accept_languages if quality > 0)
    return next((tag for tag in wished if tag in LANGUAGES), "en")


def _keep_hosts() -> None:
    """Werkzeug checks the host against TRUSTED_HOSTS when it is first read; read it before anything else."""
    if current_app.config["TRUSTED_HOSTS"]:
        _ = request.host


def _keep_to_own_pages() -> None:
    """No other site's page writes here. The token says the same; this holds where a token got out."""
    if request.method in READING or request.headers.get("Sec-Fetch-Site") == "same-origin":
        return
    if request.endpoint == ONE_CLICK:
        return
    origin = request.headers.get("Origin")
    from_elsewhere = request.headers.get("Sec-Fetch-Site") in {"cross-site", "same-site"}
    if from_elsewhere or (origin is not None and not _ours(origin)):
        log.warning("a form of another origin was refused; behind a proxy, set COMPTOIR_PUBLIC_URL")
        raise CSRFError("another origin")


def _ours(origin: str) -> bool:
    settings: Settings = current_app.config["COMPTOIR"]
    return origins.same(origin, "https" if settings.secure else request.scheme, request.host)
