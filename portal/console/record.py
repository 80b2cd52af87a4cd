"""The record (SPEC Z9, P12): exports of discussions and clients, erasure and its proofs, what brands keep."""

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

CHOICES = {"firm": ("firm", False), "firm_notes": ("firm", True)}  # what is asked for: contents, notes
AS = "as:"  # and a client's public id


def discussion(key: str, refused: str = "", field: str = "") -> str:
    """A discussion's exports, and for admins its erasure."""
    viewer = gate.viewer()
    subject = erasures.discussion(viewer, key)
    values = {"clients": erasures.clients(viewer, key), "exports": queries.mine(viewer, conversation=key)}
    return page("console/record.html", subject=subject, of="discussion", refused=refused, field=field, **values)


def ask_discussion(key: str) -> ResponseReturnValue:
    """Ask for an export of it."""
    contents, notes, client = _chosen()
    try:
        actions.ask_discussion(gate.viewer(), key, contents=contents, notes=notes, client_key=client)
    except NotFound:
        raise
    except Refusal as refusal:
        return discussion(key, errors.text_of(refusal), "what"), refusal.status
    return redirect(url_for(".discussion_record", key=key), 303)


def erase_discussion(key: str) -> ResponseReturnValue:
    """Erase it, after its name was typed."""
    try:
        proof = erasing.ask_discussion(gate.viewer(), key, typed=request.form.get("typed", ""))
    except Invalid as refusal:
        return discussion(key, errors.text_of(refusal), "typed"), refusal.status
    return redirect(url_for(".erasure", key=proof), 303)


def client(key: str, refused: str = "", field: str = "") -> str:
    """A client's exports and erasure, for admins."""
    viewer = gate.viewer()
    subject = erasures.client(viewer, key)
    values = {"clients": ((subject.id, subject.name),), "exports": queries.mine(viewer, client=key)}
    return page("console/record.html", subject=subject, of="client", refused=refused, field=field, **values)


def ask_client(key: str) -> ResponseReturnValue:
    """Ask for an export of all discussions that they are or were in."""
    contents, notes, _ = _chosen()
    try:
        actions.ask_client(gate.viewer(), key, contents=contents, notes=notes)
    except NotFound:
        raise
    except Refusal as refusal:
        return client(key, errors.text_of(refusal), "what"), refusal.status
    return redirect(url_for(".client_record", key=key), 303)


def erase_client(key: str) -> ResponseReturnValue:
    """Erase them, after their name was typed."""
    try:
        proof = erasing.ask_client(gate.viewer(), key, typed=request.form.get("typed", ""))
    except Invalid as refusal:
        return client(key, errors.text_of(refusal), "typed"), refusal.status
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


def _chosen() -> tuple[str, bool, str]:
    """(contents, notes, client) of what was chosen. A choice that nobody knows is none: notes go nowhere by mistake."""
    what = request.form.get("what", "")
    if what.startswith(AS):
        return "client", False, what.removeprefix(AS)
    if what not in CHOICES:
        raise Invalid("bad_request")
    return *CHOICES[what], ""


def _page_of(found: ExportView) -> str:
    of, key = found.address
    return url_for(".client_record" if of == "person" else ".discussion_record", key=key)


def install(blueprint: Blueprint) -> None:
    """The addresses."""
    for at, of, show, ask, erase in (
        ("discussions", "discussion", discussion, ask_discussion, erase_discussion),
        ("people", "client", client, ask_client, erase_client),
    ):
        blueprint.add_url_rule(f"/{at}/<key>/record", f"{of}_record", show)
        blueprint.add_url_rule(f"/{at}/<key>/exports", f"export_{of}", ask, methods=["POST"])
        blueprint.add_url_rule(f"/{at}/<key>/erasure", f"erase_{of}", erase, methods=["POST"])
    blueprint.add_url_rule("/exports/<key>", "export", export)
    blueprint.add_url_rule("/exports/<key>/removal", "drop_export", drop, methods=["POST"])
    blueprint.add_url_rule("/exports/<key>/file", "export_file", file)
    blueprint.add_url_rule("/erasures", "erasures", proofs)
    blueprint.add_url_rule("/erasures/<key>", "erasure", proof)
    blueprint.add_url_rule("/erasures/<key>/leaves", "erasure_leaves", leaves)
    blueprint.add_url_rule("/settings/brands/<key>/retention", "keep", keep, methods=["POST"])
