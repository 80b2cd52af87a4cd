"""What the rooms of this door share: posting by a link, and its page."""

from typing import Any

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from portal.access import Held
from portal.actions import links as actions, messages as posting
from portal.kernel.errors import Refusal
from portal.kernel.tokens import is_send_token, new_send_token
from portal.queries import links as queries, messages
from portal.web import errors, gate, uploads
from portal.web.templating import page


def post(came: Held) -> str:
    """Post what was sent; gives the message. The same sending posts once, however it comes."""
    form, files = request.form, tuple(uploads.sent(came.viewer, came.discussion))
    message = posting.post(
        came.viewer, came.discussion, body=form.get("body", ""), token=form.get("token", ""), files=files
    )  # fmt: skip
    if came.viewer.mail_id is not None:
        actions.used(came.viewer)
    return message


def back(came: Held, token: str) -> ResponseReturnValue:
    """To the page after something was sent; it says so where that is not among what it shows."""
    target = url_for("links.discussion", token=token, answered=1 if is_private(came) else None)
    return ("", 201, {"HX-Redirect": target}) if gate.is_fragment() else redirect(target, 303)


def is_private(came: Held) -> bool:
    """Whether what is answered goes to a discussion of its own: the link does not lead there."""
    return queries.place(came.viewer, came.discussion).announcement


def refused(came: Held, token: str, refusal: Refusal) -> ResponseReturnValue:
    """The page again with the text, and what is wrong; for scripts, that alone."""
    if gate.is_fragment():
        raise refusal
    kept = {"text": request.form.get("body", ""), "error": errors.text_of(refusal)}
    return shown(came, token, **kept), refusal.status, errors.again(refusal)


def shown(came: Held, token: str, **more: Any) -> str:
    """The page, as far as the discussion is theirs in this browser."""
    values: dict[str, Any] = {"text": "", "error": "", "send_token": sent_token()} | more
    if came.known:
        values["page"] = messages.page(came.viewer, came.discussion)
    else:
        values["told"] = queries.told(came)
    place = queries.place(came.viewer, came.discussion)
    values["answered"] = place.announcement and request.args.get("answered") == "1"
    values |= {"me": None, "place": place, "brand": place.brand, "discussion_id": came.discussion, "token": token}
    return page("links/discussion.html", **values)


def sent_token() -> str:
    """The token of what is being sent, or a new one: what is sent again is the same."""
    sent = request.form.get("token", "")
    return sent if is_send_token(sent) else new_send_token()
