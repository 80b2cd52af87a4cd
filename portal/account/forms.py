"""Forms of this door. Limits are said beforehand, and checked again below."""

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, EmailField, PasswordField, RadioField, SelectField, StringField
from wtforms.validators import EqualTo, InputRequired, Length, Optional

from portal.account.zones import time_zones
from portal.kernel.passwords import LEAST, MOST
from portal.kernel.text import EMAIL_LIMIT, NAME_LIMIT
from portal.web.forms import Form, options

LANGUAGES = options(("en", "English"), ("fr", "Français"))


def name_field(label: str) -> StringField:
    """A name, with its limit."""
    return StringField(label, [InputRequired(), Length(max=NAME_LIMIT)])


def password_field(label: str, autocomplete: str) -> PasswordField:
    """A password to choose."""
    return PasswordField(
        label,
        [InputRequired(), Length(min=LEAST), Length(max=MOST)],
        description=_l("At least %(least)s characters.", least=LEAST),
        render_kw={"autocomplete": autocomplete},
    )


class FirstRunForm(Form):
    """Firm, first brand and owner."""

    firm = name_field(_l("Name of the firm"))
    brand = StringField(
        _l("Name of its first brand"),
        [Length(max=NAME_LIMIT)],
        description=_l("What clients read. If empty, the firm’s name."),
    )
    name = name_field(_l("Your name"))
    email = EmailField(_l("Your e-mail address"), [InputRequired(), Length(max=EMAIL_LIMIT)])
    password = password_field(_l("Password"), "new-password")
    time_zone = SelectField(_l("Time zone"), default="UTC")

    def offer(self) -> "FirstRunForm":
        """Fill the choice of time zones."""
        self.time_zone.choices = time_zones()
        return self


class SignInForm(Form):
    """E-mail and password."""

    email = EmailField(
        _l("E-mail address"), [InputRequired(), Length(max=EMAIL_LIMIT)], render_kw={"autocomplete": "username"}
    )
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=MOST)], render_kw={"autocomplete": "current-password"}
    )


class MailSignInForm(Form):
    """Where to send a link and a code."""

    email = EmailField(
        _l("E-mail address"), [InputRequired(), Length(max=EMAIL_LIMIT)], render_kw={"autocomplete": "username"}
    )


class AcceptForm(Form):
    """What an invited person chooses."""

    name = name_field(_l("Your name"))
    password = password_field(_l("Choose a password"), "new-password")
    time_zone = SelectField(_l("Time zone"), default="UTC")

    def offer(self) -> "AcceptForm":
        """Fill the choice of time zones."""
        self.time_zone.choices = time_zones()
        return self

    def of(self, face: str) -> "AcceptForm":
        """Clients may do without a password (SPEC P2)."""
        if face == "client":
            self.password.validators = [Optional(), *self.password.validators[1:]]
            self.password.flags.required = False
        return self


class ProfileForm(Form):
    """What people set about themselves."""

    name = name_field(_l("Name"))
    language = SelectField(_l("Language"), choices=LANGUAGES)
    time_zone = SelectField(_l("Time zone"))
    enter_sends = BooleanField(
        _l("Enter sends the message"),
        description=_l("Otherwise Enter begins a new line and Ctrl+Enter sends."),
    )
    undo = BooleanField(
        _l("What I send can be undone for ten seconds"),
        description=_l("Until then nobody else has it."),
    )

    def offer(self) -> "ProfileForm":
        """Fill the choice of time zones."""
        self.time_zone.choices = time_zones()
        return self


class MailsForm(Form):
    """Which e-mails about messages somebody wants."""

    wanted = RadioField(_l("When there are messages that I have not read"))
    weekly = BooleanField(_l("Once a week, an e-mail of what we need from you"))

    def offer(self, *, staff: bool) -> "MailsForm":
        """Fill the choices: a digest is for staff."""
        if staff:
            del self.weekly
        digest = (("digest", _l("One e-mail with links to all of them")),) if staff else ()
        self.wanted.choices = options(
            ("each", _l("An e-mail for each discussion")), *digest, ("none", _l("No e-mails"))
        )
        return self


class PasswordForm(Form):
    """A new password."""

    current = PasswordField(
        _l("Current password"),
        [InputRequired(), Length(max=MOST)],
        render_kw={"autocomplete": "current-password"},
    )
    new = password_field(_l("New password"), "new-password")
    again = PasswordField(
        _l("New password, again"),
        [InputRequired(), EqualTo("new", message=_l("The two new passwords differ."))],
        render_kw={"autocomplete": "new-password"},
    )

    def of(self, *, has_password: bool) -> "PasswordForm":
        """Who has none chooses the first one."""
        if not has_password:
            del self.current
        return self
