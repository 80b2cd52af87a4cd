"""A client's discussions: the list, a page, a new one."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal.access.read_models import FileView
from portal.actions import discussions
from portal.kernel.errors import Refusal
from portal.kernel.text import MESSAGE_LIMIT, TITLE_LIMIT
from portal.kernel.tokens import new_send_token
from portal.queries import files as queries, firm
from portal.web import errors, gate, messages, pages, uploads
from portal.web.forms import Expected, Form, options
from portal.web.templating import fragment, page


class StartForm(Form):
    """A new discussion with the firm."""

    title = StringField(_l("Subject"), [InputRequired(), Length(max=TITLE_LIMIT)])
    space = SelectField(_l("For"))
    # Beside it on the page stands a composer, whose field is `body`.
    body = TextAreaField(_l("Message"), [Expected(), Length(max=MESSAGE_LIMIT)], id="first-message")
    token = HiddenField()

    def offer(self) -> "StartForm":
        """Fill the choices with the client's spaces."""
        self.space.choices = options(*((key, name) for key, name, _ in firm.spaces(gate.viewer())))
        return self


def new() -> str:
    """The form of a new discussion."""
    return _new(StartForm(formdata=None, token=new_send_token()).offer())


def create() -> ResponseReturnValue:
    """Start it and go there."""
    form = StartForm().offer()
    if not form.validate():
        return _new(form), 422
    files: list[str] = []
    try:
        key = _start(form, files)
    except Refusal as refusal:
        form.body.errors = [errors.text_of(refusal)]
        return _new(form, queries.waiting(gate.viewer(), files)), refusal.status, errors.again(refusal)
    return pages.opened(key)


@messages.writing
def _start(form: StartForm, files: list[str]) -> str:
    files += uploads.sent(gate.viewer(), "")
    return discussions.start(
        gate.viewer(),
        title=form.title.data or "",
        body=form.body.data or "",
        space_key=form.space.data or "",
        token=request.form.get("token", ""),
        files=files,
    )


def _new(form: StartForm, files: tuple[FileView, ...] = ()) -> str:
    if gate.is_fragment():
        return fragment("conversations/_start.html", form=form, composer_files=files)
    return page("client/new.html", form=form, composer_files=files)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/discussions/<key>"
    blueprint.add_url_rule("/", "discussions", pages.listing)
    blueprint.add_url_rule("/discussions", "create_discussion", create, methods=["POST"])
    blueprint.add_url_rule("/discussions/new", "new_discussion", new)
    blueprint.add_url_rule(one, "discussion", pages.discussion)
    blueprint.add_url_rule(f"{one}/row", "row", pages.row)
    blueprint.add_url_rule(f"{one}/notifications", "notifications", pages.notifications, methods=["POST"])
    blueprint.add_url_rule(f"{one}/read-mark", "read_mark", messages.read, methods=["POST"])
