"""Messages, as clients write them: texts, always."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from portal.web import messages


def create(key: str) -> ResponseReturnValue:
    """Post a text, whatever kind a hand-made form may name."""
    return messages.create(key, "text")


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    all_of, one = "/discussions/<key>/messages", "/discussions/<key>/messages/<message>"
    blueprint.add_url_rule(all_of, "messages", messages.stretch)
    blueprint.add_url_rule(all_of, "create_message", create, methods=["POST"])
    blueprint.add_url_rule(one, "message", messages.delete, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/text", "message_text", messages.edit_form)
    blueprint.add_url_rule(f"{one}/text", "edit_message", messages.edit, methods=["POST"])
