"""From read models to HTML. Shared partials get exactly what is passed; only pages know who is looking."""

import re
from collections.abc import Callable
from functools import cache, partial
from typing import Any

from flask import Flask, current_app, g, request
from flask_babel import get_locale
from flask_wtf.csrf import generate_csrf
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from portal import access
from portal.access.read_models import BrandChip
from portal.config import Settings
from portal.drawing import draw, weight
from portal.queries import discussions, firm
from portal.web import assets, gate

SPRITE = "vendor/lucide/icons.svg"
_ICON = '<svg class="icon-s" aria-hidden="true"><use href="{}#{}"></use></svg>'


def install(app: Flask) -> None:
    """Teach Jinja our four words."""
    app.jinja_env.filters["bdi"] = kept_apart
    app.jinja_env.globals.update(weight=partial(weight, "en"), path=_path(app), static=assets.address, icon=_icon(app))
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    # Partials are also rendered for sockets, where there is no request; and what a template cannot
    # name, it cannot leak.
    for name in (
        "request",
        "session",
        "g",
        "config",
        "get_flashed_messages",
        "url_for",
    ):
        app.jinja_env.globals.pop(name, None)


def page(name: str, **values: Any) -> str:
    """A whole page for whoever is signed in (or not): adds person, brand, unread marks and CSRF token."""
    viewer = gate.reader()
    marks = discussions.unread_marks(viewer) if viewer else {}
    me = access.me(viewer) if viewer else None
    return _render(name, **(_around() | {"me": me, "unread_marks": marks} | values))


def bare_page(name: str, **values: Any) -> str:
    """A page that must also work when the database does not."""
    return _render(name, **({"me": None, "firm": None, "brand": None, "unread_marks": {}} | values))


def fragment(name: str, **values: Any) -> str:
    """A part of a page, for the face that asks."""
    return _render(name, **values)


def _path(app: Flask) -> Callable[..., str]:
    """What `path` is in templates: the relative address of an endpoint.

    `.name` is the door of the face that the template is drawn for. A page asks some hundreds of times: of ids, which
    stand in an address as they are, the address is built once for all.
    """
    build = app.url_map.bind("", url_scheme="http").build

    @cache
    def shape(endpoint: str, names: tuple[str, ...]) -> str:
        built = build(endpoint, {name: f"QZ{name}QZ" for name in names}).replace("%", "%%")
        return re.sub("QZ(.+?)QZ", r"%(\1)s", built)

    @pass_context
    def path(context: Context, endpoint: str, **values: Any) -> str:
        if endpoint.startswith("."):
            endpoint = ("console" if context["face"] == "staff" else "client") + endpoint
        if all(type(value) is str and value.isascii() and value.isalnum() for value in values.values()):
            return shape(endpoint, tuple(values)) % values
        return build(endpoint, values)

    return path


def kept_apart(words: object) -> Markup:
    """What somebody typed, among words of ours: whichever way it is read, it turns nothing beside it round."""
    return Markup(f"<bdi>{escape(words)}</bdi>")


def _icon(app: Flask) -> Callable[[str], Markup]:
    """What `icon` is in templates: one of the sprite; decoration only, never read aloud."""

    @cache
    def icon(name: str) -> Markup:
        return Markup(_ICON.format(escape(assets.address(SPRITE)), escape(name)))

    return icon


def _render(name: str, **values: Any) -> str:
    viewer = gate.reader() if _knows_viewer() else None
    face, language = viewer.face if viewer else "client", str(get_locale() or "en")
    return draw(name, face, language, **({"csrf_token": generate_csrf, "here": request.path} | values))


def _around() -> dict[str, Any]:
    return {"firm": firm.firm_name(), "brand": page_brand(), "mail_ways": _mail_ways()}


def _mail_ways() -> dict[str, bool]:
    """Whether mails leave, come back, and are shown on a page instead (a demo)."""
    settings: Settings = current_app.config["COMPTOIR"]
    return {"out": bool(settings.smtp_url), "back": bool(settings.reply_address), "shown": settings.shows_mails}


def page_brand() -> BrandChip | None:
    """The brand whose colours this page wears."""
    viewer = gate.reader()
    host = request.host.partition(":")[0]
    return firm.brand_of_client(viewer, host) if viewer and not viewer.is_staff else firm.brand_for_host(host)


def _knows_viewer() -> bool:
    """An error page after a failed database must not ask the database who is looking."""
    return not g.get("database_away", False)
