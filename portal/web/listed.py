"""The files of a discussion, for both doors."""

from flask import Blueprint, request

from portal.queries import listed_files as queries
from portal.web import gate
from portal.web.templating import fragment, page

FEW = 4  # in a discussion's details


def files(key: str) -> str:
    """All of them, the newest first: a page, or for htmx those that follow (`after`), or the newest few (`few`)."""
    viewer = gate.viewer()
    most = FEW if "few" in request.args else queries.PAGE
    found = queries.of_discussion(viewer, key, after=request.args.get("after", ""), most=most)
    if gate.is_fragment():
        name = "files/_few.html" if "few" in request.args else "files/_list.html"
        return fragment(name, files=found, discussion_id=key)
    return page("files/page.html", files=found, discussion_id=key, title=queries.title(viewer, key))


def install(blueprint: Blueprint) -> None:
    """The address, the same in both doors."""
    blueprint.add_url_rule("/discussions/<key>/files", "files", files)
