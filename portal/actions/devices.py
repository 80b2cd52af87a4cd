"""Signing in and out, and the devices that are signed in."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, update

from portal.access import Viewer
from portal.actions import links
from portal.actions.facts import record
from portal.actions.people import checked_password
from portal.actions.unit import transaction, unit
from portal.extensions import db, rows
from portal.kernel import passwords
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound
from portal.kernel.tokens import digest, new_secret
from portal.models import Account, Address, Device, Fact, Person, State

SEEN_EVERY = timedelta(minutes=10)  # writing it with every request would make every read a write


def sign_in(email: str, password: str, label: str) -> str | None:
    """The secret of a new device, or None: for a wrong password, an unknown address, a disabled account alike."""
    account = db.session.execute(
        select(Account.person_id, Account.password_hash, Account.state)
        .join(Address, Address.person_id == Account.person_id)
        .where(Address.email == email.strip().casefold())
    ).first()
    active = account is not None and account.state == State.ACTIVE
    stored = account.password_hash if account and active else None
    if not passwords.matches(password, stored) or account is None:
        return None
    return _open_by_password(account.person_id, account.password_hash, label)


def open_device_for(person_key: str, label: str) -> str:
    """The secret of a new device of a person who just proved who they are otherwise."""
    person_id = db.session.scalars(select(Person.id).where(Person.public_id == person_key)).one()
    return open_device(person_id, label)


def open_device(person_id: int, label: str) -> str:
    """Add a device; gives the secret for its cookie."""
    with transaction():
        return add_device(person_id, label)


def seen(viewer: Viewer) -> None:
    """Note that the device was used, now and then."""
    used = select(Device.seen_at).where(Device.id == viewer.device_id)
    if (db.session.scalar(used) or now()) > now() - SEEN_EVERY:
        return
    with unit(viewer):
        db.session.execute(update(Device).where(Device.id == viewer.device_id).values(seen_at=now()))


def sign_out(viewer: Viewer) -> None:
    """Sign out the device that asks."""
    with unit(viewer) as viewer:
        _revoke(viewer, Device.id == viewer.device_id)


def revoke(viewer: Viewer, key: str) -> None:
    """Sign out one of one's own devices."""
    with unit(viewer) as viewer:
        if not _revoke(viewer, Device.public_id == key):
            raise NotFound


def revoke_others(viewer: Viewer) -> None:
    """Sign out all of one's devices but this one."""
    with unit(viewer) as viewer:
        _revoke(viewer, Device.id != viewer.device_id)


def change_password(viewer: Viewer, *, current: str, new: str) -> None:
    """Change one's password; every other device is signed out, and every link ends (SPEC P7).

    Who has none yet, and signs in by mail, chooses the first one: there is no `current`.
    """
    stored = db.session.scalar(select(Account.password_hash).where(Account.person_id == viewer.person_id))
    if stored is not None and not passwords.matches(current, stored):
        raise Invalid("wrong_password")
    hashed = passwords.hashed(checked_password(new))
    with unit(viewer) as viewer:
        # What was checked is to be theirs still: of two changes at once, the second is told.
        mine = update(Account).where(
            Account.person_id == viewer.person_id, Account.password_hash.is_not_distinct_from(stored)
        )
        if not rows(mine.values(password_hash=hashed), {}).rowcount:
            raise Invalid("wrong_password")
        _revoke(viewer, Device.id != viewer.device_id)
        links.end_all(viewer, db.session.get_one(Person, viewer.person_id))


def _open_by_password(person_id: int, checked: str, label: str) -> str | None:
    """A device, if the hash that was checked is still theirs.

    Checking takes a while. Without this, a sign-in with the old password that began before a new one
    was set would end after all devices were signed out, and stay.
    """
    with transaction():
        theirs = select(Account.password_hash).where(Account.person_id == person_id, Account.state == State.ACTIVE)
        if db.session.scalar(theirs.with_for_update()) != checked:
            return None
        return add_device(person_id, label)


def add_device(person_id: int, label: str) -> str:
    """Inside a unit: a new device; gives the secret for its cookie."""
    secret = new_secret()
    db.session.add(Device(person_id=person_id, digest=digest(secret), label=label[:120]))
    return secret


def _revoke(viewer: Viewer, which: ColumnElement[bool]) -> int:
    """Sign out those of the viewer's devices, each with its event, so that its sockets close."""
    query = select(Device).where(Device.person_id == viewer.person_id, Device.revoked_at.is_(None), which)
    devices = db.session.scalars(query).all()
    person = db.session.get_one(Person, viewer.person_id)
    for device in devices:
        device.revoked_at = now()
        record(viewer, Fact.DEVICE_REVOKED, person=person, device_id=device.id)
    return len(devices)
