"""Signing in and out. The answer is the same for a wrong password and an unknown address (SPEC P3)."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address

from portal.account.forms import SignInForm
from portal.actions import devices
from portal.extensions import limiter
from portal.queries import firm
from portal.web import errors, gate
from portal.web.device import label
from portal.web.templating import page


def _limit() -> str:
    return str(current_app.config["COMPTOIR"].sign_in_limit)


def _account() -> str:
    return f"account:{request.form.get('email', '').strip().casefold()[:254]}"


def _address() -> str:
    return f"address:{get_remote_address()}"


def _failed(response: Response) -> bool:
    """Only failed tries count, lest an office behind one address lock itself out."""
    return response.status_code == 422


by_account = limiter.shared_limit(_limit, scope="sign-in", key_func=_account, deduct_when=_failed)
by_address = limiter.shared_limit(_limit, scope="sign-in", key_func=_address, deduct_when=_failed)


def form() -> ResponseReturnValue:
    """The page; who is signed in goes on, and before the first run it leads there."""
    if firm.firm_name() is None:
        return redirect(url_for("account.start"))
    if gate.viewer_or_none():
        return redirect(_onward())
    return page("account/login.html", form=SignInForm(formdata=None), next=_next())


@by_account
@by_address
def sign_in() -> ResponseReturnValue:
    """Try. Tries are counted for the account and for the network address."""
    form = SignInForm()
    secret = None
    if form.validate():
        secret = devices.sign_in(form.email.data or "", form.password.data or "", label(request.user_agent.string))
    if secret is None:
        return page("account/login.html", form=form, next=_next(), error=errors.say("wrong_sign_in")), 422
    gate.sign_in(secret)
    return redirect(_onward(), 303)


def sign_out() -> ResponseReturnValue:
    """Sign this device out. What the browser kept of us is cleared."""
    viewer = gate.viewer_or_none()
    if viewer:
        devices.sign_out(viewer)
    gate.sign_out()
    return redirect(url_for("account.login"), 303), {"Clear-Site-Data": '"cache", "storage"'}


def speak(code: str) -> ResponseReturnValue:
    """Choose the language of this device, for who is not signed in."""
    if code in gate.LANGUAGES:
        session["language"] = code
    return redirect(_next() or url_for("account.login"), 303)


def _onward() -> str:
    return _next() or url_for("client.discussions")


def _next() -> str:
    """Where to go on to: an address of ours, or nothing. `//host` and backslashes lead elsewhere."""
    target = request.values.get("next", "")
    parts = urlsplit(target)
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if ours and not parts.netloc and not parts.scheme and target.isprintable() else ""


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/login", "login", form)
    blueprint.add_url_rule("/login", "sign_in", sign_in, methods=["POST"])
    blueprint.add_url_rule("/logout", "logout", sign_out, methods=["POST"])
    blueprint.add_url_rule("/language/<code>", "language", speak, methods=["POST"])
