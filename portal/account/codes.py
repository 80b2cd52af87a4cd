"""Signing in without a password (SPEC P4): a mail with a link and a code. One answer for every address (H4)."""

from flask import Blueprint, Response, make_response, redirect, request
from flask.typing import ResponseReturnValue

from portal.account import known
from portal.account.forms import MailSignInForm
from portal.account.signin import next_page, onward
from portal.account.tries import names
from portal.actions import challenges
from portal.actions.challenges import SignedIn
from portal.kernel.errors import Invalid, NotFound, TooMany
from portal.web import browsers, errors, gate, limits
from portal.web.device import label
from portal.web.templating import page


def ask() -> ResponseReturnValue:
    """Have the mail sent, if the address is a client's; whether it is, is looked up later, and shown to nobody."""
    form = MailSignInForm()
    if not form.validate():
        return _page(form, sent=False), 422
    email = (form.email.data or "").strip().casefold()
    try:
        limits.tries_at("sign-in mail").hit(f"account:{email}", f"network:{limits.network()}")
    except TooMany as error:
        return _page(form, sent=False, error="too_many"), error.status, errors.again(error)
    challenges.ask_to_sign_in(email, browsers.secret())
    return _page(form)


def enter() -> ResponseReturnValue:
    """Sign in by the code, in the browser that asked. Tries are counted as those of passwords are."""
    form = MailSignInForm()
    email = (form.email.data or "").strip().casefold()
    try:
        with limits.tries().one(*names(email)) as this:
            found = _tried()
            this.succeeded = found is not None
    except TooMany as error:
        return _page(form, error="too_many"), error.status, errors.again(error)
    return _let_in(found) if found else (_page(form, error="code_refused"), Invalid.status)


def show(token: str) -> ResponseReturnValue:
    """Whom the link signs in, and a button. Opening it, as scanners of mail do, changes nothing."""
    try:
        name = challenges.by_link(token)
    except NotFound:
        return _over()
    return page("account/sign_in_link.html", who=name, token=token, me=None)


@limits.limited(lambda: "20 per minute", limits.network)
def use(token: str) -> ResponseReturnValue:
    """Sign in by the link, once, in whichever browser."""
    try:
        return _let_in(challenges.enter_by_link(token, _label()))
    except NotFound:
        return _over()


def _tried() -> SignedIn | None:
    try:
        return challenges.enter(browsers.secret(), request.form.get("code", "")[:32], _label())
    except Invalid:
        return None


def _let_in(found: SignedIn) -> Response:
    target = onward()
    gate.sign_in(found.secret)
    answer = make_response(redirect(target, 303))
    known.remember(answer, found.email)
    return answer


def _page(form: MailSignInForm, *, sent: bool = True, error: str = "") -> str:
    said = errors.say(error) if error else ""
    return page("account/sign_in_mail.html", form=form, sent=sent, error=said, next=next_page(), me=None)


def _over() -> ResponseReturnValue:
    return page("account/sign_in_over.html", me=None), 410


def _label() -> str:
    return label(request.user_agent.string)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/sign-in-mail", "ask_sign_in", ask, methods=["POST"])
    blueprint.add_url_rule("/sign-in-code", "sign_in_code", enter, methods=["POST"])
    blueprint.add_url_rule("/sign-in/<token>", "sign_in_link", show)
    blueprint.add_url_rule("/sign-in/<token>", "sign_in_by_link", use, methods=["POST"])
