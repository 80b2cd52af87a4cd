"""The code that a link asks for once on each device, mailed to where the link went (SPEC E3, Z5)."""

from typing import Any

from flask import Blueprint, current_app, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Held
from portal.actions import challenges
from portal.kernel.errors import Invalid, Refusal, TooMany
from portal.links import bearer, pages
from portal.mailer import codes
from portal.mailer.house import House
from portal.queries import links as queries
from portal.web import browsers, errors, gate, limits
from portal.web.device import label
from portal.web.templating import page


def ask(token: str) -> ResponseReturnValue:
    """Send a code, for seeing more or for what was typed; another one where one is asked for."""
    came = bearer.held(token)
    if came.known:
        return redirect(url_for("links.discussion", token=token), 303)
    return asked(came, token, again=True)


def asked(came: Held, token: str, *, again: bool = False) -> ResponseReturnValue:
    """The page that takes the code; one is mailed unless one is on its way to this browser."""
    browser = browsers.secret()
    if again or not challenges.is_asked(came.viewer, browser):
        try:
            codes.ask_for_link(came, browser, House.of(current_app.config["COMPTOIR"]))
        except TooMany as error:
            return _page(came, token, error="too_many_codes"), error.status, errors.again(error)
    return _page(came, token)


def enter(token: str) -> ResponseReturnValue:
    """Take the code: this browser is known from now on, and what was typed is posted in the same go."""
    came = bearer.held(token)
    if came.known:
        return _go_on(came, token)
    try:
        with limits.tries().one(f"link:{came.viewer.key}", f"link-network:{limits.network()}") as this:
            secret, wrong = _tried(came)
            this.succeeded = not wrong
    except TooMany as error:
        return _page(came, token, error="too_many"), error.status, errors.again(error)
    if wrong:
        return _page(came, token, error=wrong), Invalid.status
    answer = make_response(_go_on(bearer.held_with(token, secret), token))
    bearer.remember(answer, secret)
    return answer


def _tried(came: Held) -> tuple[str, str]:
    """The secret for the cookie of a device by the right code; else what is wrong."""
    code, name = request.form.get("code", "")[:32], label(request.user_agent.string)
    try:
        return challenges.enter_link(came.viewer, browsers.secret(), code, name), ""
    except Invalid as error:
        return "", error.code


def _go_on(came: Held, token: str) -> ResponseReturnValue:
    """To the discussion, with what was typed, if anything was."""
    if not request.form.get("body", "").strip():
        return redirect(url_for("links.discussion", token=token), 303)
    try:
        bearer.writing(came)
        pages.post(came)
    except Refusal as refusal:
        if gate.is_fragment():
            raise
        return pages.refused(came, token, refusal)
    return pages.back(came, token)


def _page(came: Held, token: str, error: str = "") -> str:
    place = queries.place(came.viewer, came.discussion)
    values: dict[str, Any] = {
        "me": None,
        "place": place,
        "brand": place.brand,
        "token": token,
        "text": request.form.get("body", ""),
        "send_token": pages.sent_token(),
        "email": _hinted(came.email),
        "error": errors.say(error) if error else "",
    }
    return page("links/code.html", **values)


def _hinted(email: str) -> str:
    """Enough of an address for who has it to know it again; the link may have been passed on."""
    name, _, domain = email.partition("@")
    return f"{name[:1]}…@{domain}"


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/l/<token>/code", "ask_code", ask, methods=["POST"])
    blueprint.add_url_rule("/l/<token>/device", "enter_code", enter, methods=["POST"])
