"""Discussions: the list, a page, a new one; naming and archiving."""

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import access
from portal.access import Act
from portal.access.read_models import FileView
from portal.actions import discussions
from portal.kernel.errors import Refusal
from portal.kernel.text import MESSAGE_LIMIT, TITLE_LIMIT
from portal.kernel.tokens import new_send_token
from portal.live.hub import hub
from portal.queries import discussions as queries, files as brought, firm, reach
from portal.web import errors, gate, messages, pages, uploads
from portal.web.forms import Form, options
from portal.web.templating import fragment, page

ANNOUNCEMENT = "announcement"
OF_THE_MESSAGE = ("message_", "file_", "too_many_")  # refusals that are said beside it


class DiscussionForm(Form):
    """A new discussion."""

    title = StringField(_l("Name"), [InputRequired(), Length(max=TITLE_LIMIT)])
    audience = RadioField(
        _l("Who can be in it"),
        choices=options(
            ("shared", _l("Staff and clients")),
            ("announcement", _l("Announcement to clients")),
            ("internal", _l("Staff only")),
        ),
        default="shared",
    )
    brand = SelectField(_l("Brand"))
    space = SelectField(_l("Space"))
    # Beside it on the page stands a composer, whose field is `body`.
    body = TextAreaField(_l("First message"), [Length(max=MESSAGE_LIMIT)], id="first-message")
    token = HiddenField()

    def offer(self) -> "DiscussionForm":
        """Fill the choices with the viewer's brands and spaces."""
        viewer = gate.viewer()
        self.brand.choices = options(*((brand.id, brand.name) for brand in firm.brands(viewer)))
        self.space.choices = options(("", _l("None")), *((key, name) for key, name, _ in firm.spaces(viewer)))
        return self


class TitleForm(Form):
    """A discussion's name."""

    title = StringField(_l("Name"), [InputRequired(), Length(max=TITLE_LIMIT)])


def front() -> ResponseReturnValue:
    """The console's address without more."""
    return redirect(url_for(".home"))


def new() -> str:
    """The dialog of a new discussion."""
    access.require(gate.viewer(), Act.CREATE)
    return _new(DiscussionForm(formdata=None, token=new_send_token()).offer())


def create() -> ResponseReturnValue:
    """Create it and go there."""
    access.require(gate.viewer(), Act.CREATE)
    form = DiscussionForm().offer()
    if not form.validate():
        return _new(form), 422
    files: list[str] = []
    try:
        key = _create(form, files)
    except Refusal as refusal:
        field = form.body if refusal.code.startswith(OF_THE_MESSAGE) else form.title
        field.errors = [errors.text_of(refusal)]
        return _new(form, brought.waiting(gate.viewer(), files)), refusal.status, errors.again(refusal)
    return pages.opened(key)


def title_form(key: str) -> str:
    """The dialog that renames."""
    view = queries.discussion(gate.viewer(), key)
    return fragment(
        "conversations/_title.html",
        form=TitleForm(formdata=None, title=view.row.title),
        discussion_id=key,
    )


def rename(key: str) -> ResponseReturnValue:
    """Give it another name."""
    form = TitleForm()
    if not form.validate():
        return fragment("conversations/_title.html", form=form, discussion_id=key), 422
    discussions.rename(gate.viewer(), key, title=form.title.data or "")
    return pages.changed(key)


def archive(key: str) -> ResponseReturnValue:
    """Put it away."""
    discussions.archive(gate.viewer(), key)
    title = queries.row(gate.viewer(), key)[0].title
    return pages.undoable(key, done="archived", title=title, undo=url_for(".reopen", key=key), back=None)


def reopen(key: str) -> ResponseReturnValue:
    """Bring it back."""
    discussions.reopen(gate.viewer(), key)
    return pages.changed(key)


def who_gets_it(key: str) -> str:
    """The line above the composer, for what its switch says (`kind`)."""
    found = reach.reach(gate.viewer(), key, request.args.get("kind", "text"), hub.online())
    return fragment("conversations/_reach.html", reach=found, discussion_id=key)


def ownerless() -> str:
    """Discussions without owner, without their titles; for admins."""
    viewer = gate.viewer()
    access.require(viewer, Act.MANAGE_FIRM)
    return page("console/ownerless.html", found=queries.ownerless(viewer))


def take_over(key: str) -> ResponseReturnValue:
    """Take one over."""
    discussions.take_over(gate.viewer(), key)
    return pages.opened(key)


@messages.writing
def _create(form: DiscussionForm, files: list[str]) -> str:
    files += uploads.sent(gate.viewer(), "")
    return discussions.create(
        gate.viewer(),
        title=form.title.data or "",
        audience="shared" if form.audience.data == ANNOUNCEMENT else form.audience.data,
        kind=ANNOUNCEMENT if form.audience.data == ANNOUNCEMENT else "discussion",
        brand_key=form.brand.data,
        space_key=form.space.data or "",
        token=form.token.data or "",
        body=form.body.data or "",
        files=files,
    )


def _new(form: DiscussionForm, files: tuple[FileView, ...] = ()) -> str:
    shown = {"form": form, "spaces": firm.spaces(gate.viewer()), "composer_files": files}
    return fragment("conversations/_new.html", **shown) if gate.is_fragment() else page("console/new.html", **shown)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/discussions/<key>"
    blueprint.add_url_rule("/", "front", front)
    blueprint.add_url_rule("/discussions", "discussions", pages.listing)
    blueprint.add_url_rule("/discussions", "create_discussion", create, methods=["POST"])
    blueprint.add_url_rule("/discussions/new", "new_discussion", new)
    blueprint.add_url_rule(one, "discussion", pages.discussion)
    blueprint.add_url_rule(f"{one}/row", "row", pages.row)
    blueprint.add_url_rule(f"{one}/reach", "reach", who_gets_it)
    blueprint.add_url_rule(f"{one}/title", "title", title_form)
    blueprint.add_url_rule(f"{one}/title", "rename", rename, methods=["POST"])
    blueprint.add_url_rule(f"{one}/archive", "archive", archive, methods=["POST"])
    blueprint.add_url_rule(f"{one}/archive", "reopen", reopen, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/notifications", "notifications", pages.notifications, methods=["POST"])
    blueprint.add_url_rule(f"{one}/read-mark", "read_mark", messages.read, methods=["POST"])
    blueprint.add_url_rule("/ownerless", "ownerless", ownerless)
    blueprint.add_url_rule("/ownerless/<key>", "ownership", take_over, methods=["POST"])
