"""What somebody typed and did not send, kept for their other devices. State, not a fact: rows without an event."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select

from portal import access
from portal.access import Act, Viewer
from portal.actions.unit import unit
from portal.extensions import db, rows
from portal.kernel import text
from portal.kernel.clock import milliseconds, now
from portal.kernel.errors import Invalid
from portal.models import Conversation, Draft, MessageKind, Participation

KEPT = timedelta(days=30)  # of discussions that one is no longer in: who comes back finds the words again
WRITTEN = frozenset({MessageKind.TEXT, MessageKind.NOTE})
BETWEEN = "\n\n"

# What was typed is part of what was sent: the page may not have told of the last letters yet.
_SENT = delete(Draft).where(
    Draft.person_id == bindparam("me"),
    Draft.conversation_id == bindparam("conversation"),
    Draft.kind == bindparam("kind"),
    func.substr(bindparam("body"), 1, func.length(Draft.body)) == Draft.body,
)


class Saved(NamedTuple):
    """A draft as it is now, 0 for one that ended; `before` is what another device's words put before the page's."""

    version: int
    body: str
    before: str = ""


def save(viewer: Viewer, key: str, kind: str, body: str, *, base: int, more: Mapping[str, Any] | None = None) -> Saved:
    """Keep a draft in the place of the one of `kind` before it.

    `base` is the version that the page knew, 0 for none. Words that another device saved since, and that are not
    among these, go before them: nothing that was typed is lost. Blank words end the draft, where it is the one that
    the page knew; its version is 0 then.
    """
    body = text.clean(body)
    if kind not in WRITTEN:
        raise Invalid("bad_request")
    _in_measure(body)
    with unit(viewer) as viewer:
        # Locked: what two devices save at once comes one after the other.
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.NOTE if kind == MessageKind.NOTE else Act.WRITE, standing)
        found = _mine(viewer, standing.conversation, kind)
        _let_go(viewer)
        if text.is_blank(body):
            return _end(found, base)
        draft = found or Draft(person_id=viewer.person_id, conversation_id=standing.conversation.id, kind=kind)
        unknown = found is not None and version(found) != base and found.body not in body
        before = f"{draft.body}{BETWEEN}" if unknown else ""
        # Else what never knows of the one before would grow without end; each device keeps its own.
        _in_measure(before + body)
        draft.body, draft.more, draft.saved_at = before + body, dict(more or {}), now()
        db.session.add(draft)
        return Saved(version(draft), draft.body, before)


def version(draft: Draft) -> int:
    """What tells one state of a draft from the next: when it was saved, in milliseconds."""
    return milliseconds(draft.saved_at)


def sent(viewer: Viewer, conversation: Conversation, kind: str, body: str) -> None:
    """Inside a unit: what was just sent is no draft any more, whichever device it was typed on."""
    rows(_SENT, {"me": viewer.person_id, "conversation": conversation.id, "kind": kind, "body": body})


def _in_measure(body: str) -> None:
    if len(body) > 2 * text.MESSAGE_LIMIT:
        raise Invalid("message_too_long", limit=text.MESSAGE_LIMIT, length=len(body))


def _mine(viewer: Viewer, conversation: Conversation, kind: str) -> Draft | None:
    query = select(Draft).where(Draft.person_id == viewer.person_id, Draft.conversation_id == conversation.id)
    return db.session.scalars(query.where(Draft.kind == kind)).first()


def _end(found: Draft | None, base: int) -> Saved:
    """A device that emptied its own words ends no others."""
    if found is None:
        return Saved(0, "")
    if version(found) != base:
        return Saved(version(found), found.body)
    db.session.delete(found)
    return Saved(0, "")


def _let_go(viewer: Viewer) -> None:
    """Forget old ones of discussions that one is no longer in."""
    stay = Participation.person_id == Draft.person_id, Participation.left_at.is_(None)
    here = exists().where(*stay, Participation.conversation_id == Draft.conversation_id)
    old = Draft.person_id == viewer.person_id, Draft.saved_at < now() - KEPT
    db.session.execute(delete(Draft).where(*old, ~here).execution_options(synchronize_session=False))
