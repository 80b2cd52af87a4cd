"""Signing in and out. The answer is the same for a wrong password and an unknown address (SPEC P3)."""

from flask import Blueprint, make_response, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from portal.account import known
from portal.account.forms import SignInForm
from portal.account.tries import names
from portal.actions import devices
from portal.kernel.errors import TooMany
from portal.kernel.text import EMAIL_LIMIT
from portal.queries import firm
from portal.web import errors, gate
from portal.web.device import label
from portal.web.limits import tries
from portal.web.templating import page


def form() -> ResponseReturnValue:
    """The page; who is signed in goes on, and before the first run it leads there."""
    if firm.firm_name() is None:
        return redirect(url_for("account.start"))
    if gate.viewer_or_none():
        return redirect(onward())
    return page("account/login.html", form=SignInForm(formdata=None), next=next_page())


def sign_in() -> ResponseReturnValue:
    """Try. Tries are counted for the account and for the network address; in a known browser, for it alone."""
    form = SignInForm()
    email = request.form.get("email", "").strip().casefold()[:EMAIL_LIMIT]
    try:
        with tries().one(*names(email)) as this:
            secret = _check(form)
            this.succeeded = secret is not None
    except TooMany as error:
        return _again(form, "too_many"), error.status, {"Retry-After": str(error.wait)}
    if secret is None:
        return _again(form, "wrong_sign_in"), 422
    gate.sign_in(secret)
    answer = make_response(redirect(onward(), 303))
    known.remember(answer, email)
    return answer


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
    return redirect(next_page() or url_for("account.login"), 303)


def _check(form: SignInForm) -> str | None:
    if not form.validate():
        return None
    return devices.sign_in(form.email.data or "", form.password.data or "", label(request.user_agent.string))


def _again(form: SignInForm, code: str) -> str:
    return page("account/login.html", form=form, next=next_page(), error=errors.say(code))


def onward() -> str:
    """Where who has signed in goes on to."""
    return next_page() or url_for("client.discussions")


def next_page() -> str:
    """Where to go on to: an address of ours, or nothing. `//host` and backslashes lead elsewhere."""
    target = request.values.get("next", "")
    ours = target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if ours and target.isprintable() else ""


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/login", "login", form)
    blueprint.add_url_rule("/login", "sign_in", sign_in, methods=["POST"])
    blueprint.add_url_rule("/logout", "logout", sign_out, methods=["POST"])
    blueprint.add_url_rule("/language/<code>", "language", speak, methods=["POST"])
