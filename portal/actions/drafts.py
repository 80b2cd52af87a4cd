"""What somebody typed and did not send, kept for their other devices. State, not a fact: rows without an event."""

from collections.abc import Collection, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from sqlalchemy import bindparam, delete, exists, func, select

from portal import access
from portal.access import Act, Viewer
from portal.actions.files import DRAFTED, MANY, keep_until
from portal.actions.unit import unit
from portal.extensions import db, rows
from portal.kernel import text
from portal.kernel.clock import milliseconds, now
from portal.kernel.errors import Invalid
from portal.kernel.tokens import is_id
from portal.models import Conversation, Draft, File, MessageKind, Participation

KEPT = timedelta(days=30)  # of discussions that one is no longer in: who comes back finds the words again
WRITTEN = frozenset({MessageKind.TEXT, MessageKind.NOTE})
BETWEEN = "\n\n"

# What was typed is part of what was sent: the page may not have told of the last letters yet. Where a file waits with
# it still, it was not that.
_SENT = delete(Draft).where(
    Draft.person_id == bindparam("me"),
    Draft.conversation_id == bindparam("conversation"),
    Draft.kind == bindparam("kind"),
    func.substr(bindparam("body"), 1, func.length(Draft.body)) == Draft.body,
    ~exists().where(DRAFTED, File.message_id.is_(None)),
)


class Saved(NamedTuple):
    """A draft as it is now, 0 for one that ended; `before` is what another device's words put before the page's.

    `files` are the ids of those that go with it, another device's among them; `reply_to` is what it answers.
    """

    version: int
    body: str
    before: str = ""
    files: tuple[str, ...] = ()
    reply_to: str = ""


def save(viewer: Viewer, key: str, kind: str, body: str, *, base: int, more: Mapping[str, Any] | None = None) -> Saved:
    """Keep a draft in the place of the one of `kind` before it.

    `base` is the version that the page knew, 0 for none. Words that another device saved since, and that are not
    among these, go before them, and its files stay: nothing that was typed is lost. `more` is what goes along, as
    `messages.post` takes it: `files` that wait, which message it answers, whom names mean. Blank words without files
    end the draft, where it is the one that the page knew; its version is 0 then.
    """
    body, more = text.clean(body), _beside(more or {})
    if kind not in WRITTEN:
        raise Invalid("bad_request")
    _in_measure(body)
    with unit(viewer) as viewer:
        # Locked: what two devices save at once comes one after the other.
        standing = access.conversation(viewer, key, lock=True)
        if kind == MessageKind.NOTE or not access.can(viewer, Act.ANSWER, standing):
            access.require(viewer, Act.NOTE if kind == MessageKind.NOTE else Act.WRITE, standing)
        found = _mine(viewer, standing.conversation, kind)
        _let_go(viewer)
        if text.is_blank(body) and "files" not in more:
            return _end(found, base)
        draft = found or Draft(person_id=viewer.person_id, conversation_id=standing.conversation.id, kind=kind)
        unknown = found is not None and version(found) != base
        before = f"{draft.body}{BETWEEN}" if unknown and draft.body not in body else ""
        # Else what never knows of the one before would grow without end; each device keeps its own.
        _in_measure(before + body)
        files = _together(draft.more.get("files", ()) if unknown else (), more.get("files", ()))
        keep_until(viewer, files, now() + KEPT, longer=True)
        draft.body, draft.more, draft.saved_at = before + body, more | ({"files": list(files)} if files else {}), now()
        db.session.add(draft)
        return Saved(version(draft), draft.body, before, files, more.get("reply_to", ""))


def version(draft: Draft) -> int:
    """What tells one state of a draft from the next: when it was saved, in milliseconds."""
    return milliseconds(draft.saved_at)


def sent(viewer: Viewer, conversation: Conversation, kind: str, body: str) -> None:
    """Inside a unit: what was just sent, and has its files, is no draft any more, whichever device it was typed on."""
    rows(_SENT, {"me": viewer.person_id, "conversation": conversation.id, "kind": kind, "body": body})


def answered(viewer: Viewer, key: str, body: str) -> None:
    """The same of the announcement `key`, whose answer stands elsewhere."""
    about = db.session.scalars(select(Conversation).where(Conversation.public_id == key)).one()
    sent(viewer, about, MessageKind.TEXT, body)


def _beside(more: Mapping[str, Any]) -> dict[str, Any]:
    """What goes along, without what is empty. Ids mean nothing by themselves: who shows them asks whose they are."""
    files, chosen = list(dict.fromkeys(more.get("files", ()))), list(filter(is_id, more.get("chosen", ())))
    if len(files) > MANY or not all(map(is_id, files)):
        raise Invalid("bad_request")
    answered = more.get("reply_to", "") if is_id(more.get("reply_to", "")) else ""
    given = {"files": files, "chosen": chosen, "reply_to": answered}
    return {name: value for name, value in given.items() if value}


def _together(theirs: Sequence[str], ours: Collection[str]) -> tuple[str, ...]:
    return tuple([*(file for file in theirs if file not in ours), *ours][:MANY])


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
