"""People and their accounts: first run, invitations, disabling, profiles."""

from datetime import timedelta
from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update

from portal import access
from portal.access import Act, Viewer
from portal.actions import participants
from portal.actions.facts import record
from portal.actions.unit import transaction, unit
from portal.extensions import db
from portal.kernel import passwords, text
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.tokens import digest, new_secret
from portal.models import (
    Account,
    Address,
    Brand,
    BrandStaff,
    Device,
    Face,
    Fact,
    Firm,
    Invitation,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)


def found(
    *,
    firm: str,
    brand: str,
    name: str,
    email: str,
    password: str,
    language: str,
    time_zone: str,
) -> None:
    """The first run: firm, first brand and owner. Raises `NotFound` when there is a firm already."""
    firm, brand, name = (checked_name(words) for words in (firm, brand, name))
    email, secret = checked_email(email), passwords.hashed(checked_password(password))
    with transaction():
        if db.session.scalar(select(Firm.id)) is not None:
            raise NotFound
        person = _add_person(name, email, Face.STAFF, language, checked_zone(time_zone))
        db.session.add(Firm(name=firm, language=language, time_zone=time_zone))
        db.session.add(Brand(name=brand, owner_id=person.id, is_default=True))
        db.session.add(
            Account(
                person_id=person.id,
                role=Role.OWNER,
                state=State.ACTIVE,
                password_hash=secret,
            )
        )


def invite(
    viewer: Viewer,
    *,
    name: str,
    email: str,
    role: str,
    language: str,
    days: int,
    brand_keys: tuple[str, ...] = (),
    space_key: str = "",
    space_name: str = "",
) -> tuple[str, str]:
    """Invite staff into brands, or a client into a space; gives (person id, secret of the link).

    The secret is shown once to who invites, and kept as a digest only. A client needs a space: one
    that is there, or a new one by name in the first of `brand_keys`, whose staff the inviter becomes.
    """
    name, email = checked_name(name), checked_email(email)
    if role not in set(Role) - {Role.OWNER}:
        raise Invalid("bad_role")
    with unit(viewer) as viewer:
        access.require(
            viewer, Act.INVITE_CLIENT if role == Role.CLIENT else Act.INVITE_STAFF
        )
        face = Face.CLIENT if role == Role.CLIENT else Face.STAFF
        person = _add_person(name, email, face, language, _firm_zone())
        db.session.add(Account(person_id=person.id, role=role))
        if face == Face.CLIENT:
            _enter_space(person, _space(viewer, space_key, space_name, brand_keys))
        else:
            _work_for(viewer, person, brand_keys)
        return person.public_id, _new_invitation(viewer, person, days)


def invite_again(viewer: Viewer, person_key: str, days: int) -> str:
    """A new link for an invited person; earlier ones end. Gives its secret."""
    with unit(viewer) as viewer:
        person = _invited(viewer, person_key)
        return _new_invitation(viewer, person, days)


def withdraw(viewer: Viewer, person_key: str) -> None:
    """Withdraw the invitation: its link ends. Inviting again makes a new one."""
    with unit(viewer) as viewer:
        _end_invitations(_invited(viewer, person_key))


def accept(secret: str, *, name: str, password: str, time_zone: str) -> str:
    """Become active by an invitation's secret; gives the person's id. Raises `NotFound` when it is over."""
    name, hashed = checked_name(name), passwords.hashed(checked_password(password))
    with transaction():
        invitation, person, account = _open_invitation(secret)
        invitation.accepted_at = now()
        person.name, person.time_zone = name, checked_zone(time_zone)
        account.state, account.password_hash = State.ACTIVE, hashed
        for address in db.session.scalars(
            select(Address).where(Address.person_id == person.id)
        ):
            address.verified_at = now()
        record(None, Fact.ACCOUNT_ACTIVATED, person=person)
        return person.public_id


def invitation(secret: str) -> tuple[str, str]:
    """(name, e-mail) of whom an open invitation is for. Raises `NotFound` when it is over."""
    _, person, _ = _open_invitation(secret)
    email = db.session.scalar(
        select(Address.email).where(Address.person_id == person.id)
    )
    return person.name, email or ""


def disable(viewer: Viewer, person_key: str) -> None:
    """Disable an account: signed out everywhere at once, its discussions left without owner."""
    with unit(viewer) as viewer:
        person, account = _managed(viewer, person_key)
        if account.state == State.DISABLED:
            return
        account.state = State.DISABLED
        _end_invitations(person)
        db.session.execute(
            update(Device)
            .where(Device.person_id == person.id, Device.revoked_at.is_(None))
            .values(revoked_at=now())
        )
        participants.disown(viewer, person)
        record(viewer, Fact.ACCOUNT_DISABLED, person=person)


def enable(viewer: Viewer, person_key: str) -> None:
    """Let a disabled person sign in again; who never had a password is invited again instead."""
    with unit(viewer) as viewer:
        person, account = _managed(viewer, person_key)
        if account.state == State.DISABLED:
            account.state = State.ACTIVE if account.password_hash else State.INVITED
            record(viewer, Fact.ACCOUNT_ENABLED, person=person)


def update_profile(
    viewer: Viewer, *, name: str, language: str, time_zone: str, enter_sends: bool
) -> None:
    """Change one's own name, language, time zone and what Enter does."""
    name = checked_name(name)
    if language not in {"en", "fr"}:
        raise Invalid("bad_language")
    with unit(viewer) as viewer:
        person = db.session.get_one(Person, viewer.person_id)
        person.name, person.language = name, language
        person.time_zone, person.enter_sends = checked_zone(time_zone), enter_sends


def checked_name(name: str) -> str:
    """A name as it is stored. Raises `Invalid`."""
    name = text.clean_line(name)
    if text.is_blank(name):
        raise Invalid("name_empty")
    if len(name) > text.NAME_LIMIT:
        raise Invalid("name_too_long", limit=text.NAME_LIMIT)
    return name


def checked_email(email: str) -> str:
    """An address, case-folded. Raises `Invalid`. Whether it can be delivered to is seen when it is tried."""
    try:
        valid = validate_email(
            email.strip(), check_deliverability=False, test_environment=True
        )
    except EmailNotValidError as error:
        raise Invalid("bad_email") from error
    return valid.normalized.casefold()


def checked_password(password: str) -> str:
    """A password of a length that can be used. Raises `Invalid`."""
    if not passwords.LEAST <= len(password) <= passwords.MOST:
        raise Invalid("bad_password", least=passwords.LEAST, most=passwords.MOST)
    return password


def checked_zone(name: str) -> str:
    """A time zone's name of the IANA database; UTC where it is unknown."""
    return name if name in available_timezones() else "UTC"


def _add_person(
    name: str, email: str, face: str, language: str, time_zone: str
) -> Person:
    if db.session.scalar(select(Address.id).where(Address.email == email)) is not None:
        raise Conflict("email_taken")
    person = Person(name=name, face=face, language=language, time_zone=time_zone)
    db.session.add(person)
    db.session.flush()
    db.session.add(Address(person_id=person.id, email=email))
    return person


def _firm_zone() -> str:
    return db.session.scalar(select(Firm.time_zone)) or "UTC"


def _space(viewer: Viewer, key: str, name: str, brand_keys: tuple[str, ...]) -> Space:
    if key:
        return access.space(viewer, key)
    if not brand_keys:
        raise Invalid("space_needed")
    brand = access.brand(viewer, brand_keys[0])
    space = Space(brand_id=brand.id, name=checked_name(name))
    db.session.add(space)
    db.session.flush()
    db.session.add(SpaceMember(space_id=space.id, person_id=viewer.person_id))
    return space


def _enter_space(person: Person, space: Space) -> None:
    db.session.add(SpaceMember(space_id=space.id, person_id=person.id))


def _work_for(viewer: Viewer, person: Person, brand_keys: tuple[str, ...]) -> None:
    if not brand_keys:
        raise Invalid("brand_needed")
    for key in brand_keys:
        db.session.add(
            BrandStaff(brand_id=access.brand(viewer, key).id, person_id=person.id)
        )


def _new_invitation(viewer: Viewer, person: Person, days: int) -> str:
    _end_invitations(person)
    secret = new_secret()
    db.session.add(
        Invitation(
            person_id=person.id,
            inviter_id=viewer.person_id,
            digest=digest(secret),
            expires_at=now() + timedelta(days=days),
        )
    )
    return secret


def _end_invitations(person: Person) -> None:
    db.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person.id, Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )


def _open_invitation(secret: str) -> tuple[Invitation, Person, Account]:
    query = (
        select(Invitation, Person, Account)
        .join(Person, Person.id == Invitation.person_id)
        .join(Account, Account.person_id == Person.id)
        .where(
            Invitation.digest == digest(secret),
            Invitation.withdrawn_at.is_(None),
            Invitation.accepted_at.is_(None),
            Invitation.expires_at > now(),
            Account.state == State.INVITED,
        )
        .with_for_update(of=Account)
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row.Invitation, row.Person, row.Account


def _invited(viewer: Viewer, person_key: str) -> Person:
    person, account = access.person(viewer, person_key)
    access.require(
        viewer, Act.INVITE_CLIENT if account.role == Role.CLIENT else Act.INVITE_STAFF
    )
    if account.state != State.INVITED:
        raise Conflict("not_invited", name=person.name)
    return person


def _managed(viewer: Viewer, person_key: str) -> tuple[Person, Account]:
    person, account = access.person(viewer, person_key)
    access.require(viewer, Act.MANAGE_PERSON, (person, account))
    return person, account
