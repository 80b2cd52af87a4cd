"""The base of all forms: shape only. Who may do it is asked of `access`, inside the transaction."""

from flask_wtf import FlaskForm
from wtforms import SelectChoice


class Form(FlaskForm):
    """A form. The CSRF token is checked for every request at once (`CSRFProtect`), not for each form."""

    class Meta:
        csrf = False


def options(*pairs: tuple[str, str], group: str | None = None) -> list[SelectChoice]:
    """What a select or radio field offers, of (value, label)."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]
