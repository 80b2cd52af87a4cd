"""The console's home: what waits for whom; and saying so by hand."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import turns
from portal.queries import discussions, home as queries
from portal.web import gate, pages
from portal.web.templating import fragment, page

NOBODYS = "none"


def home() -> str:
    """The page; for htmx what is on it, as it is now."""
    found = queries.home(gate.viewer())
    if gate.is_fragment():
        return fragment("home/_sections.html", home=found)
    return page("console/home.html", home=found)


def turn(key: str) -> ResponseReturnValue:
    """Say whose turn it is. That nobody is waited for takes a discussion off the home: that can be undone."""
    viewer, wanted = gate.viewer(), request.form.get("turn", "")
    before, _ = discussions.row(viewer, key)
    turns.set_turn(viewer, key, wanted)
    if wanted != NOBODYS or before.turn == NOBODYS:
        return pages.changed(key)
    back = {"turn": before.turn}
    return pages.undoable(key, done="settled", title=before.title, undo=url_for(".turn", key=key), back=back)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/home", "home", home)
    blueprint.add_url_rule("/discussions/<key>/turn", "turn", turn, methods=["POST"])
