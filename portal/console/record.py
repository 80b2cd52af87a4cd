"""The record (SPEC Z9, P12): exports of discussions and clients, erasure and its proofs, what brands keep."""

from collections.abc import Callable
from functools import partial, update_wrapper
from typing import Any, NamedTuple

from flask import Blueprint, Response, current_app, redirect, request, send_file, url_for
from flask.typing import ResponseReturnValue

from portal.actions import erasing, exports as actions, firm as firm_actions
from portal.config import Settings
from portal.kernel.errors import Invalid, NotFound, Refusal
from portal.queries import erasures, own_exports as queries, people
from portal.queries.own_exports import ExportView
from portal.record.bundle import called
from portal.record.exports import path_of
from portal.web import errors, gate
from portal.web.templating import fragment, page

CHOICES: dict[str, dict[str, Any]] = {"firm": {"contents": "firm"}, "firm_notes": {"contents": "firm", "notes": True}}
AS = "as:"  # and a client's public id


class Subject(NamedTuple):
    """How what a record is of is read, exported and erased."""

    read: Callable[..., erasures.Subject]
    ask: Callable[..., str]
    erase: Callable[..., str]


SUBJECTS = {
    "discussion": Subject(erasures.discussion, actions.ask_discussion, erasing.ask_discussion),
    "client": Subject(erasures.client, actions.ask_client, erasing.ask_client),
}


def show(of: str, key: str, refused: str = "", field: str = "") -> str:
    """The exports of a discussion or a client, and for admins the erasure."""
    viewer = gate.viewer()
    subject = SUBJECTS[of].read(viewer, key)
    exports = queries.mine(viewer, **{of: key})
    return page("console/record.html", subject=subject, of=of, exports=exports, refused=refused, field=field)


def ask(of: str, key: str) -> ResponseReturnValue:
    """Ask for an export: of a discussion, or of all that a client is or was in."""
    try:
        SUBJECTS[of].ask(gate.viewer(), key, **_chosen())
    except NotFound:
        raise
    except Refusal as refusal:
        return show(of, key, errors.text_of(refusal), "what"), refusal.status
    return redirect(url_for(f".{of}_record", key=key), 303)


def erase(of: str, key: str) -> ResponseReturnValue:
    """Erase it, after its name was typed."""
    try:
        proof = SUBJECTS[of].erase(gate.viewer(), key, typed=request.form.get("typed", ""))
    except Invalid as refusal:
        return show(of, key, errors.text_of(refusal), "typed"), refusal.status
    return redirect(url_for(".erasure", key=proof), 303)


def export(key: str) -> str:
    """How one's own export stands; its page asks again until it is there."""
    return fragment("record/_export.html", export=queries.view(gate.viewer(), key))


def drop(key: str) -> ResponseReturnValue:
    """Have no more of it."""
    found = queries.view(gate.viewer(), key)
    actions.drop(gate.viewer(), key)
    return redirect(_page_of(found), 303)


def file(key: str) -> Response:
    """The ZIP, for who asked for it; what was begun is continued (Range, RFC 9110)."""
    settings: Settings = current_app.config["COMPTOIR"]
    found, path = queries.view(gate.viewer(), key), path_of(settings.var, key)
    if found.state != "ready" or not path.is_file():
        raise NotFound
    name = f"{called(found.about, 'export', 60)}.zip"
    return send_file(
        path, "application/zip", as_attachment=True, download_name=name, conditional=True, etag=found.sha256
    )


def proofs() -> str:
    """What was erased, and what brands keep."""
    viewer = gate.viewer()
    found = erasures.proofs(viewer)
    return page(
        "console/erasures.html", proofs=found, firm_brands=people.brands(viewer), saved=request.args.get("saved")
    )


def proof(key: str) -> str:
    """One proof, to be printed; with the id of a thing it says whether that was among what was erased."""
    viewer, item = gate.viewer(), request.args.get("item", "")[:60]
    among = erasures.among(viewer, key, item) if item else ""
    return page("console/erasure.html", proof=erasures.proof(viewer, key), item=item, among=among)


def leaves(key: str) -> Response:
    """Its digests, for who wants to count after."""
    return Response(erasures.leaves(gate.viewer(), key), mimetype="text/plain")


def keep(key: str) -> ResponseReturnValue:
    """Say for how long a brand keeps what was archived; empty for ever."""
    months = request.form.get("months", "").strip()
    if months and not (months.isascii() and months.isdigit() and len(months) < 5):
        raise Invalid("bad_months")
    firm_actions.keep(gate.viewer(), key, months=int(months) if months else None)
    return redirect(url_for(".erasures", saved="1"), 303)


def _chosen() -> dict[str, Any]:
    """What was chosen. A choice that nobody knows is none: notes go nowhere by mistake."""
    what = request.form.get("what", "")
    if what.startswith(AS):
        return {"contents": "client", "client_key": what.removeprefix(AS)}
    if what not in CHOICES:
        raise Invalid("bad_request")
    return CHOICES[what]


def _page_of(found: ExportView) -> str:
    of, key = found.address
    return url_for(f".{of}_record", key=key)


def _of(of: str, view: Callable[..., ResponseReturnValue]) -> Callable[..., ResponseReturnValue]:
    """The view of one kind of subject; with its name, by which CSRF protection knows it."""
    return update_wrapper(partial(view, of), view)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    for of, at in (("discussion", "discussions"), ("client", "people")):
        blueprint.add_url_rule(f"/{at}/<key>/record", f"{of}_record", _of(of, show))
        blueprint.add_url_rule(f"/{at}/<key>/exports", f"export_{of}", _of(of, ask), methods=["POST"])
        blueprint.add_url_rule(f"/{at}/<key>/erasure", f"erase_{of}", _of(of, erase), methods=["POST"])
    blueprint.add_url_rule("/exports/<key>", "export", export)
    blueprint.add_url_rule("/exports/<key>/removal", "drop_export", drop, methods=["POST"])
    blueprint.add_url_rule("/exports/<key>/file", "export_file", file)
    blueprint.add_url_rule("/erasures", "erasures", proofs)
    blueprint.add_url_rule("/erasures/<key>", "erasure", proof)
    blueprint.add_url_rule("/erasures/<key>/leaves", "erasure_leaves", leaves)
    blueprint.add_url_rule("/settings/brands/<key>/retention", "keep", keep, methods=["POST"])
