"""Roles and rights: the table of `access.rules` in plain words, what the firm may switch, and the exceptions."""

import re
from dataclasses import dataclass

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, RadioField

from portal import access
from portal.access import Act, Mark
from portal.actions import firm as actions
from portal.console.people import CheckboxesField
from portal.queries import exceptions, rights as queries
from portal.queries.rights import RightsView
from portal.web import gate
from portal.web.forms import Form, options
from portal.web.templating import page

ROLES = (("owner", _l("Owner")), ("admin", _l("Admin")), ("agent", _l("Agent")), ("client", _l("Client")))
OWN_DISCUSSIONS = _l("In discussions that they own.")
THEIR_DISCUSSIONS = _l("In discussions that they are in.")
OWN_MESSAGES = _l("Their own. Staff can see what a message said before.")
OWN_OR_CO_OWNED = _l("In discussions that they own, or co-own where the firm has co-owners.")

# What each act is called, and what stands behind it. Who may is in `access.rules` alone.
DISCUSSIONS = {
    Act.CREATE: (_l("Create discussions"), _l("In brands that they work for. Who creates a discussion owns it.")),
    Act.START: (
        _l("Start discussions with the firm"),
        _l("Once somebody has added them to a first one. It belongs to the first of the staff who answers."),
    ),
    Act.ADD: (_l("Add participants"), OWN_OR_CO_OWNED),
    Act.REMOVE: (_l("Remove participants"), OWN_OR_CO_OWNED),
    Act.SHARE_OWNERSHIP: (
        _l("Make colleagues co-owners"),
        _l("In discussions that they own, where the firm has co-owners (see below)."),
    ),
    Act.RENAME: (_l("Rename"), OWN_DISCUSSIONS),
    Act.LINK_SPACE: (
        _l("Link to a space, let its clients join"),
        _l("In discussions that they own; only to spaces of its brand that they can see."),
    ),
    Act.ARCHIVE: (_l("Archive and reopen"), THEIR_DISCUSSIONS),
    Act.TURN: (_l("Say whose turn it is"), THEIR_DISCUSSIONS),
    Act.LEAVE: (_l("Leave"), THEIR_DISCUSSIONS),
    Act.TAKE_OWNERSHIP: (
        _l("Take ownership over"),
        _l("Of a discussion without an owner. It lets them read it, and is recorded (see below)."),
    ),
}
MESSAGES = {
    Act.WRITE: (_l("Write messages"), THEIR_DISCUSSIONS),
    Act.NOTE: (_l("Write notes"), _l("For staff only, in discussions shared with clients that they are in.")),
    Act.ANSWER: (
        _l("Answer announcements"),
        _l("Privately: an answer opens a discussion of theirs with the team, which no other client sees."),
    ),
    Act.PUBLISH: (
        _l("Publish notes to clients"),
        _l("In discussions that they are in. The words go out as a message under their own name."),
    ),
    Act.EDIT: (_l("Edit messages"), OWN_MESSAGES),
    Act.DELETE: (_l("Delete messages"), OWN_MESSAGES),
    Act.DELETE_ANY: (
        _l("Delete messages of others"),
        _l("In discussions that they own. A line stays, and staff can see what it said."),
    ),
    Act.VERSIONS: (_l("See what a message said before"), THEIR_DISCUSSIONS),
}
PEOPLE = {
    Act.INVITE_CLIENT: (
        _l("Invite clients"),
        _l("Into brands that they work for. Sending again and withdrawing are part of it."),
    ),
    Act.MANAGE_SPACES: (
        _l("Manage spaces"),
        _l("Create and rename spaces, and say who is in them. Of their brands, and of clients that they can see."),
    ),
    Act.INVITE_STAFF: (_l("Invite colleagues"), _l("As agents or admins.")),
    Act.MANAGE_PERSON: (
        _l("Disable accounts, limit agents"),
        _l("Never their own; an owner’s only if they are an owner themselves."),
    ),
}
FIRM = {
    Act.MANAGE_FIRM: (
        _l("Change the firm’s settings"),
        _l("Its name, its brands, what clients see of its staff, and these rights."),
    ),
}
RECORD = {
    Act.SEE_AS: (
        _l("See a discussion as a client does"),
        _l("In discussions that they are in, of clients who are in them too. It is recorded (see below)."),
    ),
    Act.EXPORT: (
        _l("Export"),
        _l("Discussions that they are in; owners and admins any, and clients. It is recorded (see below)."),
    ),
    Act.ERASE: (
        _l("Erase"),
        _l("Discussions and clients, for good. A proof stays, and it is recorded (see below)."),
    ),
}
WORDS = (
    (_l("Discussions"), DISCUSSIONS),
    (_l("Messages"), MESSAGES),
    (_l("People"), PEOPLE),
    (_l("Firm"), FIRM),
    (_l("Record"), RECORD),
)


@dataclass(frozen=True)
class Line:
    """One right: its words, and for each role its mark; `switchable` says that the agents' is the firm's to set."""

    act: str
    name: str
    behind: str
    marks: dict[str, Mark]
    switchable: bool


class RightsForm(Form):
    """What the firm decides. Which roles may what is no part of it."""

    allowed = CheckboxesField(choices=options(*((act.value, act.value) for act in access.SWITCHABLE)))
    reach = RadioField(
        _l("Which clients agents find"),
        choices=options(("all", _l("All clients of their brands")), ("own", _l("Only their own clients"))),
    )
    co_owners = BooleanField(_l("Owners may make colleagues co-owners"))


def rights() -> str:
    """The page; `page` in its address is of the record of exceptions."""
    found = queries.settings(gate.viewer())
    allowed = [act.value for act in access.SWITCHABLE if act not in found.withheld]
    return _page(RightsForm(formdata=None, allowed=allowed, reach=found.reach, co_owners=found.co_owners), found)


def save() -> ResponseReturnValue:
    """Save what is switched."""
    viewer, form = gate.viewer(), RightsForm()
    found = queries.settings(viewer)  # which do not exist for agents
    if not form.validate():
        return _page(form, found), 422
    actions.update_rights(
        viewer, allowed=form.allowed.data or (), reach=form.reach.data, co_owners=bool(form.co_owners.data)
    )
    return redirect(url_for(".rights", saved="1"), 303)


def table(co_owners: bool) -> list[tuple[str, list[Line]]]:
    """The rights by what they are about, as the rules have them."""
    return [(str(about), [_line(act, words, co_owners) for act, words in acts.items()]) for about, acts in WORDS]


def _line(act: Act, words: tuple[str, str], co_owners: bool) -> Line:
    name, behind = words
    marks = {role: access.mark(act, role, co_owners=co_owners) for role, _ in ROLES}
    return Line(act.value, str(name), str(behind), marks, act in access.SWITCHABLE)


def _page(form: RightsForm, found: RightsView) -> str:
    return page(
        "console/rights.html",
        form=form,
        table=table(found.co_owners),
        roles=ROLES,
        settings=found,
        record=queries.takeovers(gate.viewer(), _number(request.args.get("page", ""))),
        uses=exceptions.uses(gate.viewer()),
        saved=bool(request.args.get("saved")),
    )


def _number(words: str) -> int:
    """A page's number; the first where it is none."""
    return max(1, int(words)) if re.fullmatch("[0-9]{1,5}", words) else 1


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    blueprint.add_url_rule("/settings/rights", "rights", rights)
    blueprint.add_url_rule("/settings/rights", "save_rights", save, methods=["POST"])
