"""One's own links in mails, and the devices that may use them (SPEC E3, P7)."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.actions import links
from portal.web import gate


def revoke(key: str) -> ResponseReturnValue:
    """Have a device ask for a code again."""
    links.revoke_device(gate.viewer(), key)
    return _saved()


def end() -> ResponseReturnValue:
    """End all links that were mailed so far."""
    links.end_own(gate.viewer())
    return _saved()


def _saved() -> ResponseReturnValue:
    return redirect(url_for("account.profile", saved="links", _anchor="links"), 303)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/profile/links", "end_links", end, methods=["POST"])
    blueprint.add_url_rule("/profile/link-devices/<key>", "revoke_link_device", revoke, methods=["POST"])
