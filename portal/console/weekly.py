"""When clients get the weekly mail of what we need from them; for admins."""

from flask import Blueprint, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from portal.actions import weekly as actions
from portal.kernel.errors import Invalid, NotFound
from portal.web import gate
from portal.web.forms import Form, options

DAYS = (_l("Monday"), _l("Tuesday"), _l("Wednesday"), _l("Thursday"), _l("Friday"), _l("Saturday"), _l("Sunday"))
NEVER = ""


class WeeklyForm(Form):
    """The weekday and the hour."""

    day = SelectField(
        _l("Day"), choices=options((NEVER, _l("Never")), *((str(number), name) for number, name in enumerate(DAYS)))
    )
    hour = SelectField(_l("Hour"), choices=options(*((str(hour), f"{hour:02}:00") for hour in range(24))))


def save() -> ResponseReturnValue:
    """Save it."""
    viewer, form = gate.viewer(), WeeklyForm()
    if not viewer.is_admin:
        raise NotFound
    if not form.validate():
        raise Invalid("bad_request")
    day = None if form.day.data == NEVER else int(form.day.data)
    actions.update_weekly(viewer, day=day, hour=int(form.hour.data))
    return redirect(url_for(".settings", saved="1"), 303)


def shown(day: int | None, hour: int) -> WeeklyForm:
    """The form as it was saved."""
    return WeeklyForm(formdata=None, day=NEVER if day is None else str(day), hour=str(hour))


def install(blueprint: Blueprint) -> None:
    """The address."""
    blueprint.add_url_rule("/settings/weekly", "save_weekly", save, methods=["POST"])
