"""What a viewer may see, as selects. Every read begins here; nothing is filtered afterwards.

A conversation is seen by its current participants. A message is seen by a current participant
whose stays cover it; by clients only if it is a text in a shared conversation.
"""

from typing import Any

from sqlalchemy import (
    ColumnElement,
    CompoundSelect,
    Exists,
    ScalarSelect,
    Select,
    and_,
    exists,
    or_,
    select,
    true,
    union,
)
from sqlalchemy.orm import InstrumentedAttribute, aliased

from portal.access.viewer import Viewer
from portal.models import (
    Account,
    Audience,
    Brand,
    BrandStaff,
    Conversation,
    Face,
    Firm,
    Invitation,
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
        .where(_admits(viewer.face), _within(viewer))
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
            _within(viewer),
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
    if not viewer.is_staff or viewer.limit is not None:
        return select(Brand).where(Brand.id.is_(None))
    if viewer.is_admin:
        return select(Brand)
    return (
        select(Brand).join(BrandStaff, BrandStaff.brand_id == Brand.id).where(BrandStaff.person_id == viewer.person_id)
    )


def spaces(viewer: Viewer) -> Select[Space]:
    """Spaces of a viewer's brands within the viewer's reach, for a space is called as its client is; a client's own.

    Within an agent's own reach are those that they look after, of clients of theirs, and of discussions they are in.
    """
    if viewer.limit is not None:
        return select(Space).where(Space.id.is_(None))
    if not viewer.is_staff:
        return select(Space).where(Space.id.in_(_spaces_of(viewer.person_id)))
    inside = select(Space).where(Space.brand_id.in_(brands(viewer).with_only_columns(Brand.id)))
    if viewer.finds_all:
        return inside
    of_clients = select(SpaceMember.space_id).where(SpaceMember.person_id.in_(own_clients(viewer)))
    talked_in = conversations(viewer).with_only_columns(Conversation.space_id)
    mine = (_spaces_of(viewer.person_id), of_clients, talked_in)
    return inside.where(or_(*(Space.id.in_(some) for some in mine)))


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
    """Colleagues, and the clients of a viewer's brands within the viewer's reach; for clients nobody at all."""
    base = select(Person, Account).join(Account, Account.person_id == Person.id)
    if not viewer.is_staff or viewer.limit is not None:
        return base.where(Person.id.is_(None))
    if viewer.is_admin:
        return base
    here = select(Space.id).where(Space.brand_id.in_(brands(viewer).with_only_columns(Brand.id)))
    known = exists().where(SpaceMember.person_id == Person.id, SpaceMember.space_id.in_(here))
    reached = true() if viewer.finds_all else Person.id.in_(own_clients(viewer))
    return base.where(or_(Person.face == Face.STAFF, and_(known, reached)))


def own_clients(viewer: Viewer) -> CompoundSelect[int]:
    """Ids of those who are an agent's own (SPEC P11): who are or were in a discussion that the agent is in now,
    whom the agent invited, and who are in a space that the agent looks after.
    """
    theirs = aliased(Participation)
    together = (
        select(theirs.person_id)
        .join(Participation, Participation.conversation_id == theirs.conversation_id)
        .where(Participation.person_id == viewer.person_id, Participation.left_at.is_(None))
        .where(theirs.face == Face.CLIENT)
    )
    invited = select(Invitation.person_id).where(Invitation.inviter_id == viewer.person_id)
    looked_after = select(SpaceMember.person_id).where(SpaceMember.space_id.in_(_spaces_of(viewer.person_id)))
    return union(together, invited, looked_after)


def ownerless(viewer: Viewer) -> Select[Conversation]:
    """Discussions without owner, for admins: who reads them is somebody else's right."""
    chosen = select(Conversation).where(Conversation.owner_id.is_(None), Conversation.archived_at.is_(None))
    return chosen if viewer.is_admin and viewer.limit is None else chosen.where(Conversation.id.is_(None))


def co_owners() -> ScalarSelect[bool]:
    """Whether the firm has co-owners (SPEC D4)."""
    return select(Firm.co_owners).scalar_subquery()


def active_account(person_id: Any) -> Exists:
    """Whether the person may sign in now."""
    return exists().where(Account.person_id == person_id, Account.state == State.ACTIVE)


def _spaces_of(person_id: Any) -> Select[int]:
    """Those that somebody, client or staff, is a member of."""
    return select(SpaceMember.space_id).where(SpaceMember.person_id == person_id)


def _present(person_id: int) -> Exists:
    stay = aliased(Participation)
    return exists().where(
        stay.conversation_id == Message.conversation_id,
        stay.person_id == person_id,
        stay.left_at.is_(None),
    )


def _within(viewer: Viewer) -> ColumnElement[bool]:
    """Who came by a mail is in its conversation alone; a stand-in's limit is 0 for those who have none."""
    if viewer.limit is None:
        return true()
    inside = Conversation.id == viewer.limit
    return inside if isinstance(viewer.limit, int) else or_(viewer.limit == 0, inside)


def _admits(face: str) -> ColumnElement[bool]:
    """The last lock: whatever row may say, a client is never shown an internal conversation."""
    return Conversation.id.is_not(None) if face == Face.STAFF else Conversation.audience == Audience.SHARED
