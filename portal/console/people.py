"""Colleagues and clients: the lists, invitations, disabling."""

from typing import Any

from flask import Blueprint, current_app, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import EmailField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from portal import access
from portal.access import Act
from portal.actions import invitations, people as actions
from portal.config import Settings
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.text import EMAIL_LIMIT, NAME_LIMIT
from portal.queries import firm, links, people as queries, rights
from portal.web import errors, gate
from portal.web.forms import Form, options
from portal.web.templating import fragment, page

ROLES = options(("agent", _l("Agent")), ("admin", _l("Admin")))
LANGUAGES = options(("en", "English"), ("fr", "Français"))
INVITING = {"client": Act.INVITE_CLIENT, "staff": Act.INVITE_STAFF}
FIELDS = {"name_empty": "name", "name_too_long": "name"}  # beside which field a refusal is said; else the address


class CheckboxesField(SelectMultipleField):
    """Several of a few, as boxes to tick."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class InviteForm(Form):
    """Whom to invite."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=NAME_LIMIT)])
    email = EmailField(_l("E-mail address"), [InputRequired(), Length(max=EMAIL_LIMIT)])
    language = SelectField(_l("Language"), choices=LANGUAGES)


class InviteClientForm(InviteForm):
    """A client, into a space that is there or a new one."""

    space = SelectField(_l("Space"), default="")
    brand = SelectField(_l("Brand"))
    space_name = StringField(
        _l("Name of the new space"),
        [Length(max=NAME_LIMIT)],
        description=_l("A person, a couple or a company. If empty, the client’s name."),
    )

    def offer(self) -> "InviteClientForm":
        """Fill the choices with the viewer's spaces and brands."""
        viewer = gate.viewer()
        self.space.choices = options(("", _l("A new space")), *((key, name) for key, name, _ in firm.spaces(viewer)))
        self.brand.choices = options(*((brand.id, brand.name) for brand in firm.brands(viewer)))
        return self


class InviteStaffForm(InviteForm):
    """A colleague, into brands."""

    role = SelectField(_l("Role"), choices=ROLES)
    brands = CheckboxesField(_l("Brands"), [InputRequired(_l("Choose at least one brand."))])

    def offer(self) -> "InviteStaffForm":
        """Fill the choices with the viewer's brands."""
        self.brands.choices = options(*((brand.id, brand.name) for brand in firm.brands(gate.viewer())))
        return self


def listing() -> str:
    """Clients or staff, with a search."""
    viewer = gate.viewer()
    face, words = _face(), request.args.get("q", "")[:100]
    bounced = request.args.get("bounced") == "1"
    found = queries.people(viewer, face, words, queries.PAGE + 1, bounced=bounced)
    values = {
        "people": found[: queries.PAGE],
        "cut": len(found) > queries.PAGE,
        "shown": face,
        "q": words,
        "bounced": bounced,
    }
    values["may_invite"] = access.can(viewer, INVITING[face])
    values["own_only"] = face == "client" and not viewer.finds_all
    if gate.is_fragment():
        return fragment("people/_list.html", **values)
    return page("console/people.html", **values)


def person(key: str) -> str:
    """One person: who they are, and what can be done about their account."""
    viewer = gate.viewer()
    shown = queries.person(viewer, key)
    ends = queries.invitation_ends(viewer, key)
    may, reach = queries.may(viewer, key), rights.exception(viewer, key)
    open_links = links.of_person(viewer, key) if may & {"invite", "manage"} else ()
    return fragment("people/_person.html", person=shown, ends=ends, may=may, reach=reach, links=open_links)


def new_invitation() -> str:
    """The dialog that invites."""
    language = gate.viewer().language
    _require(_face())
    if _face() == "client":
        form = InviteClientForm(formdata=None, language=language, space=request.args.get("space", ""))
        return _invite("people/_invite_client.html", form.offer())
    return _invite("people/_invite_staff.html", InviteStaffForm(formdata=None, language=language).offer())


def invite_client() -> ResponseReturnValue:
    """Invite a client; the answer shows the link, once."""
    _require("client")
    form = InviteClientForm().offer()
    if not form.validate():
        return _invite("people/_invite_client.html", form), 422
    new_space = {"brand_keys": (form.brand.data,), "space_name": form.space_name.data or form.name.data or ""}
    space = {"space_key": form.space.data} if form.space.data else new_space
    return _invited("people/_invite_client.html", form, role="client", **space)


def invite_staff() -> ResponseReturnValue:
    """Invite a colleague; the answer shows the link, once."""
    _require("staff")
    form = InviteStaffForm().offer()
    if not form.validate():
        return _invite("people/_invite_staff.html", form), 422
    return _invited("people/_invite_staff.html", form, role=form.role.data, brand_keys=tuple(form.brands.data or ()))


def invite_again(key: str) -> str:
    """A new link; the earlier one ends."""
    secret = invitations.invite_again(gate.viewer(), key, _days())
    return link_shown(key, secret)


def withdraw(key: str) -> ResponseReturnValue:
    """Withdraw an invitation."""
    invitations.withdraw(gate.viewer(), key)
    return _done()


def disable(key: str) -> ResponseReturnValue:
    """Disable an account, at once and everywhere."""
    actions.disable(gate.viewer(), key)
    return _done()


def enable(key: str) -> ResponseReturnValue:
    """Let somebody in again."""
    actions.enable(gate.viewer(), key)
    return _done()


def limit(key: str) -> ResponseReturnValue:
    """Make an exception of an agent, or none."""
    actions.limit(gate.viewer(), key, reach=request.form.get("reach", ""))
    return _done() if gate.is_fragment() else redirect(url_for(".people", face="staff"), 303)


def _invited(template: str, form: InviteForm, **where: Any) -> ResponseReturnValue:
    try:
        key, secret = invitations.invite(
            gate.viewer(),
            name=form.name.data or "",
            email=form.email.data or "",
            language=form.language.data,
            days=_days(),
            **where,
        )
    except (Conflict, Invalid) as refusal:
        field = form[FIELDS.get(refusal.code, "email")]
        field.errors = [errors.text_of(refusal)]
        return _invite(template, form), refusal.status
    return link_shown(key, secret), 201, {"HX-Trigger": "people-changed"}


def _invite(template: str, form: InviteForm) -> str:
    return fragment(template, form=form, days=_days(), mailed=_mailed())


def link_shown(key: str, secret: str) -> str:
    """The one time that the link is shown; it is kept as a digest only, and never logged."""
    base = current_app.config["COMPTOIR"].public_url or request.host_url.rstrip("/")
    link = base + url_for("account.invitation", secret=secret)
    shown = queries.person(gate.viewer(), key)
    return fragment("people/_link.html", link=link, person=shown, days=_days(), mailed=_mailed())


def _done() -> ResponseReturnValue:
    return "", 204, {"HX-Trigger": '{"people-changed": true, "dialog-close": true}'}


def _face() -> str:
    return "staff" if request.args.get("face") == "staff" else "client"


def _days() -> int:
    settings: Settings = current_app.config["COMPTOIR"]
    return settings.invitation_days


def _mailed() -> bool:
    """Whether invitations reach people by mail; else who invites sends the link."""
    settings: Settings = current_app.config["COMPTOIR"]
    return bool(settings.smtp_url)


def _require(face: str) -> None:
    access.require(gate.viewer(), INVITING[face])


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/people", "people", listing)
    blueprint.add_url_rule("/people/<key>", "person", person)
    blueprint.add_url_rule("/people/<key>/disablement", "disable", disable, methods=["POST"])
    blueprint.add_url_rule("/people/<key>/disablement", "enable", enable, methods=["DELETE"])
    blueprint.add_url_rule("/people/<key>/reach", "limit", limit, methods=["POST"])
    blueprint.add_url_rule("/people/<key>/invitation", "invite_again", invite_again, methods=["POST"])
    blueprint.add_url_rule("/people/<key>/invitation", "withdraw", withdraw, methods=["DELETE"])
    blueprint.add_url_rule("/invitations/new", "new_invitation", new_invitation)
    blueprint.add_url_rule("/invitations/clients", "invite_client", invite_client, methods=["POST"])
    blueprint.add_url_rule("/invitations/staff", "invite_staff", invite_staff, methods=["POST"])
