"""One's own profile, password and devices; the same pages on both sides of the counter."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.account.forms import PasswordForm, ProfileForm
from portal.actions import devices, people
from portal.extensions import limiter
from portal.kernel.errors import Refusal
from portal.queries import people as queries
from portal.web import errors, gate
from portal.web.templating import page


def profile() -> ResponseReturnValue:
    """The page."""
    viewer = gate.viewer_or_none()
    if viewer is None:
        return gate.to_sign_in()
    devices.seen(viewer)
    form = ProfileForm(
        formdata=None,
        name=viewer.name,
        language=viewer.language,
        time_zone=viewer.time_zone,
        enter_sends=viewer.enter_sends,
    )
    return _page(form.offer(), PasswordForm(formdata=None))


def save() -> ResponseReturnValue:
    """Save name, language, time zone and what Enter does."""
    viewer = gate.viewer()
    form = ProfileForm().offer()
    if not form.validate():
        return _page(form, PasswordForm(formdata=None)), 422
    try:
        people.update_profile(
            viewer,
            name=form.name.data or "",
            language=form.language.data,
            time_zone=form.time_zone.data,
            enter_sends=bool(form.enter_sends.data),
        )
    except Refusal as refusal:
        form.name.errors = [errors.text_of(refusal)]
        return _page(form, PasswordForm(formdata=None)), refusal.status
    return redirect(url_for("account.profile", saved="profile"), 303)


@limiter.limit("10 per 5 minutes", key_func=lambda: f"password:{gate.viewer().key}")
def change_password() -> ResponseReturnValue:
    """Change the password; other devices are signed out."""
    viewer = gate.viewer()
    form = PasswordForm()
    mine = ProfileForm(formdata=None, obj=viewer).offer()
    if not form.validate():
        return _page(mine, form), 422
    try:
        devices.change_password(viewer, current=form.current.data or "", new=form.new.data or "")
    except Refusal as refusal:
        form.current.errors = [errors.text_of(refusal)]
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


def _page(form: ProfileForm, password: PasswordForm) -> str:
    viewer = gate.viewer()
    return page("account/profile.html", form=form, password=password, devices=queries.devices(viewer), saved=_saved())


def _saved() -> str:
    return request.args.get("saved", "")


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/profile", "profile", profile)
    blueprint.add_url_rule("/profile", "save_profile", save, methods=["POST"])
    blueprint.add_url_rule("/profile/password", "password", change_password, methods=["POST"])
    blueprint.add_url_rule("/profile/devices", "revoke_others", revoke_others, methods=["POST"])
    blueprint.add_url_rule("/profile/devices/<key>", "revoke_device", revoke, methods=["POST"])
