"""What one does with a row of the list, for both doors: pins, and the menu that a right-click opens."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.actions import pins
from portal.live import tell
from portal.queries import discussions
from portal.web import gate, pages
from portal.web.templating import fragment


def pin(key: str) -> ResponseReturnValue:
    """Keep it at the top of one's list."""
    return _pinned(key, pinned=True)


def unpin(key: str) -> ResponseReturnValue:
    """Let it go down again."""
    return _pinned(key, pinned=False)


def menu(key: str) -> str:
    """What may be done with a discussion without opening it."""
    return fragment("conversations/_row_menu.html", discussion=discussions.discussion(gate.viewer(), key))


def _pinned(key: str, *, pinned: bool) -> ResponseReturnValue:
    viewer = gate.viewer()
    pins.pin(viewer, key, pinned=pinned)
    tell.own_row(viewer.person_id, key)
    return pages.changed(key)


def install(blueprint: Blueprint) -> None:
    """The addresses, the same in both doors."""
    one = "/discussions/<key>"
    blueprint.add_url_rule(f"{one}/menu", "row_menu", menu)
    blueprint.add_url_rule(f"{one}/pin", "pin", pin, methods=["POST"])
    blueprint.add_url_rule(f"{one}/pin", "unpin", unpin, methods=["DELETE"])
