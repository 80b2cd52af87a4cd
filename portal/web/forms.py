"""The base of all forms: shape only. Who may do it is asked of `access`, inside the transaction."""

from flask_wtf import FlaskForm


class Form(FlaskForm):
    """A form. The CSRF token is checked for every request at once (`CSRFProtect`), not for each form."""

    class Meta:
        csrf = False
