"""The firm's own settings, and its brands."""

import re
from collections.abc import Collection

from sqlalchemy import select

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record
from portal.actions.people import checked_name
from portal.actions.unit import unit, unless_taken
from portal.extensions import db
from portal.kernel.errors import Conflict, Invalid
from portal.models import AgentReach, Brand, Face, Fact, Firm, Person, StaffNames, State

WAIT, GAP = 24 * 60, 7 * 24 * 60  # minutes; the longest that a mail may wait, and the longest between two
KEPT_MONTHS = 1200
LINK_DAYS = 365
FILE_LIMIT = 500  # MB
HOST = re.compile(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*")


def update_firm(viewer: Viewer, *, name: str, staff_names: str) -> None:
    """Change the firm's name, and how clients see its staff: full, first or brand (SPEC D5)."""
    name = checked_name(name)
    if staff_names not in set(StaffNames):
        raise Invalid("bad_staff_names")
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        firm = db.session.scalars(select(Firm)).one()
        firm.name, firm.staff_names = name, staff_names
        record(viewer, Fact.FIRM_CHANGED)


def update_mails(viewer: Viewer, *, wait: int, gap: int, digest_gap: int, link_days: int, link_codes: bool) -> None:
    """Change how many minutes pass before a mail tells of a message, between two of a discussion and between two
    digests (SPEC E1, E2), how many days links of mails work, and whether new devices give a code for them (E3).
    """
    if not (0 <= wait <= WAIT and 0 <= gap <= GAP and 0 <= digest_gap <= GAP):
        raise Invalid("bad_waits")
    if not 1 <= link_days <= LINK_DAYS:
        raise Invalid("bad_link_days")
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        firm = db.session.scalars(select(Firm)).one()
        firm.mail_wait, firm.mail_gap, firm.digest_gap = wait, gap, digest_gap
        firm.link_days, firm.link_codes = link_days, link_codes


def update_files(viewer: Viewer, *, limit: int) -> None:
    """Change how many MB a file may have. What is there stays."""
    if not 1 <= limit <= FILE_LIMIT:
        raise Invalid("bad_file_limit", most=FILE_LIMIT)
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        db.session.scalars(select(Firm)).one().file_limit = limit


def update_rights(viewer: Viewer, *, allowed: Collection[str], reach: str, co_owners: bool) -> None:
    """Decide which of the rights that the firm may keep from its agents they have, whose clients they find (own, all),
    and whether discussions have co-owners (SPEC P11, D4). At once, for everybody.
    """
    if reach not in set(AgentReach):
        raise Invalid("bad_reach")
    if not set(allowed) <= set(access.SWITCHABLE):
        raise Invalid("bad_right")
    with unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        firm = db.session.scalars(select(Firm)).one()
        firm.withheld = [act.value for act in access.SWITCHABLE if act not in allowed]
        firm.agents_reach, firm.co_owners = reach, co_owners
        record(viewer, Fact.FIRM_CHANGED)


def save_brand(viewer: Viewer, key: str, *, name: str, hue: int, host: str, owner_key: str) -> None:
    """Change the brand `key`, or add one where `key` is empty."""
    name, host = checked_name(name), checked_host(host)
    if not 0 <= hue < 360:
        raise Invalid("bad_hue")
    with unless_taken("host_taken"), unit(viewer) as viewer:
        access.require(viewer, Act.MANAGE_FIRM)
        owner = _owner(viewer, owner_key)
        brand = access.brand(viewer, key) if key else Brand(is_default=False)
        taken = select(Brand.id).where(Brand.host == host)
        if host and db.session.scalar(taken) not in {None, brand.id}:
            raise Conflict("host_taken")
        brand.name, brand.hue, brand.host, brand.owner_id = (
            name,
            hue,
            host or None,
            owner.id,
        )
        db.session.add(brand)
        db.session.flush()
        record(viewer, Fact.FIRM_CHANGED)


def keep(viewer: Viewer, key: str, *, months: int | None) -> None:
    """Have a brand's discussions erased so many months after they were archived (SPEC Z9); None for never."""
    if months is not None and not 1 <= months <= KEPT_MONTHS:
        raise Invalid("bad_months")
    with unit(viewer) as viewer:
        access.require(viewer, Act.ERASE)
        access.brand(viewer, key).keep_months = months
        record(viewer, Fact.FIRM_CHANGED)


def checked_host(host: str) -> str:
    """A host name in lower case, or empty. Raises `Invalid`."""
    host = host.strip().lower().removeprefix("https://").removeprefix("http://").strip("/")
    if host and (len(host) > 253 or not HOST.fullmatch(host)):
        raise Invalid("bad_host")
    return host


def _owner(viewer: Viewer, key: str) -> Person:
    person, account = access.person(viewer, key)
    if person.face != Face.STAFF or account.state != State.ACTIVE:
        raise Invalid("bad_brand_owner")
    return person
