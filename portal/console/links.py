"""The links that were mailed to a client and stand: listed with the person, and ended by who knows them."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.actions import links as actions
from portal.queries import links as queries
from portal.web import gate
from portal.web.templating import fragment


def end(key: str, mail: str = "") -> ResponseReturnValue:
    """End all of them, or that of one mail; the answer is the list as it is now."""
    viewer = gate.viewer()
    actions.end(viewer, key, mail)
    return fragment("people/_links.html", links=queries.of_person(viewer, key), key=key)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/people/<key>/links"
    blueprint.add_url_rule(one, "end_links", end, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/<mail>", "end_link", end, methods=["DELETE"])
