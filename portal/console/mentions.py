"""Where one was mentioned; and a colleague who was, and is not in the discussion."""

from flask import Blueprint, request, url_for

from portal.console import participants
from portal.queries import mentions
from portal.web import gate
from portal.web.templating import fragment, page


def listing() -> str:
    """The list: a page, or for htmx what follows."""
    found = mentions.page(gate.viewer(), request.args.get("before", ""))
    more = url_for(".mentions", before=found.more) if found.more else None
    if gate.is_fragment():
        return fragment("messages/_mentioned.html", found=found.found, more=more)
    return page("console/mentions.html", found=found.found, more=more)


def badge() -> str:
    """How many are unread, for the rail of every page."""
    return fragment("messages/_mentions_count.html", count=mentions.count(gate.viewer()))


def invite(key: str, person: str) -> str:
    """The dialog of adding them, for who may; else the one that says who can."""
    found = mentions.away(gate.viewer(), key, person)
    if found is None:
        return participants.preview(key, person)
    return fragment("conversations/_away.html", away=found)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/mentions", "mentions", listing)
    blueprint.add_url_rule("/mentions/count", "mentions_count", badge)
    blueprint.add_url_rule("/discussions/<key>/mentionable/<person>", "mention_invite", invite)
