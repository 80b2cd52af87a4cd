"""Where a message is written: in its conversation, or, for an answer to an announcement, privately (SPEC D16)."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import Select, select

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions.beginning import begin, receivers
from portal.actions.facts import record_line
from portal.actions.stays import join
from portal.actions.unit import unit
from portal.extensions import db
from portal.kernel.text import TITLE_LIMIT
from portal.models import (
    Account,
    Audience,
    Conversation,
    Face,
    Fact,
    Mail,
    Message,
    MessageKind,
    Participation,
    Person,
    PrivateAnswer,
    Space,
    SpaceMember,
    State,
)

RE = "Re: "


@contextmanager
def place(viewer: Viewer, key: str, kind: str) -> Iterator[tuple[Viewer, Standing]]:
    """A unit to write a message of `kind` in: the viewer as they are in it, and where it goes.

    That is the conversation `key`, but for clients in an announcement their own discussion about it: nobody else reads
    what they say. Raises `NotFound`, `Forbidden`.
    """
    with unit(viewer, by_mail=True) as inside:
        standing = access.conversation(inside, key, lock=True)
        if kind == MessageKind.NOTE or not access.can(inside, Act.ANSWER, standing):
            access.require(inside, Act.NOTE if kind == MessageKind.NOTE else Act.WRITE, standing)
            yield inside, standing
            return
    # Another unit: who takes their turn in a second conversation may hold no row of the first (see `take_turn`).
    with unit(viewer, by_mail=True) as inside:
        yield _private(inside, key)


def _private(viewer: Viewer, key: str) -> tuple[Viewer, Standing]:
    """The viewer's own discussion about the announcement `key`, begun now if they are in none; and them, as in it.

    It belongs to whom the announcement belongs to, and the announcement's staff are in it. Further answers go there,
    archived or not, until the client is removed from it. Answers to one announcement wait for each other, so that two
    at once begin one. Raises `NotFound`, `Forbidden`.
    """
    access.take_turn(viewer, access.scopes.conversations(viewer).where(Conversation.public_id == key))
    announcement = access.conversation(viewer, key)
    access.require(viewer, Act.ANSWER, announcement)
    return access.private_answer(viewer, announcement) or _begun(viewer, announcement)


def _begun(viewer: Viewer, announcement: Standing) -> tuple[Viewer, Standing]:
    about = announcement.conversation
    space, title = _space(viewer, about), f"{RE}{about.title}"[:TITLE_LIMIT]
    standing = begin(viewer, title, Audience.SHARED, about.brand, space)
    mine = standing.conversation
    for person in _staff(about) or receivers(space, about.brand):
        db.session.add(join(mine, person))
        if person.id == about.owner_id:
            mine.owner_id = person.id
    db.session.add(
        PrivateAnswer(
            conversation_id=mine.id,
            announcement_id=about.id,
            client_id=viewer.person_id,
            message_id=_answered(viewer, announcement),
        )
    )
    db.session.flush()
    record_line(viewer, Fact.DISCUSSION_CREATED, mine, title=title)
    return access.within(viewer, mine.id), standing


def _space(viewer: Viewer, about: Conversation) -> Space | None:
    """The announcement's space if it is the client's, else a space of theirs in its brand."""
    theirs = select(Space).join(SpaceMember, SpaceMember.space_id == Space.id)
    theirs = theirs.where(SpaceMember.person_id == viewer.person_id, Space.brand_id == about.brand_id)
    return db.session.scalars(theirs.order_by(Space.id != (about.space_id or 0), Space.id)).first()


def _staff(about: Conversation) -> list[Person]:
    """The active staff who are in the announcement."""
    query: Select[Person] = (
        select(Person)
        .join(Participation, Participation.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(Participation.conversation_id == about.id, Participation.left_at.is_(None))
        .where(Person.face == Face.STAFF, Account.state == State.ACTIVE)
    )
    return list(db.session.scalars(query.order_by(Person.id)))


def _answered(viewer: Viewer, announcement: Standing) -> int | None:
    """The last message that the client's mail told, else the last there is; of those that they may read."""
    told = db.session.scalar(select(Mail.until).where(Mail.id == viewer.mail_id)) if viewer.mail_id else None
    query = access.scopes.messages(viewer).where(Message.conversation_id == announcement.conversation.id)
    query = query if told is None else query.where(Message.public_seq <= told)
    last = query.where(Message.deleted_at.is_(None)).order_by(Message.public_seq.desc()).limit(1)
    found: int | None = db.session.scalar(last.with_only_columns(Message.id))
    return found
