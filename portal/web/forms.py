"""The base of all forms: shape only. Who may do it is asked of `access`, inside the transaction."""

from typing import Any, ClassVar

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.i18n import translations
from wtforms import SelectChoice

# What WTForms says of a field, as we would say it; by the words of WTForms.
WORDS = {
    "This field is required.": _l("Please fill this in."),
    "Not a valid choice.": _l("Choose one of the options."),
    "Not a valid integer value.": _l("Enter a whole number."),
    "Number must be between %(min)s and %(max)s.": _l("Enter a number between %(min)s and %(max)s."),
    "Field must be at least %(min)d characters long.": _l("Enter at least %(min)d characters."),
    "Field cannot be longer than %(max)d characters.": _l("Enter at most %(max)d characters."),
}


class Words:
    """What WTForms asks for its messages: ours, or else its own, both in the reader's language."""

    def gettext(self, text: str) -> str:
        """One message."""
        return str(WORDS[text]) if text in WORDS else str(translations.gettext(text))

    def ngettext(self, one: str, several: str, number: int) -> str:
        """A message with a number; no limit of ours is 1, so that the plural says it."""
        return str(WORDS[several]) if several in WORDS else str(translations.ngettext(one, several, number))


class Form(FlaskForm):
    """A form. The CSRF token is checked for every request at once (`CSRFProtect`), not for each form."""

    class Meta:
        csrf = False

        def wrap_formdata(self, _form: FlaskForm, formdata: Any) -> Any:
            """The fields of a sent form, and those alone: no JSON, no files where words are expected."""
            return None if formdata is None else request.form or None

        def get_translations(self, _form: FlaskForm) -> Words:
            """The words of validators."""
            return Words()


class Expected:
    """A field that a page has to be given, or files in its place, which is looked at below."""

    field_flags: ClassVar = {"required": True}

    def __call__(self, _form: FlaskForm, _field: Any) -> None:
        """Content with anything."""


def options(*pairs: tuple[str, str], group: str | None = None) -> list[SelectChoice]:
    """What a select or radio field offers, of (value, label)."""
    return [SelectChoice(value, label, optgroup=group) for value, label in pairs]
