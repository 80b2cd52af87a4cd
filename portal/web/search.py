"""The search page, for both doors; for htmx what was found, or the older hits."""

from typing import Any

from flask import Blueprint, request

from portal.queries import discussions, firm, people
from portal.queries.search import TEXT_LIMIT, Wanted, hits, wanted
from portal.web import gate
from portal.web.templating import fragment, page

BESIDE = 5  # discussions, spaces and people that are shown above the messages, of each
NOTHING: dict[str, Any] = {"rows": (), "spaces": (), "people": ()}


def search() -> str:
    """What the words `q` find; `before` goes on with older messages."""
    viewer, typed = gate.viewer(), request.args.get("q", "").strip()[:TEXT_LIMIT]
    asked = wanted(typed, viewer.time_zone)
    before = request.args.get("before", "")
    found = {"q": typed, "nothing": asked.nothing, "found": hits(viewer, asked, before)}
    if before and gate.is_fragment():
        return fragment("search/_hits.html", **found)
    found |= NOTHING if before else _beside(asked)
    if gate.is_fragment():
        return fragment("search/_found.html", **found)
    return page("console/search.html" if viewer.is_staff else "client/search.html", **found)


def _beside(asked: Wanted) -> dict[str, Any]:
    """Discussions and, for staff, spaces and people by their names; operators are about messages alone."""
    viewer = gate.viewer()
    if not asked.plain or asked.narrowed:
        return NOTHING
    persons = [one for face in ("client", "staff") for one in people.people(viewer, face, asked.plain, BESIDE)]
    return {
        "rows": discussions.titled(viewer, asked.plain, BESIDE),
        "spaces": firm.spaces_named(viewer, asked.plain, BESIDE) if viewer.is_staff else (),
        "people": persons[:BESIDE],
    }


def install(blueprint: Blueprint) -> None:
    """The address, the same in both doors."""
    blueprint.add_url_rule("/search", "search", search)
