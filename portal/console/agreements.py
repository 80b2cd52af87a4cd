"""Asking clients for agreement, and what is on record of it: for staff who are in the discussion."""

import json

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from portal.actions import agreements as actions
from portal.kernel.errors import NotFound, Refusal
from portal.kernel.tokens import new_send_token
from portal.queries import agreements as queries
from portal.web import errors, gate
from portal.web.messages import writing
from portal.web.templating import fragment, page


def new(key: str, message: str) -> str:
    """The dialog: what will be frozen, who is asked, and with which words."""
    viewer = gate.viewer()
    about, names = queries.about(viewer, key, message), queries.clients(viewer, key)
    return fragment("agreements/_ask.html", message=about, names=names, token=new_send_token())


@writing
def ask(key: str, message: str) -> ResponseReturnValue:
    """Post the request."""
    form = request.form
    try:
        actions.ask(gate.viewer(), key, message, body=form.get("body", ""), token=form.get("token", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return errors.answer(refusal.status, refusal.code, **refusal.values)
    return "", 204, {"HX-Trigger": json.dumps({"dialog-close": True})}


def card(key: str, message: str) -> str:
    """What is asked with a message, and who said what."""
    return fragment("agreements/_card.html", found=queries.certificate(gate.viewer(), key, message), message_id=message)


def certificate(key: str, message: str) -> str:
    """A page to be printed, with the hashes and how to check them."""
    found = queries.certificate(gate.viewer(), key, message)
    return page("agreements/certificate.html", found=found, message_id=message)


def record(key: str, message: str, answer: str = "") -> Response:
    """The bytes whose hash is on the page."""
    form = queries.record(gate.viewer(), key, message, answer)
    name = f"agreement-{message[:8]}{'-' + answer[:8] if answer else ''}.json"
    answered = Response(form.encode("utf-8"), mimetype="application/json")
    answered.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answered


def withdraw(key: str, message: str) -> ResponseReturnValue:
    """Ask no more."""
    actions.withdraw(gate.viewer(), key, message)
    return card(key, message)


def install(blueprint: Blueprint) -> None:
    """The addresses; an agreement is called by the message that asks for it."""
    asked = "/discussions/<key>/agreements/<message>"
    asking = "/discussions/<key>/messages/<message>/agreement"
    blueprint.add_url_rule(asking, "new_agreement", new)
    blueprint.add_url_rule(asking, "ask_agreement", ask, methods=["POST"])
    blueprint.add_url_rule(asked, "agreement", card)
    blueprint.add_url_rule(asked, "withdraw_agreement", withdraw, methods=["DELETE"])
    blueprint.add_url_rule(f"{asked}/certificate", "certificate", certificate)
    blueprint.add_url_rule(f"{asked}/record", "agreement_record", record)
    blueprint.add_url_rule(f"{asked}/record/<answer>", "answer_record", record)
