"""Whom a discussion lets in by itself: its space's clients, who was invited, and an announcement's readers."""

import json

from flask import Blueprint, current_app, request
from flask.typing import ResponseReturnValue

from portal import access
from portal.access import Act
from portal.actions import automatic, awaiting, invitations, readers, spaces
from portal.actions.invitations import Into
from portal.config import Settings
from portal.console import people
from portal.console.people import InviteClientForm
from portal.kernel.errors import NotFound, Refusal
from portal.queries import candidates, discussions, firm, joining as queries
from portal.web import errors, gate, pages
from portal.web.forms import options
from portal.web.templating import fragment

MAY_ADD = 500  # people in one form; see `readers.MOST`


class InviteIntoForm(InviteClientForm):
    """A client who is invited, and in a discussion as soon as they are active."""

    def offer_for(self, key: str) -> "InviteIntoForm":
        """Fill the choices with spaces of the discussion's brand, its own first."""
        door = discussions.discussion(gate.viewer(), key).row
        mine = [one for one in firm.spaces(gate.viewer()) if door.brand and one[2] == door.brand.id]
        mine.sort(key=lambda one: one[1] != door.space)
        self.space.choices = options(("", "—"), *((one, name) for one, name, _ in mine))
        self.brand.choices = options(*((door.brand.id, door.brand.name),)) if door.brand else []
        return self


def space(key: str) -> str:
    """The dialog: which space, and whether its clients join by themselves."""
    return _space(key)


def link(key: str) -> ResponseReturnValue:
    """Link the discussion to a space, or to none."""
    try:
        spaces.link(gate.viewer(), key, request.form.get("space", ""))
    except NotFound:
        raise
    except Refusal as refusal:
        return _space(key, errors.text_of(refusal)), refusal.status
    return pages.changed(key)


def mark(key: str) -> ResponseReturnValue:
    """Let the clients of its space join."""
    form = request.form
    try:
        automatic.mark(gate.viewer(), key, history=form.get("history", "all"), all_now=form.get("all_now") == "1")
    except NotFound:
        raise
    except Refusal as refusal:
        return _space(key, errors.text_of(refusal)), refusal.status
    return pages.changed(key)


def unmark(key: str) -> ResponseReturnValue:
    """Let nobody else join by themselves."""
    automatic.unmark(gate.viewer(), key)
    return pages.changed(key)


def choose_readers(key: str) -> str:
    """The dialog with all clients of the brand who do not read the announcement yet."""
    return _readers(key)


def add_readers(key: str) -> ResponseReturnValue:
    """Add those who were chosen."""
    chosen = request.form.getlist("person")
    try:
        readers.add(gate.viewer(), key, chosen, history=request.form.get("history", "all"))
    except NotFound:
        raise
    except Refusal as refusal:
        return _readers(key, errors.text_of(refusal)), refusal.status
    return pages.changed(key)


def expect(key: str) -> ResponseReturnValue:
    """Have an invited client be in it as soon as they are active."""
    form, person = request.form, request.form.get("person", "")
    try:
        history, confirmed = form.get("history", "all"), form.get("confirmed") == "1"
        awaiting.ask(gate.viewer(), key, person, history=history, confirmed=confirmed)
    except NotFound:
        raise
    except Refusal as refusal:
        shown = candidates.preview(gate.viewer(), key, person)
        error = errors.text_of(refusal)
        answer = fragment("conversations/_add_confirm.html", preview=shown, discussion_id=key, error=error)
        return answer, refusal.status
    return pages.changed(key)


def expect_no_more(key: str, person: str) -> ResponseReturnValue:
    """Await somebody no more."""
    awaiting.withdraw(gate.viewer(), key, person)
    return pages.changed(key)


def new_client(key: str) -> str:
    """The dialog that invites somebody new into the discussion."""
    _may_invite(key)
    form = InviteIntoForm(formdata=None, language=gate.viewer().language).offer_for(key)
    if len(form.space.choices or ()) > 1:
        form.space.data = _own_space(key)
    return _invite(key, form)


def invite(key: str) -> ResponseReturnValue:
    """Invite them."""
    _may_invite(key)
    form, more = InviteIntoForm().offer_for(key), request.form
    if not form.validate():
        return _invite(key, form), 422
    into = Into(key, more.get("history", "all"), more.get("confirmed") == "1")
    new_space = {"brand_keys": (form.brand.data,), "space_name": form.space_name.data or form.name.data or ""}
    try:
        person, secret = invitations.invite(
            gate.viewer(),
            name=form.name.data or "",
            email=form.email.data or "",
            role="client",
            language=form.language.data,
            days=_days(),
            into=into,
            **({"space_key": form.space.data} if form.space.data else new_space),
        )
    except NotFound:
        raise
    except Refusal as refusal:
        form.email.errors = [errors.text_of(refusal)]
        return _invite(key, form), refusal.status
    return people.link_shown(person, secret), 201, {"HX-Trigger": json.dumps({"discussion-changed": {"id": key}})}


def _space(key: str, error: str = "") -> str:
    return fragment("spaces/_door.html", door=queries.door(gate.viewer(), key), discussion_id=key, error=error)


def _readers(key: str, error: str = "") -> str:
    found = queries.readers(gate.viewer(), key)
    return fragment("spaces/_readers.html", spaces=found, discussion_id=key, error=error, most=MAY_ADD)


def _invite(key: str, form: InviteIntoForm) -> str:
    view = discussions.discussion(gate.viewer(), key)
    clients = tuple(one.name for one in view.participants if one.role == "client")
    others = () if view.row.announcement else clients
    return fragment("spaces/_invite.html", form=form, discussion=view, others=others, days=_days(), mailed=_mailed())


def _may_invite(key: str) -> None:
    """Raise what keeps the viewer from inviting a new client into this discussion."""
    standing = access.conversation(gate.viewer(), key)
    access.require(gate.viewer(), Act.ADD, standing)
    access.require(gate.viewer(), Act.INVITE_CLIENT)
    if not standing.conversation.is_shared:
        raise NotFound


def _own_space(key: str) -> str:
    """The discussion's own, where the viewer can see it."""
    row = discussions.discussion(gate.viewer(), key).row
    return next((one for one, name, brand in firm.spaces(gate.viewer()) if name == row.space), "")


def _days() -> int:
    settings: Settings = current_app.config["COMPTOIR"]
    return settings.invitation_days


def _mailed() -> bool:
    settings: Settings = current_app.config["COMPTOIR"]
    return bool(settings.smtp_url)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/discussions/<key>"
    blueprint.add_url_rule(f"{one}/space", "discussion_space", space)
    blueprint.add_url_rule(f"{one}/space", "link_space", link, methods=["POST"])
    blueprint.add_url_rule(f"{one}/automatic", "automatic", mark, methods=["POST"])
    blueprint.add_url_rule(f"{one}/automatic", "not_automatic", unmark, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/readers", "readers", choose_readers)
    blueprint.add_url_rule(f"{one}/readers", "add_readers", add_readers, methods=["POST"])
    blueprint.add_url_rule(f"{one}/awaited", "expect", expect, methods=["POST"])
    blueprint.add_url_rule(f"{one}/awaited/<person>", "expect_no_more", expect_no_more, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/invitation", "invite_into", new_client)
    blueprint.add_url_rule(f"{one}/invitation", "send_invitation", invite, methods=["POST"])
