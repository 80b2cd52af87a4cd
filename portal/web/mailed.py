"""What came by mail with a message, for both doors: the whole of what its mail said."""

from flask import Blueprint

from portal.queries import files as queries
from portal.web import gate
from portal.web.templating import fragment


def original(key: str, message: str) -> str:
    """The whole of what a message's mail said."""
    return fragment("messages/_original.html", original=queries.original(gate.viewer(), key, message))


def install(blueprint: Blueprint) -> None:
    """The address, the same in both doors."""
    blueprint.add_url_rule("/discussions/<key>/messages/<message>/original", "original", original)
