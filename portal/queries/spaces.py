"""Spaces, for staff: the list, the page of one, and whom one can add to it (SPEC D13)."""

from dataclasses import dataclass
from operator import itemgetter

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Act, Viewer
from portal.access.people_models import PersonView
from portal.access.read_models import BrandChip, Row
from portal.extensions import db
from portal.kernel.text import clean, fold
from portal.models import (
    Account,
    Address,
    AutomaticMembership,
    Brand,
    Conversation,
    Face,
    Person,
    Space,
    SpaceMember,
    State,
)
from portal.queries import discussions
from portal.queries.filters import Filter

PAGE, FOUND = 100, 20


@dataclass(frozen=True)
class SpaceRow:
    """A space in the list, with those of its people whom the viewer may know."""

    id: str
    name: str
    brand: BrandChip
    clients: tuple[str, ...]
    staff: tuple[str, ...]


@dataclass(frozen=True)
class SpaceView:
    """The page of a space: of its people those whom the viewer may know, of its discussions those they are in."""

    id: str
    name: str
    brand: BrandChip
    clients: tuple[PersonView, ...]
    staff: tuple[PersonView, ...]
    discussions: tuple[tuple[Row, int], ...]
    more: bool
    automatic: frozenset[str]
    welcomes: bool
    welcome: str
    may_manage: bool
    may_invite: bool


def listing(viewer: Viewer, search: str = "", brand: str = "") -> tuple[tuple[SpaceRow, ...], bool]:
    """Spaces within the viewer's reach, by name, without case and accents; whether there are more."""
    query = access.scopes.spaces(viewer).join(Brand, Brand.id == Space.brand_id).add_columns(Brand)
    query = query.where(Brand.public_id == brand) if brand else query
    words = fold(search).split()[:5]
    named = [(fold(row.Space.name), row) for row in db.session.execute(query)]
    found = [row for name, row in sorted(named, key=itemgetter(0)) if all(word in name for word in words)]
    people = _people(viewer, [row.Space.id for row in found[:PAGE]])
    return tuple(_row(row.Space, row.Brand, people) for row in found[:PAGE]), len(found) > PAGE


def space(viewer: Viewer, key: str) -> SpaceView:
    """One of them."""
    found = access.space(viewer, key)
    people = _people(viewer, [found.id]).get(found.id, [])
    page = discussions.page(viewer, Filter(space=key)) if viewer.is_staff else discussions.ListPage((), None)
    return SpaceView(
        id=found.public_id,
        name=found.name,
        brand=access.brand_chip(db.session.get_one(Brand, found.brand_id)),
        clients=tuple(person for person in people if person.face == Face.CLIENT),
        staff=tuple(person for person in people if person.face == Face.STAFF),
        discussions=page.rows,
        more=page.more is not None,
        automatic=_automatic(viewer, found),
        welcomes=found.welcomes,
        welcome=found.welcome,
        may_manage=access.can(viewer, Act.MANAGE_SPACES),
        may_invite=access.can(viewer, Act.INVITE_CLIENT),
    )


def addable(viewer: Viewer, key: str, search: str) -> tuple[PersonView, ...]:
    """Clients within the viewer's reach, and staff of its brand, who are not in the space; clients first."""
    access.require(viewer, Act.MANAGE_SPACES)
    found = access.space(viewer, key)
    member = aliased(SpaceMember)  # the scope asks for members, too
    inside = select(member.person_id).where(member.space_id == found.id)
    works = access.scopes.staff_of_brand(found.brand_id).with_only_columns(Person.id)
    query = access.scopes.people(viewer).where(Person.id.not_in(inside), Account.state != State.DISABLED)
    query = query.where(or_(Person.face == Face.CLIENT, Person.id.in_(works)))
    for word in fold(clean(search)).split()[:5]:
        query = query.where(Person.folded.contains(word, autoescape=True))
    rows = db.session.execute(_with_email(query).order_by(Person.face, Person.folded).limit(FOUND))
    return tuple(access.person_view(person, account, email or "") for person, account, email in rows)


def _row(found: Space, brand: Brand, people: dict[int, list[PersonView]]) -> SpaceRow:
    inside = people.get(found.id, [])
    names = {face: tuple(one.name for one in inside if one.face == face) for face in Face}
    return SpaceRow(found.public_id, found.name, access.brand_chip(brand), names[Face.CLIENT], names[Face.STAFF])


def _people(viewer: Viewer, ids: list[int]) -> dict[int, list[PersonView]]:
    """By space, each by name."""
    inside = aliased(SpaceMember)  # the scope asks for members, too
    query = _with_email(access.scopes.people(viewer).join(inside, inside.person_id == Person.id))
    query = query.add_columns(inside.space_id).where(inside.space_id.in_(ids)).order_by(Person.folded)
    found: dict[int, list[PersonView]] = {}
    for row in db.session.execute(query):
        shown = access.person_view(row.Person, row.Account, row.email or "")
        found.setdefault(row.space_id, []).append(shown)
    return found


def _with_email(query: Select[Person, Account]) -> Select[Person, Account, str | None]:
    first = select(Address.email).where(Address.person_id == Person.id).order_by(Address.id).limit(1)
    return query.add_columns(first.scalar_subquery().label("email"))


def _automatic(viewer: Viewer, found: Space) -> frozenset[str]:
    """Those of the viewer's discussions that its clients join by themselves."""
    marked = select(AutomaticMembership.conversation_id).where(AutomaticMembership.space_id == found.id)
    query = access.scopes.conversations(viewer).where(Conversation.id.in_(marked))
    return frozenset(db.session.scalars(query.with_only_columns(Conversation.public_id)))
