"""Where a client's answer to an announcement goes: to a discussion of their own (SPEC D16)."""

from dataclasses import replace

from sqlalchemy import select

from portal.access import scopes
from portal.access.getters import Standing, conversation
from portal.access.viewer import Viewer
from portal.extensions import db
from portal.models import Conversation, PrivateAnswer


def private_answers(viewer: Viewer, announcement: Standing) -> tuple[Viewer, str] | None:
    """The viewer as they write there, and the public id of their discussion about the announcement, if there is one.

    Who came by a mail of the announcement is in that discussion alone; for this one answer they are in theirs instead.
    """
    inside = replace(viewer, limit=None)
    mine = select(PrivateAnswer.conversation_id).where(
        PrivateAnswer.announcement_id == announcement.conversation.id, PrivateAnswer.client_id == viewer.person_id
    )
    query = scopes.conversations(inside).where(Conversation.id.in_(mine)).order_by(Conversation.id.desc())
    row = db.session.execute(query.with_only_columns(Conversation.id, Conversation.public_id)).first()
    return (within(viewer, row.id), row.public_id) if row else None


def within(viewer: Viewer, conversation_id: int) -> Viewer:
    """The same, in that conversation if they are limited to one."""
    return viewer if viewer.limit is None else replace(viewer, limit=conversation_id)


def private_answer(viewer: Viewer, announcement: Standing) -> tuple[Viewer, Standing] | None:
    """The same with their stay in it, to write there: nobody else changes it until the unit ends."""
    found = private_answers(viewer, announcement)
    return (found[0], conversation(*found, lock=True)) if found else None
