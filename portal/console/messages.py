"""Messages and notes, as staff write them."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from portal.actions import messages as actions
from portal.kernel.errors import Invalid
from portal.kernel.tokens import new_send_token
from portal.queries import delivery, messages as queries
from portal.web import gate, messages
from portal.web.templating import fragment

KINDS = {"text", "note"}


def create(key: str) -> ResponseReturnValue:
    """Post a text or a note. A kind nobody knows, or that got lost, is refused, lest a note go out as a text."""
    kind = request.form.get("kind", "")
    if kind not in KINDS:
        raise Invalid("bad_request")
    return messages.create(key, kind)


def versions(key: str, message: str) -> str:
    """What a message said before."""
    found = queries.versions(gate.viewer(), key, message)
    return fragment("messages/_versions.html", versions=found)


def delivered(key: str, message: str) -> str:
    """What became of it for each who may read it."""
    found = delivery.delivery(gate.viewer(), key, message)
    return fragment("messages/_delivery.html", lines=found)


def publication(key: str, message: str) -> str:
    """The dialog that asks before a note's words go out."""
    note = queries.note_to_publish(gate.viewer(), key, message)
    return fragment("messages/_publish.html", message=note, send_token=new_send_token())


@messages.writing
def publish(key: str, message: str) -> ResponseReturnValue:
    """Post the words as a message of their own; the note stays a note."""
    posted = actions.publish(
        gate.viewer(),
        key,
        message,
        body=request.form.get("body", ""),
        token=request.form.get("token", ""),
    )
    return messages.shown(key, posted), 201, {"HX-Trigger": "dialog-close"}


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    all_of, one = "/discussions/<key>/messages", "/discussions/<key>/messages/<message>"
    blueprint.add_url_rule(all_of, "messages", messages.stretch)
    blueprint.add_url_rule(all_of, "create_message", create, methods=["POST"])
    blueprint.add_url_rule(one, "message", messages.delete, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/text", "message_text", messages.edit_form)
    blueprint.add_url_rule(f"{one}/text", "edit_message", messages.edit, methods=["POST"])
    blueprint.add_url_rule(f"{one}/versions", "message_versions", versions)
    blueprint.add_url_rule(f"{one}/delivery", "message_delivery", delivered)
    blueprint.add_url_rule(f"{one}/publication", "publication", publication)
    blueprint.add_url_rule(f"{one}/publication", "publish", publish, methods=["POST"])
