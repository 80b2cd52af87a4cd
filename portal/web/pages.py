"""Lists and pages of discussions, for both doors."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal import access
from portal.kernel.tokens import new_send_token
from portal.live.hub import hub
from portal.queries import discussions, firm, messages
from portal.queries.discussions import Filter
from portal.web import gate
from portal.web.templating import fragment, page


def listing() -> str:
    """The list: a page, or for htmx the rows (all, or the next ones)."""
    if gate.is_fragment():
        return fragment("conversations/_rows.html", **_list())
    return page(_named("discussions.html"), **_list(), **_sides())


def discussion(key: str, **more: Any) -> str:
    """A discussion beside the list, or for htmx its pane."""
    shown = _pane(key) | {"composer_text": "", "composer_kind": "text", "composer_error": None} | more
    if gate.is_fragment():
        return fragment("conversations/_pane.html", me=access.me(gate.viewer()), **shown)
    return page(_named("discussion.html"), **shown, **_list(), **_sides())


def row(key: str) -> str:
    """One row, with the reader's mark."""
    shown, read = discussions.row(gate.viewer(), key)
    return fragment("live/row.html", row=shown, read=read)


def opened(key: str) -> ResponseReturnValue:
    """Go to a discussion that was just made."""
    if gate.is_fragment():
        return "", 201, {"HX-Redirect": url_for(".discussion", key=key)}
    return redirect(url_for(".discussion", key=key), 303)


def _pane(key: str) -> dict[str, Any]:
    viewer = gate.viewer()
    return {
        "discussion": discussions.discussion(viewer, key, hub.online()),
        "page": messages.page(viewer, key),
        "discussion_id": key,
        "send_token": new_send_token(),
    }


def _list() -> dict[str, Any]:
    chosen = _filter()
    found = discussions.page(gate.viewer(), chosen, before=request.args.get("before", ""))
    more = url_for(".discussions", **_query(), before=found.more) if found.more else None
    return {
        "rows": found.rows,
        "more": more,
        "filter": chosen,
        "refresh": url_for(".discussions", **_query()),
    }


def _sides() -> dict[str, Any]:
    viewer = gate.viewer()
    return {"brands": firm.brands(viewer), "spaces": firm.spaces(viewer)}


def _filter() -> Filter:
    chosen = request.args.get("filter")
    return Filter(
        unread=chosen == "unread",
        mine=chosen == "mine",
        archived=request.args.get("archived") == "1",
        brand=request.args.get("brand", ""),
        space=request.args.get("space", ""),
    )


def _query() -> dict[str, Any]:
    """What narrows the list, to carry along in addresses."""
    return {name: request.args[name] for name in ("filter", "archived", "brand", "space") if request.args.get(name)}


def _named(name: str) -> str:
    return f"{'console' if gate.viewer().is_staff else 'client'}/{name}"
