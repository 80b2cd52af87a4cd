"""Where a viewer may find something: the conversations they are in, of these those in which the words were said."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Select, and_, func, or_, select

from portal import access
from portal.access import Viewer
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.text import first_name, fold
from portal.kernel.words import BEGINNING, Word
from portal.models import SEARCH_TERM, Brand, Conversation, Face, Message, Person, StaffNames
from portal.queries import firm
from portal.queries.search.wanted import Group

FEW = 64  # conversations that are named to the full-text index
TITLES = 2_000  # looked through by name; who has more finds the newest
PEOPLE = 30
A_DAY = timedelta(days=1)  # by which a clock may have been wrong
LAST = "\U0010ffff"  # after every word with the same beginning
TEAM = {"team", "equipe"}


def places(viewer: Viewer, titles: tuple[str, ...], groups: tuple[Group, ...]) -> tuple[int, ...] | None:
    """The conversations of `viewer` whose titles hold all of `titles` and in which all words were said.

    None where they are more than `FEW`: then the words are common among them, and are soon found.
    """
    query = access.scopes.conversations(viewer).with_only_columns(Conversation.id)
    if titles:
        query = query.where(Conversation.id.in_(_titled(viewer, titles)))
    for group in groups:
        for word in group.words:
            said = select(SEARCH_TERM.c.conversation_id).where(_term(group, word))
            query = query.where(Conversation.id.in_(said))
    found = tuple(db.session.scalars(query.limit(FEW + 1)))
    return found if len(found) <= FEW else None


def begun(viewer: Viewer) -> datetime:
    """Before this nobody said anything that `viewer` may find: the first of their conversations began after it."""
    query = access.scopes.conversations(viewer).with_only_columns(func.min(Conversation.created_at))
    return (db.session.scalar(query) or now()) - A_DAY


def inside(query: Select[Message], viewer: Viewer, titles: tuple[str, ...]) -> Select[Message]:
    """`query`, within the conversations of such titles."""
    return query.where(Conversation.id.in_(_titled(viewer, titles))) if titles else query


def authors(viewer: Viewer, names: tuple[str, ...]) -> tuple[int, ...]:
    """Whose messages are looked for: all who are called like that, as the viewer reads it."""
    chosen: set[int] = set()
    for name in names:
        chosen |= {viewer.person_id} if name in {"me", "moi"} else set(_called(viewer, name))
    return tuple(sorted(chosen))


def _called(viewer: Viewer, name: str) -> Iterator[int]:
    """To clients a name is what stands on messages (SPEC D5), else `from:` would tell the rest of it."""
    shown = StaffNames.FULL if viewer.is_staff else firm.staff_names() or StaffNames.BRAND
    wanted = name.split()
    query = select(Person.id, Person.name, Person.face)
    if not (shown == StaffNames.BRAND and _is_team(viewer, name)):
        query = query.where(*(Person.folded.contains(word, autoescape=True) for word in wanted))
    for person_id, whole, face in db.session.execute(query.order_by(Person.folded).limit(10 * PEOPLE)):
        if face == Face.CLIENT or shown == StaffNames.FULL:
            named = fold(whole)
        elif shown == StaffNames.FIRST:
            named = fold(first_name(whole))
        else:
            named = name if _is_team(viewer, name) else ""
        if all(word in named for word in wanted):
            yield person_id


def _is_team(viewer: Viewer, name: str) -> bool:
    """Whether that is how the firm signs, where it shows no names."""
    here = access.scopes.conversations(viewer).with_only_columns(Conversation.brand_id)
    brands = {fold(brand) for brand in db.session.scalars(select(Brand.name).where(Brand.id.in_(here)))}
    return name in TEAM or any(name in brand for brand in brands)


def _titled(viewer: Viewer, titles: tuple[str, ...]) -> list[int]:
    """Of the viewer's conversations those whose titles hold all words."""
    query = access.scopes.conversations(viewer).with_only_columns(Conversation.id, Conversation.title)
    newest = Conversation.active_at if viewer.is_staff else Conversation.public_active_at
    wanted = [word for title in titles for word in title.split()]
    named = ((key, fold(title)) for key, title in db.session.execute(query.order_by(newest.desc()).limit(TITLES)))
    return [key for key, title in named if all(word in title for word in wanted)]


def _term(group: Group, word: Word) -> ColumnElement[bool]:
    """The terms by which a word of a group is found."""
    names = {word.name} if group.exact else {*word.all, *(f"~{form}" for form in word.all)}
    beginning = group.beginning if word is group.words[-1] else ""
    if len(beginning) == BEGINNING:
        names.add(f"^{beginning}")
    found = SEARCH_TERM.c.term.in_(sorted(names))
    if len(beginning) <= BEGINNING:
        return found
    return or_(found, and_(SEARCH_TERM.c.term >= beginning, SEARCH_TERM.c.term < beginning + LAST))
