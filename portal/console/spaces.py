"""Spaces of clients: the list, the page of one, its people and its name."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, SelectField, StringField, TextAreaField
from wtforms.validators import InputRequired, Length

from portal import access
from portal.access import Act
from portal.actions import spaces as actions
from portal.kernel.errors import Refusal
from portal.kernel.text import MESSAGE_LIMIT, NAME_LIMIT
from portal.queries import firm, listed_files, spaces as queries
from portal.web import errors, gate
from portal.web.forms import Form, options
from portal.web.templating import fragment, page

SEARCH_LIMIT = 100
FILES = 12  # at first; those that follow come when one looks there


class NameForm(Form):
    """A space's name."""

    name = StringField(_l("Name"), [InputRequired(), Length(max=NAME_LIMIT)])


class SpaceForm(NameForm):
    """A new space."""

    brand = SelectField(_l("Brand"))

    def offer(self) -> "SpaceForm":
        """Fill the choices with the viewer's brands."""
        self.brand.choices = options(*((brand.id, brand.name) for brand in firm.brands(gate.viewer())))
        return self


class WelcomeForm(Form):
    """The mail to who joins the space's discussions by themselves."""

    welcomes = BooleanField(_l("Send a welcome e-mail"))
    words = TextAreaField(_l("What it says"), [Length(max=MESSAGE_LIMIT)])


def listing() -> str:
    """The spaces, with a search and one of the brands."""
    viewer = gate.viewer()
    words, brand = request.args.get("q", "")[:SEARCH_LIMIT], request.args.get("brand", "")
    found, cut = queries.listing(viewer, words, brand)
    values = {"spaces": found, "cut": cut, "q": words, "brand_key": brand, "own_only": not viewer.finds_all}
    if gate.is_fragment():
        return fragment("spaces/_list.html", **values)
    return page("console/spaces.html", brands=firm.brands(viewer), **values)


def space(key: str) -> str:
    """A space: its people, its discussions as far as the viewer is in them, its files."""
    shown = queries.space(gate.viewer(), key)
    form = WelcomeForm(formdata=None, welcomes=shown.welcomes, words=shown.welcome)
    return _page(shown, form)


def files(key: str) -> str:
    """Those of its files that follow (`after`)."""
    found = listed_files.of_space(gate.viewer(), key, after=request.args.get("after", ""))
    here = url_for(".space_files", key=key)
    return fragment("files/_list.html", files=found, places=True, here=here)


def new() -> str:
    """The dialog of a new space."""
    access.require(gate.viewer(), Act.MANAGE_SPACES)
    return fragment("spaces/_new.html", form=SpaceForm(formdata=None).offer())


def create() -> ResponseReturnValue:
    """Make it and go there."""
    access.require(gate.viewer(), Act.MANAGE_SPACES)
    form = SpaceForm().offer()
    if not form.validate():
        return fragment("spaces/_new.html", form=form), 422
    try:
        key = actions.create(gate.viewer(), name=form.name.data or "", brand_key=form.brand.data)
    except Refusal as refusal:
        form.name.errors = [errors.text_of(refusal)]
        return fragment("spaces/_new.html", form=form), refusal.status
    return _to(key, 201)


def name_form(key: str) -> str:
    """The dialog that renames."""
    shown = queries.space(gate.viewer(), key)
    access.require(gate.viewer(), Act.MANAGE_SPACES)
    return fragment("spaces/_name.html", form=NameForm(formdata=None, name=shown.name), key=key)


def rename(key: str) -> ResponseReturnValue:
    """Give it another name."""
    form = NameForm()
    if not form.validate():
        return fragment("spaces/_name.html", form=form, key=key), 422
    actions.rename(gate.viewer(), key, name=form.name.data or "")
    return _changed(key)


def welcome(key: str) -> ResponseReturnValue:
    """Save the welcome mail."""
    form = WelcomeForm()
    if not form.validate():
        return _page(queries.space(gate.viewer(), key), form), 422
    actions.welcome(gate.viewer(), key, welcomes=bool(form.welcomes.data), words=form.words.data or "")
    return redirect(url_for(".space", key=key, saved="1"), 303)


def search(key: str) -> str:
    """The dialog that finds whom to add; htmx asks for the results alone while one types."""
    return _search(key)


def add(key: str) -> ResponseReturnValue:
    """Put somebody in; a refusal is said in the dialog."""
    try:
        actions.add(gate.viewer(), key, request.form.get("person", ""))
    except Refusal as refusal:
        if refusal.status == 404:
            raise
        return _search(key, error=errors.text_of(refusal)), refusal.status
    return _changed(key)


def remove(key: str, person: str) -> ResponseReturnValue:
    """Take somebody out."""
    actions.remove(gate.viewer(), key, person)
    return _changed(key)


def _page(shown: queries.SpaceView, form: WelcomeForm) -> str:
    found = listed_files.of_space(gate.viewer(), shown.id, most=FILES)
    return page("console/space.html", space=shown, form=form, files=found)


def _search(key: str, **more: Any) -> str:
    words = request.args.get("q", "")[:SEARCH_LIMIT]
    found = queries.addable(gate.viewer(), key, words)
    return fragment("spaces/_add.html", people=found, q=words, key=key, **more)


def _changed(key: str) -> ResponseReturnValue:
    if not gate.is_fragment():
        return redirect(url_for(".space", key=key), 303)
    return "", 204, {"HX-Trigger": '{"space-changed": true, "dialog-close": true}'}


def _to(key: str, status: int) -> ResponseReturnValue:
    target = url_for(".space", key=key)
    return ("", status, {"HX-Redirect": target}) if gate.is_fragment() else redirect(target, 303)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/spaces/<key>"
    blueprint.add_url_rule("/spaces", "spaces", listing)
    blueprint.add_url_rule("/spaces", "create_space", create, methods=["POST"])
    blueprint.add_url_rule("/spaces/new", "new_space", new)
    blueprint.add_url_rule(one, "space", space)
    blueprint.add_url_rule(f"{one}/files", "space_files", files)
    blueprint.add_url_rule(f"{one}/name", "space_name", name_form)
    blueprint.add_url_rule(f"{one}/name", "rename_space", rename, methods=["POST"])
    blueprint.add_url_rule(f"{one}/welcome", "welcome", welcome, methods=["POST"])
    blueprint.add_url_rule(f"{one}/people/new", "new_space_member", search)
    blueprint.add_url_rule(f"{one}/people", "add_space_member", add, methods=["POST"])
    blueprint.add_url_rule(f"{one}/people/<person>", "space_member", remove, methods=["DELETE"])
