"""People and their accounts: first run, disabling, profiles."""

from zoneinfo import available_timezones

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError

from portal import access
from portal.access import Act, Viewer
from portal.actions import joining, links, participants
from portal.actions.facts import record
from portal.actions.unit import transaction, unit
from portal.extensions import db
from portal.kernel import passwords, text
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.models import (
    Account,
    Address,
    AgentReach,
    Brand,
    Device,
    Face,
    Fact,
    Firm,
    Invitation,
    Mails,
    Person,
    Role,
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
    zone = checked_zone(time_zone)
    try:
        with transaction():
            if db.session.scalar(select(Firm.id)) is not None:
                raise NotFound
            # Of two first runs at once (PostgreSQL), the one number there is lets one through.
            db.session.add(Firm(id=1, name=firm, language=language, time_zone=zone))
            person = add_person(name, email, Face.STAFF, language, zone)
            db.session.add(Brand(name=brand, owner_id=person.id, is_default=True))
            db.session.add(Account(person_id=person.id, role=Role.OWNER, state=State.ACTIVE, password_hash=secret))
    except IntegrityError as error:
        raise NotFound from error


def disable(viewer: Viewer, person_key: str) -> None:
    """Disable an account: signed out everywhere at once, its discussions left without owner."""
    with unit(viewer) as viewer:
        person, account = _managed(viewer, person_key)
        if account.state == State.DISABLED:
            return
        account.state = State.DISABLED
        end_invitations(person)
        db.session.execute(
            update(Device).where(Device.person_id == person.id, Device.revoked_at.is_(None)).values(revoked_at=now())
        )
        links.end_all(viewer, person)
        participants.disown(viewer, person)
        joining.forget(person)
        record(viewer, Fact.ACCOUNT_DISABLED, person=person)


def enable(viewer: Viewer, person_key: str) -> None:
    """Let a disabled person sign in again; who never was active is invited again instead."""
    with unit(viewer) as viewer:
        person, account = _managed(viewer, person_key)
        if account.state == State.DISABLED:
            account.state = State.ACTIVE if account.password_hash or _was_active(person) else State.INVITED
            record(viewer, Fact.ACCOUNT_ENABLED, person=person)


def limit(viewer: Viewer, person_key: str, *, reach: str) -> None:
    """Make an exception of an agent: `reach` (own, all) instead of the firm's; empty for none (SPEC P11)."""
    if reach and reach not in set(AgentReach):
        raise Invalid("bad_reach")
    with unit(viewer) as viewer:
        person, account = _managed(viewer, person_key)
        if account.role != Role.AGENT:
            raise Invalid("only_agents")
        account.reach = reach or None
        record(viewer, Fact.REACH_CHANGED, person=person)


def update_profile(
    viewer: Viewer, *, name: str, language: str, time_zone: str, enter_sends: bool, undo: bool = False
) -> None:
    """Change one's own name, language, time zone, what Enter does, and whether what is sent can be undone."""
    name = checked_name(name)
    if language not in {"en", "fr"}:
        raise Invalid("bad_language")
    with unit(viewer) as viewer:
        person = db.session.get_one(Person, viewer.person_id)
        person.name, person.language = name, language
        person.time_zone, person.enter_sends, person.undo = checked_zone(time_zone), enter_sends, undo


def set_mails(viewer: Viewer, wanted: str, *, weekly: bool | None = None) -> None:
    """Choose one's e-mails about messages (SPEC E2, E9): a `Mails`. A digest is for staff. Raises `Invalid`.

    `weekly` is whether a client wants the mail of what we need from them (Z4); None leaves it as it is.
    """
    if wanted not in set(Mails) - (set() if viewer.is_staff else {Mails.DIGEST}):
        raise Invalid("bad_mails")
    with unit(viewer) as viewer:
        person = db.session.get_one(Person, viewer.person_id)
        person.mails = wanted
        person.weekly = person.weekly if weekly is None or viewer.is_staff else weekly


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
    if len(email) > text.EMAIL_LIMIT:
        raise Invalid("bad_email")  # not looked at: that takes a time that grows with the square of its length
    try:
        valid = validate_email(email.strip(), check_deliverability=False, test_environment=True)
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


def add_person(name: str, email: str, face: str, language: str, time_zone: str) -> Person:
    """Inside a unit: a new person with an address that nobody else has. Raises `Conflict`."""
    if db.session.scalar(select(Address.id).where(Address.email == email)) is not None:
        raise Conflict("email_taken")
    person = Person(name=name, face=face, language=language, time_zone=time_zone)
    db.session.add(person)
    db.session.flush()
    db.session.add(Address(person_id=person.id, email=email))
    return person


def end_invitations(person: Person) -> None:
    """Inside a unit: end every open link of `person`."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.person_id == person.id, Invitation.withdrawn_at.is_(None))
        .values(withdrawn_at=now())
    )


def _was_active(person: Person) -> bool:
    """Whether they accepted an invitation: a client may have done so without a password (SPEC P2)."""
    accepted = select(Invitation.id).where(Invitation.person_id == person.id, Invitation.accepted_at.is_not(None))
    return db.session.scalars(accepted).first() is not None


def _managed(viewer: Viewer, person_key: str) -> tuple[Person, Account]:
    person, account = access.person(viewer, person_key)
    access.require(viewer, Act.MANAGE_PERSON, (person, account))
    return person, account
