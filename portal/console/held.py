"""Mails that wait: who takes part in their discussion accepts or refuses them."""

from collections.abc import Callable

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import held as actions
from portal.config import Settings
from portal.kernel.errors import NotFound, Refusal
from portal.queries import files, held as queries
from portal.web import errors, gate
from portal.web.templating import fragment, page


def show(**more: object) -> str:
    """The page."""
    return page("console/held.html", found=queries.page(gate.viewer()), **({"refused": None} | more))


def badge() -> str:
    """How many there are, for the rail of every page."""
    return fragment("held/_link.html", count=queries.count(gate.viewer()))


def accept(key: str) -> ResponseReturnValue:
    """Post it as its author's."""
    settings: Settings = current_app.config["COMPTOIR"]
    theirs = bool(request.form.get("theirs"))
    return _done(key, lambda: actions.accept(gate.viewer(), key, settings.reply_address, theirs=theirs))


def refuse(key: str) -> ResponseReturnValue:
    """Keep it, and show it no more."""
    return _done(key, lambda: actions.refuse(gate.viewer(), key))


def set_aside(key: str) -> ResponseReturnValue:
    """The same of one that answers none of ours."""
    return _done(key, lambda: actions.set_aside(gate.viewer(), key))


def source(key: str, message: str) -> str:
    """The mail by which a message came, as it came; for admins who are in its discussion."""
    return fragment("messages/_source.html", source=files.source(gate.viewer(), key, message))


def _done(key: str, act: Callable[[], None]) -> ResponseReturnValue:
    """Back to the page; what was refused is said there, beside the mail."""
    try:
        act()
    except NotFound:
        raise
    except Refusal as refusal:
        return show(refused=(key, errors.text_of(refusal))), refusal.status
    return redirect(url_for("console.held"), 303)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/mails/held/<key>"
    blueprint.add_url_rule("/mails/held", "held", show)
    blueprint.add_url_rule("/mails/held/count", "held_count", badge)
    blueprint.add_url_rule(f"{one}/acceptance", "accept_mail", accept, methods=["POST"])
    blueprint.add_url_rule(f"{one}/refusal", "refuse_mail", refuse, methods=["POST"])
    blueprint.add_url_rule("/discussions/<key>/messages/<message>/source", "source", source)
    blueprint.add_url_rule("/mails/unknown/<key>/setting-aside", "set_aside_mail", set_aside, methods=["POST"])
