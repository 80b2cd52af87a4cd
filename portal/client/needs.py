"""What we need from a client: the discussions in which we wait for their answer."""

from flask import Blueprint

from portal.queries import needs as queries
from portal.web import gate
from portal.web.templating import fragment, page


def needs() -> str:
    """The page."""
    return page("client/needs.html", rows=queries.rows(gate.viewer()))


def badge() -> str:
    """How many there are, for the head of every page."""
    return fragment("needs/_link.html", count=queries.count(gate.viewer()))


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/needs", "needs", needs)
    blueprint.add_url_rule("/needs/count", "needs_count", badge)
