"""The page of a link: the messages of its mail and a reply box; on a known device, the discussion."""

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from portal.access import Held
from portal.actions import messages as posting
from portal.kernel.errors import Forbidden, NotFound, Refusal, SignedOut
from portal.links import bearer, codes, pages
from portal.live import frames, marks
from portal.queries import messages
from portal.web import gate
from portal.web.messages import number
from portal.web.templating import fragment


def discussion(token: str) -> str:
    """The page. However often it is opened, and by whatever machine: nothing is changed."""
    return pages.shown(bearer.held(token), token)


def stretch(token: str) -> ResponseReturnValue:
    """Older messages (`before`), or what changed since a revision (`after_rev`); on a known device."""
    came = _known(token)
    if "after_rev" in request.args:
        changed = messages.changes(came.viewer, came.discussion, number("after_rev"))
        if changed is None:
            return "", 204, {"HX-Refresh": "true"}
        if not changed.messages:
            return "", 204
        return fragment("live/messages.html", page=changed, discussion_id=came.discussion)
    read = number("read") if "read" in request.args else None
    found = messages.page(came.viewer, came.discussion, before=number("before"), read=read)
    return fragment("links/_older.html", page=found, discussion_id=came.discussion, token=token)


def create(token: str) -> ResponseReturnValue:
    """Post a text; on a new device ask for a code first, with the text kept."""
    came = bearer.held(token)
    try:
        bearer.writing(came)
        if not came.known:
            posting.prepared(request.form.get("body", ""))  # lest a code be asked for what cannot be sent
            return codes.asked(came, token)
        message = pages.post(came)
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        return pages.refused(came, token, refusal)
    if not gate.is_fragment() or pages.is_private(came):
        return pages.back(came, token)
    view = messages.message(came.viewer, came.discussion, message)
    return frames.drawn(view, came.viewer.face, came.viewer.language), 201


def read(token: str) -> ResponseReturnValue:
    """Move the read mark, on a known device: scripts run in scanners too, and there nothing is changed.

    Where the firm wants no codes, nobody knows whether it is a scanner: who writes has read.
    """
    came = _known(token)
    if not came.proved:
        return "", 204
    marks.read(came.viewer, came.discussion, number("number"))
    return "", 204


def standing(token: str) -> ResponseReturnValue:
    """Who has read, for a page that lost its line; on a known device."""
    came = _known(token)
    return jsonify(marks.standing(came.viewer, came.discussion))


def mine(token: str) -> ResponseReturnValue:
    """Which messages are one's own, as /me.css says it elsewhere; on a known device, where there may be any."""
    came = _known(token)
    return fragment("live/me.css", key=came.viewer.key), {"Content-Type": "text/css; charset=utf-8"}


def _known(token: str) -> Held:
    came = bearer.held(token)
    if not came.known:
        raise Forbidden("code_needed")
    return came


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/l/<token>"
    blueprint.add_url_rule(one, "discussion", discussion)
    blueprint.add_url_rule(f"{one}/messages", "messages", stretch)
    blueprint.add_url_rule(f"{one}/messages", "create_message", create, methods=["POST"])
    blueprint.add_url_rule(f"{one}/read-mark", "read_mark", read, methods=["POST"])
    blueprint.add_url_rule(f"{one}/marks", "marks", standing)
    blueprint.add_url_rule(f"{one}/me.css", "mine", mine)
