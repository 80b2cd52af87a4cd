"""Who is in a discussion: the panel, adding, removing, leaving."""

from flask import Blueprint, request, url_for
from flask.typing import ResponseReturnValue

from portal.actions import co_owners, participants as actions
from portal.kernel.errors import NotFound, Refusal
from portal.live.hub import hub
from portal.queries import candidates, discussions as queries
from portal.web import errors, gate, pages
from portal.web.templating import fragment

SEARCH_LIMIT = 100


def panel(key: str) -> str:
    """The participants, with who is online."""
    view = queries.discussion(gate.viewer(), key, hub.online())
    return fragment("conversations/_participants.html", discussion=view, discussion_id=key)


def search(key: str) -> str:
    """The dialog that finds whom to add; htmx asks for the results alone while one types."""
    words = request.args.get("q", "")[:SEARCH_LIMIT]
    found = candidates.candidates(gate.viewer(), key, words)
    inviting = candidates.may_invite(gate.viewer(), key)
    return fragment("conversations/_add.html", people=found, q=words, discussion_id=key, inviting=inviting)


def preview(key: str, person: str) -> str:
    """What they will see, and the choices there are."""
    return _preview(key, person)


def add(key: str) -> ResponseReturnValue:
    """Add somebody; a refusal is said in the dialog."""
    person = request.form.get("person", "")
    try:
        actions.add(
            gate.viewer(),
            key,
            person,
            history=request.form.get("history", actions.ALL),
            confirmed=request.form.get("confirmed") == "1",
        )
    except NotFound:
        raise
    except Refusal as refusal:
        return _preview(key, person, error=errors.text_of(refusal)), refusal.status
    return pages.changed(key)


def removal(key: str, person: str) -> str:
    """The question before somebody is removed."""
    return fragment(
        "conversations/_removal.html",
        person=_participant(key, person),
        discussion_id=key,
    )


def remove(key: str, person: str) -> ResponseReturnValue:
    """Take somebody out."""
    actions.remove(gate.viewer(), key, person)
    return pages.changed(key)


def make_co_owner(key: str, person: str) -> ResponseReturnValue:
    """Let a colleague add and remove participants too."""
    co_owners.make(gate.viewer(), key, person)
    return pages.changed(key)


def unmake_co_owner(key: str, person: str) -> ResponseReturnValue:
    """Take that back."""
    co_owners.unmake(gate.viewer(), key, person)
    return pages.changed(key)


def departure(key: str) -> str:
    """The question before one leaves, and who takes over from an owner."""
    view = queries.discussion(gate.viewer(), key)
    return fragment("conversations/_departure.html", discussion=view, discussion_id=key)


def leave(key: str) -> ResponseReturnValue:
    """Leave, and go back to the list."""
    actions.leave(gate.viewer(), key, successor_key=request.form.get("successor", ""))
    return "", 204, {"HX-Redirect": url_for(".discussions")}


def _participant(key: str, person: str) -> object:
    view = queries.discussion(gate.viewer(), key)
    found = next((one for one in view.participants if one.id == person), None)
    co_owned = found is not None and found.co_owner and "share_ownership" not in view.may
    if found is None or "remove" not in view.may or found.owner or co_owned:
        raise NotFound
    return found


def _preview(key: str, person: str, error: str | None = None) -> str:
    shown = candidates.preview(gate.viewer(), key, person)
    return fragment("conversations/_add_confirm.html", preview=shown, discussion_id=key, error=error)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    one = "/discussions/<key>"
    blueprint.add_url_rule(f"{one}/participants", "participants", panel)
    blueprint.add_url_rule(f"{one}/participants", "add_participant", add, methods=["POST"])
    blueprint.add_url_rule(f"{one}/participants/new", "new_participant", search)
    blueprint.add_url_rule(f"{one}/participants/new/<person>", "participant_preview", preview)
    blueprint.add_url_rule(f"{one}/participants/<person>", "participant", remove, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/participants/<person>/removal", "removal", removal)
    co_ownership = f"{one}/participants/<person>/co-ownership"
    blueprint.add_url_rule(co_ownership, "make_co_owner", make_co_owner, methods=["POST"])
    blueprint.add_url_rule(co_ownership, "unmake_co_owner", unmake_co_owner, methods=["DELETE"])
    blueprint.add_url_rule(f"{one}/departure", "departure", departure)
    blueprint.add_url_rule(f"{one}/departure", "leave", leave, methods=["POST"])
