"""The firm, and which of its brands a page wears."""

from sqlalchemy import select

from portal import access
from portal.access import Shower, Viewer
from portal.access.read_models import BrandChip
from portal.extensions import db, rows
from portal.kernel.text import fold
from portal.models import Brand, Firm, Space, SpaceMember

_STAFF_NAMES = select(Firm.staff_names)
STAFF_NAMES = _STAFF_NAMES.scalar_subquery().label("staff_names")  # for who asks for a message in the same breath


def firm() -> Firm | None:
    """The firm, or None before the first run."""
    return db.session.scalars(select(Firm)).first()


def shower(face: str) -> Shower:
    """How things are shown to `face` by the firm's present setting."""
    return access.shower(face, staff_names())


def staff_names() -> str | None:
    """How the firm lets clients see its staff (SPEC D5), or None before the first run."""
    return rows(_STAFF_NAMES, {}).scalar()


def firm_name() -> str | None:
    """The firm's name, or None before the first run."""
    found = firm()
    return found.name if found else None


def brand_for_host(host: str) -> BrandChip | None:
    """The brand that answers at `host`, else the default one."""
    query = select(Brand).where((Brand.host == host) | Brand.is_default).order_by(Brand.is_default)
    found = db.session.scalars(query).first()
    return access.brand_chip(found) if found else None


def brand_by_key(key: str) -> BrandChip | None:
    """The brand with that id, for a page that names it already."""
    found = db.session.scalars(select(Brand).where(Brand.public_id == key)).first()
    return access.brand_chip(found) if found else None


def brand_of_client(viewer: Viewer, host: str) -> BrandChip | None:
    """A client's page wears the brand of its host where they have a space in it, else that of their first space."""
    mine = (
        select(Brand)
        .join(Space, Space.brand_id == Brand.id)
        .join(SpaceMember, SpaceMember.space_id == Space.id)
        .where(SpaceMember.person_id == viewer.person_id)
        .order_by(Space.id)
    )
    brands = db.session.scalars(mine).all()
    chosen = next((brand for brand in brands if brand.host == host), brands[0] if brands else None)
    return access.brand_chip(chosen) if chosen else brand_for_host(host)


def brands(viewer: Viewer) -> tuple[BrandChip, ...]:
    """The brands that a member of staff works for, by name."""
    found = db.session.scalars(access.scopes.brands(viewer).order_by(Brand.name))
    return tuple(access.brand_chip(brand) for brand in found)


def spaces(viewer: Viewer) -> tuple[tuple[str, str, str], ...]:
    """(id, name, brand id) of each space of a viewer's brands, by name; for a client, their own."""
    query = (
        access.scopes.spaces(viewer)
        .join(Brand, Brand.id == Space.brand_id)
        .with_only_columns(Space.public_id, Space.name, Brand.public_id)
        .order_by(Space.name)
    )
    return tuple((row[0], row[1], row[2]) for row in db.session.execute(query))


def spaces_named(viewer: Viewer, words: str, limit: int) -> tuple[tuple[str, str, str], ...]:
    """Those of `spaces` with all `words` in their name, without case and accents."""
    wanted = fold(words).split()
    named = ((space, fold(space[1])) for space in spaces(viewer))
    return tuple(space for space, name in named if all(word in name for word in wanted))[:limit]
