"""Agreeing from a mail's link (SPEC Z7): on a known device; on a new one, a code is asked for first."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import agreements as actions, links as devices
from portal.kernel.errors import Forbidden, NotFound, Refusal, SignedOut
from portal.kernel.tokens import new_send_token
from portal.links import bearer
from portal.queries import agreements as queries, links as places
from portal.web import errors, gate
from portal.web.templating import fragment, page


def card(token: str, message: str) -> str:
    """What is asked, and what one said oneself. However often it is opened, nothing is changed."""
    return _card(token, message)


def answer(token: str, message: str) -> ResponseReturnValue:
    """Agree, or ask for a change."""
    came, form = bearer.held(token), request.form
    said = {"body": form.get("body", ""), "token": form.get("token", "")}
    try:
        bearer.writing(came)
        if not came.known:
            raise Forbidden("code_needed")
        actions.answer(came.viewer, message, came.discussion, agreed=form.get("answer") == "agreed", **said)
        if came.viewer.mail_id is not None:
            devices.used(came.viewer)
    except (NotFound, SignedOut):
        raise
    except Refusal as refusal:
        return _card(token, message, errors.text_of(refusal), said["body"]), refusal.status
    if not gate.is_fragment():
        return redirect(url_for("links.discussion", token=token), 303)
    return _card(token, message)


def _card(token: str, message: str, error: str = "", words: str = "") -> str:
    """On a new device that there is something to agree to, and no more: its mail told no more either."""
    came = bearer.held(token)
    found = queries.asked(came.viewer, came.discussion, message) if came.known else None
    values = {"found": found, "message_id": message, "error": error, "words": words, "link": token}
    values |= {"token": new_send_token(), "discussion_id": came.discussion}
    if gate.is_fragment():
        return fragment("agreements/_answer.html", **values)
    place = places.place(came.viewer, came.discussion)
    return page("agreements/link.html", **values, place=place, brand=place.brand, me=None)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/l/<token>/agreements/<message>"
    blueprint.add_url_rule(one, "agreement", card)
    blueprint.add_url_rule(one, "answer_agreement", answer, methods=["POST"])
