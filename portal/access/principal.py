"""From a cookie's secret to a Viewer, and the question whether a Viewer still stands."""

from dataclasses import replace

from sqlalchemy import Select, select

from portal.access.viewer import SYSTEM, Viewer
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.kernel.tokens import digest
from portal.models import Account, Device, Person, State


def _standing() -> Select[Device, Account, Person]:
    """Devices that are signed in, with account and person."""
    return (
        select(Device, Account, Person)
        .join(Account, Account.person_id == Device.person_id)
        .join(Person, Person.id == Device.person_id)
        .where(Device.revoked_at.is_(None), Account.state == State.ACTIVE)
    )


def principal(secret: str) -> Viewer | None:
    """The viewer whose browser holds `secret`, or None when it was signed out or disabled."""
    row = db.session.execute(_standing().where(Device.digest == digest(secret))).first()
    if row is None:
        return None
    device, account, person = row
    return Viewer(
        person_id=person.id,
        key=person.public_id,
        name=person.name,
        face=person.face,
        role=account.role,
        language=person.language,
        time_zone=person.time_zone,
        enter_sends=person.enter_sends,
        device_id=device.id,
    )


def as_person(key: str) -> Viewer:
    """A system viewer acting for the person `key` (jobs, demo, tests). Raises `SignedOut` if unknown or inactive."""
    row = db.session.execute(
        select(Person, Account).join(Account, Account.person_id == Person.id).where(Person.public_id == key)
    ).first()
    if row is None or row.Account.state != State.ACTIVE:
        raise SignedOut
    return Viewer.system(row.Person.id, key, row.Person.name, row.Person.face, row.Account.role)


def confirm(viewer: Viewer, *, hold: bool = False) -> Viewer:
    """Inside a transaction: `viewer` with the role it has now. Raises `SignedOut` if it ended meanwhile.

    The request was let in before the transaction began; a sign-out, a disabling or a new role that
    committed in between must win. With `hold` (PostgreSQL), one that comes later waits for the end of this unit.
    """
    if viewer.via == SYSTEM:
        return viewer
    mine = _standing().where(Device.id == viewer.device_id, Person.id == viewer.person_id)
    if hold:
        mine = mine.with_for_update(read=True, of=(Account, Device))
    row = db.session.execute(mine).first()
    if row is None:
        raise SignedOut
    return replace(viewer, role=row.Account.role)
