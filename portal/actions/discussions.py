"""Starting, naming and archiving discussions, and who owns them."""

from sqlalchemy import or_, select

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions import messages
from portal.actions.facts import record_line
from portal.actions.unit import unit, unless_taken
from portal.extensions import db
from portal.kernel import text
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import (
    Account,
    Audience,
    Brand,
    Conversation,
    Face,
    Fact,
    Message,
    MessageKind,
    Participation,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)


def create(viewer: Viewer, *, title: str, audience: str, brand_key: str, space_key: str = "") -> str:
    """Create a discussion of `audience` (internal, shared) in a brand of one's own; gives its public id."""
    title = checked_title(title)
    if audience not in set(Audience):
        raise Invalid("bad_audience")
    with unit(viewer) as viewer:
        access.require(viewer, Act.CREATE)
        brand = access.brand(viewer, brand_key)
        space = access.space(viewer, space_key) if space_key else None
        if space and space.brand_id != brand.id:
            raise Invalid("space_of_other_brand")
        standing = _begin(viewer, title, audience, brand, space, owner_id=viewer.person_id)
        record_line(viewer, Fact.DISCUSSION_CREATED, standing.conversation, title=title)
        return standing.conversation.public_id


def start(viewer: Viewer, *, title: str, body: str, space_key: str, token: str) -> str:
    """Start a discussion as a client, with its first message; gives its public id.

    The space's staff receive it, else the brand's owner (SPEC D11). It belongs to nobody until the
    first of them answers. The same `token` starts one; with other words it raises `Conflict`.
    """
    title = checked_title(title)
    body, html = messages.prepared(body)
    messages.checked_token(token)
    # The same token may post in another discussion at this very moment.
    with unless_taken("token_reused"), unit(viewer) as viewer:
        access.require(viewer, Act.START)
        _require_invited_once(viewer)
        known = _started(viewer, token, body)
        if known:
            return known
        standing = _open_to_firm(viewer, title, access.space(viewer, space_key))
        messages.write(viewer, standing, body, html, MessageKind.TEXT, token)
        return standing.conversation.public_id


def rename(viewer: Viewer, key: str, *, title: str) -> None:
    """Give a discussion another name (its owner)."""
    title = checked_title(title)
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.RENAME, standing)
        if standing.conversation.title != title:
            standing.conversation.title = title
            _everywhere(standing.conversation)
            record_line(viewer, Fact.DISCUSSION_RENAMED, standing.conversation, title=title)


def archive(viewer: Viewer, key: str) -> None:
    """Put a discussion away; it stays readable, and comes back when a client writes."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.ARCHIVE, standing)
        if standing.conversation.archived_at is None:
            standing.conversation.archived_at = now()
            _everywhere(standing.conversation)
            record_line(viewer, Fact.DISCUSSION_ARCHIVED, standing.conversation)


def reopen(viewer: Viewer, key: str) -> None:
    """Bring an archived discussion back."""
    with unit(viewer) as viewer:
        standing = access.conversation(viewer, key, lock=True)
        access.require(viewer, Act.ARCHIVE, standing)
        if standing.conversation.archived_at is not None:
            standing.conversation.archived_at = None
            _everywhere(standing.conversation)
            record_line(viewer, Fact.DISCUSSION_REOPENED, standing.conversation)


def take_over(viewer: Viewer, key: str) -> None:
    """Take over a discussion without owner (admins), seen on screen and recorded (SPEC D4, P12)."""
    with unit(viewer) as viewer:
        query = access.scopes.ownerless(viewer).where(Conversation.public_id == key)
        access.take_turn(viewer, query)
        conversation = db.session.scalars(query.with_for_update()).first()
        if conversation is None:
            raise NotFound
        access.require(viewer, Act.TAKE_OWNERSHIP, conversation)
        conversation.owner_id = viewer.person_id
        person = db.session.get_one(Person, viewer.person_id)
        if current_stay(conversation, person) is None:
            db.session.add(join(conversation, person))
            db.session.flush()
        record_line(viewer, Fact.OWNERSHIP_TAKEN, conversation, person=person)


def checked_title(title: str) -> str:
    """A title as it is stored. Raises `Invalid` when it is empty or too long."""
    title = text.clean_line(title)
    if text.is_blank(title):
        raise Invalid("title_empty")
    if len(title) > text.TITLE_LIMIT:
        raise Invalid("title_too_long", limit=text.TITLE_LIMIT)
    return title


def join(conversation: Conversation, person: Person, since: int = 0) -> Participation:
    """A new stay of `person` from `since` on; everything up to now counts as read and mailed (SPEC D7)."""
    if person.face == Face.CLIENT and not conversation.is_shared:
        raise Forbidden("internal_discussion")
    last = conversation.seq if person.face == Face.STAFF else conversation.public_seq
    return Participation(
        conversation_id=conversation.id,
        person_id=person.id,
        face=person.face,
        since=since,
        read=last,
        seen=last,
        mailed=last,
    )


def _begin(
    viewer: Viewer,
    title: str,
    audience: str,
    brand: Brand,
    space: Space | None,
    owner_id: int | None,
) -> Standing:
    person = db.session.get_one(Person, viewer.person_id)
    conversation = Conversation(
        title=title,
        audience=audience,
        brand=brand,
        space_id=space.id if space else None,
        creator=person,
        owner_id=owner_id,
    )
    db.session.add(conversation)
    db.session.flush()
    stay = join(conversation, person)
    db.session.add(stay)
    db.session.flush()
    return Standing(conversation, stay)


def _open_to_firm(viewer: Viewer, title: str, space: Space) -> Standing:
    """A discussion that belongs to nobody yet, with the client in it and those who receive it."""
    brand = db.session.get_one(Brand, space.brand_id)
    standing = _begin(viewer, title, Audience.SHARED, brand, space, owner_id=None)
    for person in _receivers(space, brand):
        db.session.add(join(standing.conversation, person))
    db.session.flush()
    record_line(viewer, Fact.DISCUSSION_CREATED, standing.conversation, title=title)
    return standing


def _require_invited_once(viewer: Viewer) -> None:
    """A client starts discussions only after somebody has added them to one (SPEC D11).

    Their row is locked, so that one token sent twice at once starts one (SQLite has one writer anyway).
    """
    me = select(Person.id).where(Person.id == viewer.person_id).with_for_update(key_share=True)
    db.session.execute(me)
    was_added = select(Participation.id).where(Participation.person_id == viewer.person_id).limit(1)
    if db.session.scalar(was_added) is None:
        raise Forbidden("not_added_yet")


def _started(viewer: Viewer, token: str, body: str) -> str | None:
    """The discussion that this client already started with this token."""
    query = (
        select(Conversation, Message)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.author_id == viewer.person_id, Message.token == token)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    began = row.Conversation.creator_id == viewer.person_id and row.Message.public_seq == 1
    if not began or messages.first_words(row.Message) != body:
        raise Conflict("token_reused")
    key: str = row.Conversation.public_id
    return key


def _receivers(space: Space, brand: Brand) -> list[Person]:
    """The space's active staff, else the brand's owner; where they are disabled, the firm's."""
    query = (
        select(Person)
        .join(SpaceMember, SpaceMember.person_id == Person.id)
        .join(Account, Account.person_id == Person.id)
        .where(
            SpaceMember.space_id == space.id,
            Person.face == Face.STAFF,
            Account.state == State.ACTIVE,
        )
    )
    owners = (
        select(Person)
        .join(Account, Account.person_id == Person.id)
        .where(or_(Person.id == brand.owner_id, Account.role == Role.OWNER), Account.state == State.ACTIVE)
        .order_by(Person.id != brand.owner_id)
        .limit(1)
    )
    return list(db.session.scalars(query)) or list(db.session.scalars(owners))


def current_stay(conversation: Conversation, person: Person) -> Participation | None:
    """The stay of `person` that lasts, if there is one."""
    query = select(Participation).where(
        Participation.conversation_id == conversation.id,
        Participation.person_id == person.id,
        Participation.left_at.is_(None),
    )
    return db.session.scalars(query).first()


def _everywhere(conversation: Conversation) -> None:
    """A change that clients see too."""
    conversation.public_rev += 1
