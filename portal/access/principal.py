"""From a cookie's secret to a Viewer, and the question whether a Viewer still stands."""

from collections.abc import Iterable
from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import Row, Select, bindparam, select, true

from portal.access import bearers
from portal.access.bearers import LIMITS, limits_of
from portal.access.viewer import SYSTEM, Viewer
from portal.extensions import db, rows
from portal.kernel.errors import SignedOut
from portal.kernel.tokens import digest
from portal.models import Account, Device, Face, Firm, Person, State


@cache
def _holder() -> Select[*tuple[Any, ...]]:
    """What makes a viewer of the holder of `digest`."""
    columns = (Person.undo, Device.id, Person.picture, Person.id, Person.public_id, Person.name, Person.face)
    more = (Account.role, Person.language, Person.time_zone, Person.enter_sends)
    return _signed_in(*columns, *more, *LIMITS).where(Device.digest == bindparam("digest"))


@cache
def _role(hold: bool) -> Select[*tuple[Any, ...]]:
    """The role and limits of the person `me` on their device `device`."""
    mine = _signed_in(Account.role, *LIMITS).where(Device.id == bindparam("device"), Person.id == bindparam("me"))
    return mine.with_for_update(read=True, of=(Account, Device)) if hold else mine


def _signed_in(*columns: Any) -> Select[*tuple[Any, ...]]:
    """Devices that are signed in, with account, person and the firm."""
    return (
        select(*columns)
        .select_from(Device)
        .join(Account, Account.person_id == Device.person_id)
        .join(Person, Person.id == Device.person_id)
        .join(Firm, true())
        .where(Device.revoked_at.is_(None), Account.state == State.ACTIVE)
    )


def principal(secret: str) -> Viewer | None:
    """The viewer whose browser holds `secret`, or None when it was signed out or disabled."""
    row = rows(_holder(), {"digest": digest(secret)}).first()
    if row is None:
        return None
    undo, device_id, picture, *person = row[: -len(LIMITS)]
    return replace(Viewer(*(*person, limits_of(row), device_id, picture)), undo=undo)


def as_person(key: str) -> Viewer:
    """A system viewer acting for the person `key` (jobs, demo, tests). Raises `SignedOut` if unknown or inactive."""
    row = db.session.execute(_active().where(Person.public_id == key)).first()
    if row is None:
        raise SignedOut
    return _acting(row)


def staff(person_id: int | None = None) -> tuple[Viewer, ...]:
    """System viewers of all active staff, or of the one with that internal id."""
    query = _active().where(Person.face == Face.STAFF)
    query = query if person_id is None else query.where(Person.id == person_id)
    return tuple(_acting(row) for row in db.session.execute(query))


def confirm(viewer: Viewer, *, hold: bool = False) -> Viewer:
    """Inside a transaction: `viewer` with the role and limits it has now. Raises `SignedOut` if it ended meanwhile.

    The request was let in before the transaction began; a sign-out, a disabling or a new role that
    committed in between must win. With `hold` (PostgreSQL), one that comes later waits for the end of this unit.
    """
    if viewer.via == SYSTEM:
        return viewer
    if viewer.mail_id is not None:
        return bearers.confirm(viewer, hold=hold)
    row = rows(_role(hold), {"device": viewer.device_id, "me": viewer.person_id}).first()
    if row is None:
        raise SignedOut
    return replace(viewer, role=row.role, limits=limits_of(row))


def signed_in(device_ids: Iterable[int | None]) -> frozenset[int]:
    """Those of these devices that are signed in, of people who may come in."""
    return frozenset(rows(_those(), {"devices": list(device_ids)}).scalars())


@cache
def _those() -> Select[int]:
    """The signed in ones of `devices`."""
    return _signed_in(Device.id).where(Device.id.in_(bindparam("devices", expanding=True)))


def _active() -> Select[*tuple[Any, ...]]:
    """What makes system viewers of those whose account is active."""
    return (
        select(Person.id, Person.public_id, Person.name, Person.face, Account.role, *LIMITS)
        .join(Account, Account.person_id == Person.id)
        .join(Firm, true())
        .where(Account.state == State.ACTIVE)
    )


def _acting(row: Row[*tuple[Any, ...]]) -> Viewer:
    return Viewer.system(row.id, row.public_id, row.name, row.face, row.role, limits_of(row))
