"""What a viewer may see, as selects. Every read begins here; nothing is filtered afterwards.

A conversation is seen by its current participants. A message is seen by a current participant
whose stays cover it; by clients only if it is a text in a shared conversation.
"""

from typing import Any

from sqlalchemy import ColumnElement, Exists, Select, and_, exists, or_, select
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.access.viewer import Viewer
from portal.models import (
    Account,
    Audience,
    Brand,
    BrandStaff,
    Conversation,
    Face,
    Message,
    MessageKind,
    Participation,
    Person,
    Space,
    SpaceMember,
    State,
)


def conversations(viewer: Viewer) -> Select[Conversation, Participation]:
    """Conversations that `viewer` is in now, each with the viewer's current stay."""
    return (
        select(Conversation, Participation)
        .join(Participation, Participation.conversation_id == Conversation.id)
        .where(Participation.person_id == viewer.person_id, Participation.left_at.is_(None))
        .where(_admits(viewer.face))
    )


def messages(viewer: Viewer) -> Select[Message]:
    """Messages that `viewer` may read, in whichever conversation."""
    return (
        select(Message)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(
            _present(viewer.person_id),
            covered(viewer.face, viewer.person_id),
            readable(viewer.face),
        )
    )


def readable(face: str) -> ColumnElement[bool]:
    """Whether a message is of a kind that `face` may ever see."""
    if face == Face.STAFF:
        return Message.id.is_not(None)
    return and_(Message.kind == MessageKind.TEXT, Conversation.audience == Audience.SHARED)


def covered(face: str, person_id: Any) -> Exists:
    """Whether one of the person's stays covers the message."""
    stay = aliased(Participation)
    return exists().where(
        stay.conversation_id == Message.conversation_id,
        stay.person_id == person_id,
        stay.face == face,
        covers(stay, place(face)),
    )


def covers(stay: Any, where: InstrumentedAttribute[Any]) -> ColumnElement[bool]:
    """Whether `stay` (a Participation or an alias of it) includes the place `where`."""
    return and_(stay.since < where, or_(stay.until.is_(None), where <= stay.until))


def place(face: str) -> InstrumentedAttribute[Any]:
    """Where a message stands for `face`: its position for staff, its public number for clients."""
    return Message.position if face == Face.STAFF else Message.public_seq


def brands(viewer: Viewer) -> Select[Brand]:
    """Brands that a member of staff works for; none for clients."""
    if not viewer.is_staff:
        return select(Brand).where(Brand.id.is_(None))
    if viewer.is_admin:
        return select(Brand)
    return (
        select(Brand).join(BrandStaff, BrandStaff.brand_id == Brand.id).where(BrandStaff.person_id == viewer.person_id)
    )


def spaces(viewer: Viewer) -> Select[Space]:
    """Spaces of a viewer's brands; for a client, their own."""
    if viewer.is_staff:
        return select(Space).where(Space.brand_id.in_(brands(viewer).with_only_columns(Brand.id)))
    mine = select(SpaceMember.space_id).where(SpaceMember.person_id == viewer.person_id)
    return select(Space).where(Space.id.in_(mine))


def staff_of_brand(brand_id: Any) -> Select[Person, Account]:
    """Staff who work for a brand: its agents, and every owner and admin."""
    works = exists().where(BrandStaff.brand_id == brand_id, BrandStaff.person_id == Person.id)
    return (
        select(Person, Account)
        .join(Account, Account.person_id == Person.id)
        .where(Person.face == Face.STAFF, or_(Account.role.in_(("owner", "admin")), works))
    )


def clients_of_brand(brand_id: Any) -> Select[Person, Account]:
    """Clients with a space in a brand."""
    member = exists().where(
        SpaceMember.person_id == Person.id,
        SpaceMember.space_id == Space.id,
        Space.brand_id == brand_id,
    )
    return (
        select(Person, Account).join(Account, Account.person_id == Person.id).where(Person.face == Face.CLIENT, member)
    )


def people(viewer: Viewer) -> Select[Person, Account]:
    """Colleagues, and the clients of a viewer's brands; for clients nobody at all."""
    base = select(Person, Account).join(Account, Account.person_id == Person.id)
    if not viewer.is_staff:
        return base.where(Person.id.is_(None))
    if viewer.is_admin:
        return base
    spaces_here = spaces(viewer).with_only_columns(Space.id)
    known = exists().where(SpaceMember.person_id == Person.id, SpaceMember.space_id.in_(spaces_here))
    return base.where(or_(Person.face == Face.STAFF, known))


def ownerless(viewer: Viewer) -> Select[Conversation]:
    """Discussions without owner, for admins: who reads them is somebody else's right."""
    chosen = select(Conversation).where(Conversation.owner_id.is_(None), Conversation.archived_at.is_(None))
    return chosen if viewer.is_admin else chosen.where(Conversation.id.is_(None))


def active_account(person_id: Any) -> Exists:
    """Whether the person may sign in now."""
    return exists().where(Account.person_id == person_id, Account.state == State.ACTIVE)


def _present(person_id: int) -> Exists:
    stay = aliased(Participation)
    return exists().where(
        stay.conversation_id == Message.conversation_id,
        stay.person_id == person_id,
        stay.left_at.is_(None),
    )


def _admits(face: str) -> ColumnElement[bool]:
    """The last lock: whatever row may say, a client is never shown an internal conversation."""
    return Conversation.id.is_not(None) if face == Face.STAFF else Conversation.audience == Audience.SHARED
