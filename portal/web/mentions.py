"""Who can be mentioned in a discussion, for both doors: asked for while one writes."""

from flask import Blueprint, request

from portal.queries import mentions
from portal.web import gate
from portal.web.limits import limited
from portal.web.templating import fragment

LIMIT = 80

often = limited(lambda: "300 per minute", lambda: gate.viewer().key)


@often
def suggest(key: str) -> str:
    """Those who are called so, as far as the writer may know them."""
    found = mentions.suggestions(gate.viewer(), key, request.args.get("q", "")[:LIMIT])
    return fragment("messages/_mentionable.html", found=found, discussion_id=key)


def install(blueprint: Blueprint) -> None:
    """The address, the same in both doors."""
    blueprint.add_url_rule("/discussions/<key>/mentionable", "mentionable", suggest)
