"""The command bar: where to go by name. What can be done is known by the page it opens on."""

from flask import Blueprint, request

from portal import access
from portal.queries import discussions, firm, people
from portal.web import gate
from portal.web.templating import fragment

SEARCH_LIMIT = 100
SHOWN = 6


def bar() -> str:
    """The dialog; while one types, htmx asks for it again and takes what was found out of it."""
    viewer, words = gate.viewer(), request.args.get("q", "").strip()[:SEARCH_LIMIT]
    found = [person for face in ("client", "staff") for person in people.people(viewer, face, words)] if words else []
    return fragment(
        "console/_commands.html",
        rows=discussions.titled(viewer, words, SHOWN),
        spaces=firm.spaces_named(viewer, words, SHOWN) if words else (),
        people=found[:SHOWN],
        may=access.granted(viewer),
        q=words,
    )


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/commands", "commands", bar)
