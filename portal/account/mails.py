"""Which e-mails one wants (SPEC E9); the same on both sides of the counter."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue

from portal.account.forms import MailsForm
from portal.actions import people
from portal.web import gate


def save() -> ResponseReturnValue:
    """Save it."""
    viewer = gate.viewer()
    form = MailsForm().offer(staff=viewer.is_staff)
    people.set_mails(viewer, form.wanted.data or "", weekly=form.weekly.data if form.weekly else None)
    return redirect(url_for("account.profile", saved="mails"), 303)


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/profile/mails", "save_mails", save, methods=["POST"])
