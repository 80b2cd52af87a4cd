"""What a client is asked to agree to: what it is, and their answer. Never what others said."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import agreements as actions
from portal.kernel.errors import NotFound, Refusal
from portal.kernel.tokens import new_send_token
from portal.queries import agreements as queries
from portal.web import errors, gate
from portal.web.messages import writing
from portal.web.templating import fragment, page


def card(key: str, message: str, error: str = "", words: str = "") -> str:
    """What is asked with a message, and what one said oneself."""
    found = queries.asked(gate.viewer(), key, message)
    values = {"found": found, "message_id": message, "error": error, "words": words, "token": new_send_token()}
    if gate.is_fragment():
        return fragment("agreements/_answer.html", **values)
    return page("agreements/page.html", **values)


@writing
def answer(key: str, message: str) -> ResponseReturnValue:
    """Agree, or ask for a change."""
    form = request.form
    said = {"body": form.get("body", ""), "token": form.get("token", "")}
    try:
        actions.answer(gate.viewer(), message, key, agreed=form.get("answer") == "agreed", **said)
    except NotFound:
        raise
    except Refusal as refusal:
        return card(key, message, errors.text_of(refusal), said["body"]), refusal.status
    if not gate.is_fragment():
        return redirect(url_for("client.discussion", key=key, _anchor=f"m-{message}"), 303)
    return card(key, message)


def install(blueprint: Blueprint) -> None:
    """The addresses; an agreement is called by the message that asks for it."""
    asked = "/discussions/<key>/agreements/<message>"
    blueprint.add_url_rule(asked, "agreement", card)
    blueprint.add_url_rule(asked, "answer_agreement", answer, methods=["POST"])
