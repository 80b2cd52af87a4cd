"""Announcements and what was answered to them, each for who is in it (SPEC D16)."""

from sqlalchemy import ColumnElement

from portal import access
from portal.access import Standing, Viewer
from portal.access.read_models import Related
from portal.extensions import db
from portal.kernel.text import BEGIN, plain_line
from portal.models import Conversation, Message, PrivateAnswer


def related(viewer: Viewer, standing: Standing, link: PrivateAnswer | None) -> Related | None:
    """Of an announcement, the viewer's own answers; of such answers, as `link` tells them, the announcement."""
    if standing.conversation.is_announcement:
        return _answers(viewer, standing)
    return _answered(viewer, link) if link is not None else None


def _answers(viewer: Viewer, standing: Standing) -> Related | None:
    """A client's own discussion about the announcement that they stand in, if there is one."""
    found = None if viewer.is_staff else access.private_answers(viewer, standing)
    return _related(viewer, Conversation.public_id == found[1]) if found else None


def _answered(viewer: Viewer, link: PrivateAnswer) -> Related | None:
    """The announcement that this discussion is about. Whoever is not in it learns nothing of it here."""
    found = _related(viewer, Conversation.id == link.announcement_id)
    if found is None or link.message_id is None:
        return found
    query = access.scopes.messages(viewer).where(Message.id == link.message_id, Message.deleted_at.is_(None))
    message = db.session.scalars(query).first()
    if message is None:
        return found
    # A mention is drawn for each face by its names; a line about something else does without them.
    return Related(found.id, found.title, message.public_id, "" if BEGIN in message.html else plain_line(message.html))


def _related(viewer: Viewer, which: ColumnElement[bool]) -> Related | None:
    query = access.scopes.conversations(viewer).where(which)
    row = db.session.execute(query.with_only_columns(Conversation.public_id, Conversation.title)).first()
    return Related(*row) if row else None
