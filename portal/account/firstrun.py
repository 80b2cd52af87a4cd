"""The first start: a page that creates the firm, its first brand and its owner. There is no default password."""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.account import known
from portal.account.forms import FirstRunForm
from portal.actions import devices, people
from portal.kernel.errors import NotFound, Refusal
from portal.queries import firm
from portal.web import errors, gate
from portal.web.device import label
from portal.web.templating import page


def start() -> ResponseReturnValue:
    """The page, while there is no firm; afterwards it does not exist."""
    _require_empty()
    return page("account/start.html", form=FirstRunForm(formdata=None).offer())


def create() -> ResponseReturnValue:
    """Create all three, and sign the owner in."""
    _require_empty()
    form = FirstRunForm().offer()
    if not form.validate():
        return page("account/start.html", form=form), 422
    try:
        people.found(
            firm=form.firm.data or "",
            brand=form.brand.data or form.firm.data or "",
            name=form.name.data or "",
            email=form.email.data or "",
            password=form.password.data or "",
            language=gate.locale(),
            time_zone=form.time_zone.data,
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return page("account/start.html", form=form, error=errors.text_of(refusal)), refusal.status
    secret = devices.sign_in(form.email.data or "", form.password.data or "", label(request.user_agent.string))
    answer = make_response(redirect(url_for("console.discussions"), 303))
    if secret:
        gate.sign_in(secret)
        known.remember(answer, form.email.data or "")
    return answer


def _require_empty() -> None:
    if firm.firm_name() is not None:
        raise NotFound


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/start", "start", start)
    blueprint.add_url_rule("/start", "found", create, methods=["POST"])
