"""Lists and pages of discussions, for both doors."""

import json
from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from portal import access
from portal.actions import read_marks
from portal.kernel.tokens import digest, new_send_token
from portal.live.hub import hub
from portal.queries import discussions, drafts, firm, mentions, messages, reactions
from portal.queries.discussions import Filter
from portal.web import gate, waiting
from portal.web.templating import fragment, page


def listing() -> ResponseReturnValue:
    """The list: a page, or for htmx the rows (all, or the next ones)."""
    if not gate.is_fragment():
        return page(_named("discussions.html"), **_list(), **_sides())
    shown = _list()
    # A page that was just loaded, and has heard of nothing since, has them already.
    return ("", 204) if shown["known"] == request.args.get("known") else shown["drawn"]


def discussion(key: str, **more: Any) -> str:
    """A discussion beside the list, or for htmx its pane."""
    shown = _typed(key, _pane(key)) | waiting.shown(key) | more
    if shown["replying"] and shown["replying"].note:
        shown["composer_kind"] = "note"
    if gate.is_fragment():
        return fragment("conversations/_pane.html", me=access.me(gate.viewer()), **shown)
    return page(_named("discussion.html"), **shown, **_list(), **_sides())


def row(key: str) -> str:
    """One row, with the reader's mark."""
    viewer = gate.viewer()
    shown, read = discussions.row(viewer, key)
    return fragment("live/row.html", row=shown, read=read, drafts=drafts.lines(viewer, [key]))


def opened(key: str) -> ResponseReturnValue:
    """Go to a discussion that was just made."""
    if gate.is_fragment():
        return "", 201, {"HX-Redirect": url_for(".discussion", key=key)}
    return redirect(url_for(".discussion", key=key), 303)


def changed(key: str) -> ResponseReturnValue:
    """After an act on the discussion: the page closes its dialog and refreshes what shows it."""
    if not gate.is_fragment():
        return redirect(url_for(".discussion", key=key), 303)
    return "", 204, _told(key)


def undoable(key: str, **shown: Any) -> ResponseReturnValue:
    """The same, with a line over the page that offers the way back (conversations/_undo.html)."""
    if not gate.is_fragment():
        return changed(key)
    return fragment("conversations/_undo.html", **shown), 200, _told(key)


def _told(key: str) -> dict[str, str]:
    return {"HX-Trigger": json.dumps({"discussion-changed": {"id": key}, "dialog-close": True})}


def notifications(key: str) -> ResponseReturnValue:
    """Choose which mails of a discussion one gets."""
    read_marks.set_notify(gate.viewer(), key, request.form.get("wanted", ""))
    return changed(key)


def _pane(key: str) -> dict[str, Any]:
    viewer, at = gate.viewer(), request.args.get("at", "")
    return {
        "discussion": discussions.discussion(viewer, key, hub.online()),
        "page": messages.around(viewer, key, at) if at else messages.page(viewer, key),
        "discussion_id": key,
        "send_token": new_send_token(),
        "replying": mentions.replying(viewer, key, request.args.get("reply", "")),
        "mine": reactions.own(viewer, key),
    }


def _typed(key: str, shown: dict[str, Any]) -> dict[str, Any]:
    """What is shown, and in the composer the newest draft with what goes along; the other one waits for its mode."""
    found = drafts.of(gate.viewer(), key)
    shown |= {"composer_text": "", "composer_kind": "text", "composer_error": None, "drafts_here": found}
    if not found:
        return shown
    newest, answered = found[0], shown["replying"]
    shown |= {"composer_text": newest.body, "composer_kind": newest.kind, "composer_files": newest.files}
    return shown | {"replying": answered or mentions.replying(gate.viewer(), key, newest.more.get("reply_to", ""))}


def _list() -> dict[str, Any]:
    chosen = _filter()
    found = discussions.page(gate.viewer(), chosen, before=request.args.get("before", ""))
    more = url_for(".discussions", **_query(), before=found.more) if found.more else None
    typed = drafts.lines(gate.viewer(), [shown.id for shown, _ in found.rows])
    drawn = fragment("conversations/_rows.html", rows=found.rows, drafts=typed, more=more, filter=chosen)
    return {
        "drawn": Markup(drawn),  # by our own template
        "known": digest(drawn)[:12],
        "filter": chosen,
        "refresh": url_for(".discussions", **_query()),
    }


def _sides() -> dict[str, Any]:
    viewer = gate.viewer()
    return {"brands": firm.brands(viewer), "spaces": firm.spaces(viewer)}


def _filter() -> Filter:
    chosen = request.args.getlist("filter")
    return Filter(
        unread="unread" in chosen,
        mine="mine" in chosen,
        archived=request.args.get("archived") == "1",
        brand=request.args.get("brand", ""),
        space=request.args.get("space", ""),
        turn=request.args.get("turn", "") if gate.viewer().is_staff else "",
    )


def _query() -> dict[str, Any]:
    """What narrows the list, to carry along in addresses."""
    kept = {name: request.args[name] for name in ("archived", "brand", "space", "turn") if request.args.get(name)}
    chosen = [name for name in ("unread", "mine") if name in request.args.getlist("filter")]
    return kept | ({"filter": chosen} if chosen else {})


def _named(name: str) -> str:
    return f"{'console' if gate.viewer().is_staff else 'client'}/{name}"
