"""What a client who has left could read: a discussion's title as it was then, and messages without later edits."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select

from portal import access
from portal.access import Viewer
from portal.access.read_models import MessageView
from portal.extensions import db
from portal.models import Conversation, Event, Fact, Message, MessageKind, MessageVersion, Participation
from portal.queries import said
from portal.queries.firm import shower

NAMING = (Fact.DISCUSSION_CREATED, Fact.DISCUSSION_RENAMED)


def left_at(conversation_id: int, person_id: int) -> datetime | None:
    """When somebody left; None for who is in it now, and for who never was."""
    query = select(Participation.left_at).where(Participation.conversation_id == conversation_id)
    found = db.session.scalars(query.where(Participation.person_id == person_id)).all()
    ends = [at for at in found if at is not None]
    return max(ends) if ends and len(ends) == len(found) else None


def title(conversation: Conversation, at: datetime | None) -> str:
    """What it was called at that moment, as its lines have it; where these are silent, its brand. Now, for None."""
    query = select(Message.body, Event.at).join(Event, Event.id == Message.event_id)
    query = query.where(Message.conversation_id == conversation.id, Message.kind == MessageKind.EVENT)
    names = db.session.execute(query.where(Event.name.in_(NAMING)).order_by(Message.position)).all()
    if at is None or not any(one.at > at for one in names):
        return conversation.title
    return ([one.body for one in names if one.at <= at] or [""])[-1] or conversation.brand.name


def words(
    reader: Viewer, conversation: Conversation, batch: Sequence[Message], views: Sequence[MessageView], at: datetime
) -> tuple[MessageView, ...]:
    """`views` of these messages with the words that each had at that moment."""
    query = select(MessageVersion).where(MessageVersion.message_id.in_([message.id for message in batch]))
    earlier: dict[int, MessageVersion] = {}
    edited: dict[int, datetime] = {}
    for version in db.session.scalars(query.order_by(MessageVersion.id)):
        if version.replaced_at > at:
            earlier.setdefault(version.message_id, version)  # what replaced it came later
        else:
            edited[version.message_id] = version.replaced_at
    points = said.of([message for message in batch if message.id in earlier])
    shown = list(views)
    for place, message in enumerate(batch):
        then = earlier.get(message.id)
        if then and not shown[place].deleted:
            called = points.get(message.id, access.NOTHING).called
            names = access.Names(shower(reader.face), conversation.brand, called)
            body, html = names.plain(then.body), names.html(then.html)
            shown[place] = replace(shown[place], body=body, html=html, edited_at=edited.get(message.id))
    return tuple(shown)
