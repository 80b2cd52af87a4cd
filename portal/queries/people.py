"""Lists of people, for staff; one's own devices, for everybody."""

from dataclasses import dataclass, replace
from datetime import datetime
from operator import itemgetter

from sqlalchemy import func, select

from portal import access
from portal.access import Act, Viewer
from portal.access.people_models import PersonView
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.kernel.text import fold
from portal.models import (
    Account,
    Address,
    Brand,
    BrandStaff,
    Device,
    Firm,
    Invitation,
    Person,
    Role,
    Space,
    SpaceMember,
)

PAGE = 100


@dataclass(frozen=True)
class DeviceView:
    """A signed-in browser of one's own."""

    id: str
    label: str
    created_at: datetime
    seen_at: datetime
    this: bool


@dataclass(frozen=True)
class BrandView:
    """A brand in the firm's settings."""

    id: str
    name: str
    hue: int
    host: str
    owner_id: str
    owner_name: str
    keep_months: int | None = None


@dataclass(frozen=True)
class FirmView:
    """The firm's settings."""

    name: str
    staff_names: str
    mail_wait: int
    mail_gap: int
    digest_gap: int
    link_days: int
    link_codes: bool
    weekly_day: int | None = 0
    weekly_hour: int = 9
    file_limit: int = 25


def mails_wanted(viewer: Viewer) -> str:
    """Which e-mails about messages the viewer wants: a `Mails`."""
    return db.session.scalars(select(Person.mails).where(Person.id == viewer.person_id)).one()


def weekly_wanted(viewer: Viewer) -> bool:
    """Whether a client wants the weekly e-mail of what we need from them."""
    return db.session.scalars(select(Person.weekly).where(Person.id == viewer.person_id)).one()


def devices(viewer: Viewer) -> tuple[DeviceView, ...]:
    """One's signed-in devices, last used first."""
    query = (
        select(Device)
        .where(Device.person_id == viewer.person_id, Device.revoked_at.is_(None))
        .order_by(Device.seen_at.desc(), Device.id.desc())
    )
    return tuple(
        DeviceView(d.public_id, d.label, d.created_at, d.seen_at, d.id == viewer.device_id)
        for d in db.session.scalars(query)
    )


def people(
    viewer: Viewer, face: str, search: str = "", most: int = PAGE, *, bounced: bool = False
) -> tuple[PersonView, ...]:
    """Staff or clients whom the viewer may know, by name; at most so many. Or of both, those whose mails come back."""
    gone = Person.id.in_(select(Address.person_id).where(Address.bounced_at.is_not(None)))
    query = access.scopes.people(viewer).where(gone if bounced else Person.face == face)
    for word in fold(search).split()[:5]:
        query = query.where(Person.folded.contains(word, autoescape=True))
    found = db.session.execute(query.order_by(Person.folded).limit(most)).all()
    ids = [row.Person.id for row in found]
    address, space, brand = _addresses(ids), _spaces(ids), _brands(ids)
    return tuple(_view(row.Person, row.Account, address.get(row.Person.id), space, brand) for row in found)


def person(viewer: Viewer, key: str) -> PersonView:
    """One of them."""
    found, account = access.person(viewer, key)
    ids = [found.id]
    return _view(found, account, _addresses(ids).get(found.id), _spaces(ids), _brands(ids))


def invitation_ends(viewer: Viewer, key: str) -> datetime | None:
    """When the open invitation of an invited person ends; None where there is none."""
    found, _ = access.person(viewer, key)
    query = select(func.max(Invitation.expires_at)).where(
        Invitation.person_id == found.id,
        Invitation.withdrawn_at.is_(None),
        Invitation.accepted_at.is_(None),
        Invitation.expires_at > now(),
    )
    return db.session.scalar(query)


def may(viewer: Viewer, key: str) -> frozenset[str]:
    """What the viewer may do about somebody's account: `invite` (again, or withdraw), `manage` (disable, enable)."""
    found = access.person(viewer, key)
    invite = Act.INVITE_CLIENT if found[1].role == Role.CLIENT else Act.INVITE_STAFF
    allowed = {"invite": access.can(viewer, invite), "manage": access.can(viewer, Act.MANAGE_PERSON, found)}
    return frozenset(name for name, yes in allowed.items() if yes)


def firm_settings(viewer: Viewer) -> FirmView:
    """The firm's settings, for admins."""
    if not viewer.is_admin:
        raise NotFound
    firm = db.session.scalars(select(Firm)).one()
    mails = (firm.mail_wait, firm.mail_gap, firm.digest_gap, firm.link_days, firm.link_codes)
    weekly = (firm.weekly_day, firm.weekly_hour)
    return FirmView(firm.name, firm.staff_names, *mails, *weekly, firm.file_limit)


def brands(viewer: Viewer) -> tuple[BrandView, ...]:
    """The brands with their settings, for admins."""
    if not viewer.is_admin:
        raise NotFound
    query = select(Brand, Person).join(Person, Person.id == Brand.owner_id).order_by(Brand.id)
    return tuple(
        BrandView(
            row.Brand.public_id,
            row.Brand.name,
            row.Brand.hue,
            row.Brand.host or "",
            row.Person.public_id,
            row.Person.name,
            row.Brand.keep_months,
        )
        for row in db.session.execute(query)
    )


def _view(
    found: Person, account: Account, address: Address | None, spaces: dict[int, list[str]], brands: dict[int, list[str]]
) -> PersonView:
    return replace(
        access.person_view(found, account, address.email if address else ""),
        bounced_at=address.bounced_at if address else None,
        bounce=address.bounce if address else "",
        spaces=tuple(spaces.get(found.id, ())),
        brands=tuple(brands.get(found.id, ())),
    )


def _addresses(ids: list[int]) -> dict[int, Address]:
    """Of each the first, or the first that does not work."""
    query = select(Address).where(Address.person_id.in_(ids))
    sorted_last = query.order_by(Address.bounced_at.is_not(None), Address.id.desc())
    return {address.person_id: address for address in db.session.scalars(sorted_last)}


def _spaces(ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(SpaceMember.person_id, Space.name)
        .join(Space, Space.id == SpaceMember.space_id)
        .where(SpaceMember.person_id.in_(ids))
    )
    # Sorted here: SQLite would go through all spaces by their names.
    return _grouped(sorted(((row[0], row[1]) for row in db.session.execute(query)), key=itemgetter(1)))


def _brands(ids: list[int]) -> dict[int, list[str]]:
    query = (
        select(BrandStaff.person_id, Brand.name)
        .join(Brand, Brand.id == BrandStaff.brand_id)
        .where(BrandStaff.person_id.in_(ids))
        .order_by(Brand.name)
    )
    return _grouped([(row[0], row[1]) for row in db.session.execute(query)])


def _grouped(pairs: list[tuple[int, str]]) -> dict[int, list[str]]:
    groups: dict[int, list[str]] = {}
    for key, value in pairs:
        groups.setdefault(key, []).append(value)
    return groups
