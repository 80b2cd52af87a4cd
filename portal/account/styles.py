"""Two small style sheets that differ from person to person: what is mine, and the brand's colour."""

from flask import Blueprint, Response, request

from portal.queries.firm import brand_by_key
from portal.web import gate
from portal.web.templating import fragment, page_brand


def mine() -> Response:
    """Which messages are the viewer's own: a fragment shared by all cannot say so."""
    viewer = gate.viewer_or_none()
    return _css(fragment("live/me.css", key=viewer.key) if viewer else "")


def brand() -> Response:
    """The brand's one colour, of which all tints are made; `of` asks for the one that an invitation names."""
    key = request.args.get("of")
    found = brand_by_key(key) if key else page_brand()
    return _css(f":root{{--brand-hue:{found.hue}}}" if found else "")


def _css(text: str) -> Response:
    return Response(text, mimetype="text/css")


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/me.css", "mine", mine)
    blueprint.add_url_rule("/brand.css", "brand", brand)
