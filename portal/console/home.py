"""The console's home: what waits for whom; and saying so by hand."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.actions import turns
from portal.queries import home as queries
from portal.web import gate, pages
from portal.web.templating import fragment, page


def home() -> str:
    """The page; for htmx what is on it, as it is now."""
    found = queries.home(gate.viewer())
    if gate.is_fragment():
        return fragment("home/_sections.html", home=found)
    return page("console/home.html", home=found)


def turn(key: str) -> ResponseReturnValue:
    """Say whose turn it is."""
    turns.set_turn(gate.viewer(), key, request.form.get("turn", ""))
    return pages.changed(key)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/home", "home", home)
    blueprint.add_url_rule("/discussions/<key>/turn", "turn", turn, methods=["POST"])
