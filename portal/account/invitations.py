"""An invitation's link: GET shows a page and changes nothing, POST makes the account active."""

from flask import Blueprint, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.account import known
from portal.account.forms import AcceptForm
from portal.actions import devices, invitations
from portal.actions.invitations import Invited
from portal.kernel.errors import NotFound, Refusal
from portal.web import errors, gate
from portal.web.device import label
from portal.web.limits import limited, network
from portal.web.templating import page, page_brand


def show(secret: str) -> ResponseReturnValue:
    """The page of an open invitation; one answer for wrong, expired, withdrawn and used ones."""
    try:
        invited = invitations.invitation(secret)
    except NotFound:
        return _over()
    return _page(secret, AcceptForm(formdata=None, name=invited.name).offer().of(invited.face), invited)


@limited(lambda: "20 per minute", network)
def accept(secret: str) -> ResponseReturnValue:
    """Become active, and signed in."""
    form = AcceptForm().offer()
    try:
        invited = invitations.invitation(secret)
        if not form.of(invited.face).validate():
            return _page(secret, form, invited), 422
        person = invitations.accept(
            secret,
            name=form.name.data or "",
            password=form.password.data or "",
            time_zone=form.time_zone.data,
        )
    except NotFound:
        return _over()
    except Refusal as refusal:
        return _page(secret, form, invited, error=errors.text_of(refusal)), refusal.status
    gate.sign_in(devices.open_device_for(person, label(request.user_agent.string)))
    answer = make_response(redirect(url_for("client.discussions"), 303))
    known.remember(answer, invited.email)
    return answer


def _page(secret: str, form: AcceptForm, invited: Invited, error: str = "") -> str:
    """The page, in the brand that invites."""
    brand = invited.brand or page_brand()
    return page("account/invitation.html", form=form, invited=invited, secret=secret, brand=brand, error=error)


def _over() -> ResponseReturnValue:
    return page("account/invitation_over.html"), 404


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/invitations/<secret>", "invitation", show)
    blueprint.add_url_rule("/invitations/<secret>", "accept", accept, methods=["POST"])
