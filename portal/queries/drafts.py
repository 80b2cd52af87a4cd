"""One's own drafts: of a discussion, and of a list. They are nobody else's, and in nothing that is drawn for all."""

from collections.abc import Collection
from functools import cache

from sqlalchemy import Select, bindparam

from portal import access
from portal.access import Viewer
from portal.access.marks import DraftLine, DraftView
from portal.extensions import db
from portal.kernel.clock import milliseconds
from portal.models import Conversation, Draft
from portal.queries import files

LINE = 160  # characters of a draft in a list


def of(viewer: Viewer, key: str) -> tuple[DraftView, ...]:
    """The drafts of the conversation `key`, the newest first; none for who came by a mail, or looks as the client."""
    if viewer.limit is not None:
        return ()
    found = db.session.scalars(_own(viewer.face, viewer.role), viewer.asked | {"keys": [key]})
    return tuple(_shown(viewer, one) for one in found)


def lines(viewer: Viewer, keys: Collection[str]) -> dict[str, DraftLine]:
    """{discussion id: the newest draft} of those of these discussions that have one."""
    if viewer.limit is not None or not keys:
        return {}
    query = _own(viewer.face, viewer.role).add_columns(Conversation.public_id)
    found = db.session.execute(query, viewer.asked | {"keys": list(keys)}).all()
    return {key: _line(draft) for draft, key in reversed(found)}


def _shown(viewer: Viewer, one: Draft) -> DraftView:
    there = files.waiting(viewer, one.more["files"]) if one.more.get("files") else ()
    return DraftView(one.kind, one.body, one.more, milliseconds(one.saved_at), there)


def _line(one: Draft) -> DraftLine:
    return DraftLine(" ".join(one.body.split())[:LINE], len(one.more.get("files", ())))


@cache
def _own(face: str, role: str) -> Select[Draft]:
    """Those of the person `me` in those of the conversations `keys` that they are in."""
    return (
        access.scopes.conversations(access.anybody(face, role))
        .join(Draft, (Draft.conversation_id == Conversation.id) & (Draft.person_id == bindparam("me")))
        .where(Conversation.public_id.in_(bindparam("keys", expanding=True)))
        .with_only_columns(Draft, maintain_column_froms=True)
        .order_by(Draft.saved_at.desc())
    )
