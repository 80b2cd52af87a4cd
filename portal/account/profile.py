"""One's own profile, password and devices; the same pages on both sides of the counter."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.account.forms import MailsForm, PasswordForm, ProfileForm
from portal.actions import devices, people
from portal.kernel.errors import Refusal
from portal.kernel.pictures import BYTES
from portal.queries import links, people as queries
from portal.web import errors, gate
from portal.web.limits import limited
from portal.web.templating import page


def profile() -> ResponseReturnValue:
    """The page."""
    viewer = gate.viewer_or_none()
    if viewer is None:
        return gate.to_sign_in()
    devices.seen(viewer)
    return page_as_saved()


def save() -> ResponseReturnValue:
    """Save name, language, time zone and what Enter does."""
    viewer = gate.viewer()
    form = ProfileForm().offer()
    if not form.validate():
        return _page(form, _password_form()), 422
    try:
        people.update_profile(
            viewer,
            name=form.name.data or "",
            language=form.language.data,
            time_zone=form.time_zone.data,
            enter_sends=bool(form.enter_sends.data),
            undo=bool(form.undo.data),
        )
    except Refusal as refusal:
        form.name.errors = [errors.text_of(refusal)]
        return _page(form, _password_form()), refusal.status
    return redirect(url_for("account.profile", saved="profile"), 303)


@limited(lambda: "10 per 5 minutes", lambda: gate.viewer().key)
def change_password() -> ResponseReturnValue:
    """Change the password; other devices are signed out."""
    viewer = gate.viewer()
    form = _password_form(sent=True)
    mine = _form_as_saved()
    if not form.validate():
        return _page(mine, form), 422
    try:
        current = form.current.data if form.current else ""
        devices.change_password(viewer, current=current or "", new=form.new.data or "")
    except Refusal as refusal:
        (form.current or form.new).errors = [errors.text_of(refusal)]
        return _page(mine, form), refusal.status
    return redirect(url_for("account.profile", saved="password"), 303)


def revoke(key: str) -> ResponseReturnValue:
    """Sign one of one's devices out."""
    viewer = gate.viewer()
    devices.revoke(viewer, key)
    return redirect(url_for("account.profile", saved="device"), 303)


def revoke_others() -> ResponseReturnValue:
    """Sign all other devices out."""
    devices.revoke_others(gate.viewer())
    return redirect(url_for("account.profile", saved="device"), 303)


def page_as_saved(**more: Any) -> str:
    """The page, with what is known of the person in its forms."""
    return _page(_form_as_saved(), _password_form(), **more)


def _form_as_saved() -> ProfileForm:
    return ProfileForm(formdata=None, obj=gate.viewer()).offer()


def _password_form(*, sent: bool = False) -> PasswordForm:
    form = PasswordForm() if sent else PasswordForm(formdata=None)
    return form.of(has_password=links.has_password(gate.viewer()))


def _page(form: ProfileForm, password: PasswordForm, **more: Any) -> str:
    viewer = gate.viewer()
    mails = MailsForm(formdata=None, wanted=queries.mails_wanted(viewer), weekly=queries.weekly_wanted(viewer)).offer(
        staff=viewer.is_staff
    )
    shown = {"form": form, "password": password, "mails": mails, "devices": queries.devices(viewer)}
    shown |= {"link_devices": links.devices(viewer), "links_count": links.count(viewer)}
    return page("account/profile.html", **shown, saved=_saved(), most=BYTES, **more)


def _saved() -> str:
    return request.args.get("saved", "")


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/profile", "profile", profile)
    blueprint.add_url_rule("/profile", "save_profile", save, methods=["POST"])
    blueprint.add_url_rule("/profile/password", "password", change_password, methods=["POST"])
    blueprint.add_url_rule("/profile/devices", "revoke_others", revoke_others, methods=["POST"])
    blueprint.add_url_rule("/profile/devices/<key>", "revoke_device", revoke, methods=["POST"])
