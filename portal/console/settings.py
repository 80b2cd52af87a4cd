"""The firm's settings and its brands; for admins."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import InputRequired, Length, NumberRange

from portal.actions import firm as actions
from portal.console import weekly
from portal.kernel.errors import NotFound, Refusal
from portal.kernel.text import NAME_LIMIT
from portal.queries import people as queries
from portal.queries.people import BrandView
from portal.web import errors, gate
from portal.web.forms import Form, options
from portal.web.templating import fragment, page

# Beside which field a refusal is said; else the name.
FIELDS = {"bad_host": "host", "host_taken": "host", "bad_brand_owner": "owner"}

CHOICES = 2000  # colleagues to choose an owner from


class FirmForm(Form):
    """The firm's name, and what clients read of its staff."""

    name = StringField(_l("Name of the firm"), [InputRequired(), Length(max=NAME_LIMIT)])
    staff_names = RadioField(
        _l("What clients see as the author of a message"),
        choices=options(
            ("full", _l("The writer’s full name")),
            ("first", _l("The writer’s first name")),
            ("brand", _l("Only the brand’s name, whoever wrote")),
        ),
    )


class MailsForm(Form):
    """How long the firm waits before it tells people by e-mail (SPEC E1, E2), in minutes, and its links (E3)."""

    wait = IntegerField(
        _l("Wait before an e-mail, in minutes"),
        [InputRequired(), NumberRange(0, actions.WAIT)],
        description=_l("Whoever reads it meanwhile gets none. 0 sends at once."),
    )
    gap = IntegerField(
        _l("Between two e-mails, in minutes"),
        [InputRequired(), NumberRange(0, actions.GAP)],
        description=_l("For each discussion: the next one has all that was said since."),
    )
    digest_gap = IntegerField(
        _l("Between two digests, in minutes"),
        [InputRequired(), NumberRange(0, actions.GAP)],
        description=_l("For colleagues who chose one e-mail with links to all discussions."),
    )
    link_days = IntegerField(
        _l("Links are good for, in days"),
        [InputRequired(), NumberRange(1, actions.LINK_DAYS)],
        description=_l("It opens one discussion for one client, without a password."),
    )
    link_codes = BooleanField(_l("Ask for a code on devices not seen before"))


class FilesForm(Form):
    """How much a file may have."""

    limit = IntegerField(
        _l("Largest file, in MB"),
        [InputRequired(), NumberRange(1, actions.FILE_LIMIT)],
        description=_l("What is larger is refused before it is sent. Files that are there stay."),
    )


class BrandForm(Form):
    """A brand."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=NAME_LIMIT)])
    hue = IntegerField(_l("Colour"), [NumberRange(0, 359)], description=_l("An angle on the colour wheel, 0 to 359."))
    host = StringField(
        _l("Host name"),
        [Length(max=253)],
        description=_l("The address where clients see this brand, such as portal.example.com. May be empty."),
    )
    owner = SelectField(_l("Receives new discussions from spaces without staff"))

    def offer(self) -> "BrandForm":
        """Fill the choice with active staff."""
        staff = queries.people(gate.viewer(), "staff", most=CHOICES)
        self.owner.choices = options(*((person.id, person.name) for person in staff if person.state == "active"))
        return self


def settings() -> str:
    """The page."""
    return _page(FirmForm(formdata=None, obj=queries.firm_settings(gate.viewer())))


def save() -> ResponseReturnValue:
    """Save the firm's settings."""
    form = FirmForm()
    if not form.validate():
        return _page(form), 422
    try:
        actions.update_firm(gate.viewer(), name=form.name.data or "", staff_names=form.staff_names.data)
    except Refusal as refusal:
        form.name.errors = [errors.text_of(refusal)]
        return _page(form), refusal.status
    return redirect(url_for(".settings", saved="1"), 303)


def save_mails() -> ResponseReturnValue:
    """Save how long mails wait, and what their links are."""
    _require_admin()
    viewer, mails = gate.viewer(), MailsForm()
    if not mails.validate():
        return _page(FirmForm(formdata=None, obj=queries.firm_settings(viewer)), mails), 422
    numbers = {field.name: field.data or 0 for field in (mails.wait, mails.gap, mails.digest_gap, mails.link_days)}
    actions.update_mails(viewer, **numbers, link_codes=bool(mails.link_codes.data))
    return redirect(url_for(".settings", saved="1"), 303)


def save_files() -> ResponseReturnValue:
    """Save how much a file may have."""
    _require_admin()
    viewer, files = gate.viewer(), FilesForm()
    if not files.validate():
        return _page(FirmForm(formdata=None, obj=queries.firm_settings(viewer)), files=files), 422
    actions.update_files(viewer, limit=files.limit.data or 0)
    return redirect(url_for(".settings", saved="1"), 303)


def new_brand() -> str:
    """The dialog of a new brand."""
    _require_admin()
    return _dialog("", BrandForm(formdata=None, hue=165, owner=gate.viewer().key).offer())


def brand(key: str) -> str:
    """The dialog of a brand."""
    found = _find(key)
    form = BrandForm(formdata=None, name=found.name, hue=found.hue, host=found.host, owner=found.owner_id)
    return _dialog(key, form.offer())


def create_brand() -> ResponseReturnValue:
    """Add a brand."""
    return _save_brand("")


def save_brand(key: str) -> ResponseReturnValue:
    """Change a brand."""
    _find(key)
    return _save_brand(key)


def _save_brand(key: str) -> ResponseReturnValue:
    _require_admin()
    form = BrandForm().offer()
    if not form.validate():
        return _dialog(key, form), 422
    try:
        actions.save_brand(
            gate.viewer(),
            key,
            name=form.name.data or "",
            hue=form.hue.data or 0,
            host=form.host.data or "",
            owner_key=form.owner.data,
        )
    except Refusal as refusal:
        field = form[FIELDS.get(refusal.code, "name")]
        field.errors = [errors.text_of(refusal)]
        return _dialog(key, form), refusal.status
    return "", 204, {"HX-Redirect": url_for(".settings", saved="1")}


def _find(key: str) -> BrandView:
    found = next((one for one in queries.brands(gate.viewer()) if one.id == key), None)
    if found is None:
        raise NotFound
    return found


def _require_admin() -> None:
    """The firm's settings do not exist for agents."""
    if not gate.viewer().is_admin:
        raise NotFound


def _dialog(key: str, form: BrandForm) -> str:
    return fragment("people/_brand.html", form=form, brand_id=key)


def _page(form: FirmForm, mails: MailsForm | None = None, files: FilesForm | None = None) -> str:
    viewer = gate.viewer()
    firm = queries.firm_settings(viewer)
    shown = mails or MailsForm(formdata=None, obj=firm, wait=firm.mail_wait, gap=firm.mail_gap)
    forms = {"form": form, "mails": shown, "firm_brands": queries.brands(viewer)}
    forms["files"] = files or FilesForm(formdata=None, limit=firm.file_limit)
    forms["weekly"] = weekly.shown(firm.weekly_day, firm.weekly_hour)
    return page("console/settings.html", **forms, saved=bool(request.args.get("saved")))


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/settings", "settings", settings)
    blueprint.add_url_rule("/settings", "save_settings", save, methods=["POST"])
    blueprint.add_url_rule("/settings/mails", "save_mails", save_mails, methods=["POST"])
    blueprint.add_url_rule("/settings/files", "save_files", save_files, methods=["POST"])
    blueprint.add_url_rule("/settings/brands", "create_brand", create_brand, methods=["POST"])
    blueprint.add_url_rule("/settings/brands/new", "new_brand", new_brand)
    blueprint.add_url_rule("/settings/brands/<key>", "brand", brand)
    blueprint.add_url_rule("/settings/brands/<key>", "save_brand", save_brand, methods=["POST"])
