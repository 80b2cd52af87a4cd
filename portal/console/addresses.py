"""Addresses to which mails come back: trying them again."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.actions import addresses
from portal.web import gate


def try_again(key: str) -> ResponseReturnValue:
    """Mail somebody again."""
    addresses.try_again(gate.viewer(), key)
    if gate.is_fragment():
        return "", 204, {"HX-Trigger": '{"people-changed": true, "dialog-close": true}'}
    return redirect(url_for(".people"), 303)


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/people/<key>/address", "try_address", try_again, methods=["POST"])
