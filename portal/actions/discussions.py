"""Starting, naming and archiving discussions, and who owns them."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access import Act, Standing, Viewer
from portal.actions import writing
from portal.actions.beginning import begin, receivers
from portal.actions.beside import Beside
from portal.actions.facts import record_line
from portal.actions.files import attaching
from portal.actions.stays import current_stay, join, own, require_added_once
from portal.actions.unit import unit, unless_taken
from portal.extensions import db
from portal.kernel import text
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.tokens import new_send_token
from portal.models import (
    Audience,
    Brand,
    Conversation,
    Fact,
    Kind,
    Message,
    MessageKind,
    Person,
    Space,
)

NOBODY_TO_READ = (Kind.ANNOUNCEMENT, Audience.INTERNAL)


class First(NamedTuple):
    """A first message: its words as they are stored, and what comes with it."""

    body: str
    html: str
    beside: Beside | None


def create(
    viewer: Viewer,
    *,
    title: str,
    audience: str,
    brand_key: str,
    space_key: str = "",
    token: str | None = None,
    kind: str = Kind.DISCUSSION,
    body: str = "",
    files: Sequence[str] = (),
) -> str:
    """Create a discussion of `audience` (internal, shared) in a brand of one's own; gives its public id.

    An announcement is one by its `kind`, and shared; neither ever changes. A first message may go with it.

    The same `token` (32 hex digits) from the same person creates one, however often it comes; with anything else
    than the first time it raises `Conflict`. None is for what nobody retries.
    """
    title = checked_title(title)
    _check_whose(kind, audience, token)
    first = _first_message(viewer, body, files)
    # The same token may post in another discussion at this very moment.
    with unless_taken("token_reused"), unit(viewer) as viewer:
        access.require(viewer, Act.CREATE)
        brand = access.brand(viewer, brand_key)
        space = access.space(viewer, space_key) if space_key else None
        if space and space.brand_id != brand.id:
            raise Invalid("space_of_other_brand")
        if token and (known := _created(viewer, token, (title, kind, audience, brand, space), first)):
            return known
        standing = begin(viewer, title, audience, brand, space, token=token, kind=kind)
        record_line(viewer, Fact.DISCUSSION_CREATED, standing.conversation, title=title)
        if first:
            writing.write(viewer, standing, *first[:2], MessageKind.TEXT, token or new_send_token(), first.beside)
        return standing.conversation.public_id


def start(viewer: Viewer, *, title: str, body: str, space_key: str, token: str, files: Sequence[str] = ()) -> str:
    """Start a discussion as a client, with its first message and its files; gives its public id.

    The space's staff receive it, else the brand's owner (SPEC D11). It belongs to nobody until the
    first of them answers. The same `token` starts one; with other words it raises `Conflict`.
    """
    title = checked_title(title)
    body, html = writing.prepared(body, files)
    writing.checked_token(token)
    beside = attaching(viewer, files)
    # The same token may post in another discussion at this very moment.
    with unless_taken("token_reused"), unit(viewer) as viewer:
        access.require(viewer, Act.START)
        _one_at_a_time(viewer)
        require_added_once(viewer)
        known = _started(viewer, token, title, body, beside)
        if known:
            return known
        standing = _open_to_firm(viewer, title, access.space(viewer, space_key))
        writing.write(viewer, standing, body, html, MessageKind.TEXT, token, beside)
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
        person = db.session.get_one(Person, viewer.person_id)
        stay = current_stay(conversation, person) or join(conversation, person)
        db.session.add(stay)
        own(conversation, stay)
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


def _check_whose(kind: str, audience: str, token: str | None) -> None:
    if audience not in set(Audience) or kind not in set(Kind) or (kind, audience) == NOBODY_TO_READ:
        raise Invalid("bad_audience")
    if token is not None:
        writing.checked_token(token)


def _first_message(viewer: Viewer, body: str, files: Sequence[str]) -> First | None:
    """None where nothing is said and nothing sent."""
    if text.is_blank(body) and not files:
        return None
    return First(*writing.prepared(body, files), attaching(viewer, files))


def _created(
    viewer: Viewer, token: str, asked: tuple[str, str, str, Brand, Space | None], first: First | None
) -> str | None:
    """The discussion that this member of staff already created with this token."""
    _one_at_a_time(viewer)
    query = select(Conversation).where(Conversation.creator_id == viewer.person_id, Conversation.token == token)
    found = db.session.scalars(query.options(joinedload(Conversation.brand), joinedload(Conversation.space))).first()
    if found is None:
        return None
    if (_first_title(found), found.kind, found.audience, found.brand, found.space) != asked:
        raise Conflict("token_reused")
    said = select(Message).where(Message.author_id == viewer.person_id, Message.token == token)
    message = db.session.scalars(said.where(Message.conversation_id == found.id)).first()
    same = writing.is_same(message, first.body, first.beside) if message and first else not (message or first)
    if not same:
        raise Conflict("token_reused")
    return found.public_id


def _first_title(conversation: Conversation) -> str | None:
    """The name with which it was created, as its first line has it: a late retry is the same, renamed since or not."""
    lines = select(Message.body).where(Message.conversation_id == conversation.id, Message.kind == MessageKind.EVENT)
    return db.session.scalars(lines.order_by(Message.position).limit(1)).first()


def _one_at_a_time(viewer: Viewer) -> None:
    """Lock the viewer's row, so that one token sent twice at once begins one (SQLite has one writer anyway)."""
    db.session.execute(select(Person.id).where(Person.id == viewer.person_id).with_for_update(key_share=True))


def _open_to_firm(viewer: Viewer, title: str, space: Space) -> Standing:
    """A discussion that belongs to nobody yet, with the client in it and those who receive it."""
    brand = db.session.get_one(Brand, space.brand_id)
    standing = begin(viewer, title, Audience.SHARED, brand, space)
    for person in receivers(space, brand):
        db.session.add(join(standing.conversation, person))
    db.session.flush()
    record_line(viewer, Fact.DISCUSSION_CREATED, standing.conversation, title=title)
    return standing


def _started(viewer: Viewer, token: str, title: str, body: str, beside: Beside | None) -> str | None:
    """The discussion that this client already started with this token."""
    query = (
        select(Conversation, Message)
        .join(Message, Message.conversation_id == Conversation.id)
        .where(Message.author_id == viewer.person_id, Message.token == token)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    began = row.Conversation.creator_id == viewer.person_id and row.Message.seq == 1
    if not began or _first_title(row.Conversation) != title or not writing.is_same(row.Message, body, beside):
        raise Conflict("token_reused")
    key: str = row.Conversation.public_id
    return key


def _everywhere(conversation: Conversation) -> None:
    """A change that clients see too."""
    conversation.public_rev += 1
