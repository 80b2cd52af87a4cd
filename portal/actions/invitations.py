"""Invitations: how people come in. The link is mailed, and shown once to who invites; only its digest is kept."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal import access
from portal.access import Act, Viewer
from portal.access.read_models import BrandChip
from portal.actions import awaiting, joining
from portal.actions.cannon import TOO_MANY, too_often
from portal.actions.facts import record
from portal.actions.people import (
    add_person,
    checked_email,
    checked_name,
    checked_password,
    checked_zone,
    end_invitations,
)
from portal.actions.unit import transaction, unit, unless_taken
from portal.extensions import db, secret_key
from portal.kernel import passwords
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.kernel.tokens import INVITING, digest, new_id, seal
from portal.models import (
    Account,
    Address,
    Brand,
    BrandStaff,
    Face,
    Fact,
    Firm,
    Invitation,
    Mail,
    MailKind,
    MailState,
    Person,
    Role,
    Space,
    SpaceMember,
    State,
)


@dataclass(frozen=True)
class Invited:
    """Whom an open invitation is for; a client also into which brand, for they need not know of others.

    Staff need a password.
    """

    name: str
    email: str
    brand: BrandChip | None
    face: str = Face.CLIENT


@dataclass(frozen=True)
class Into:
    """Which discussion an invited client is in as soon as they are active: see `awaiting.ask`."""

    key: str
    history: str
    confirmed: bool


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
    into: Into | None = None,
) -> tuple[str, str]:
    """Invite staff into brands, or a client into a space; gives (person id, secret of the link).

    The secret is shown once to who invites, and kept as a digest only. A client needs a space: one
    that is there, or a new one by name in the first of `brand_keys`, whose staff the inviter becomes. With `into`,
    a client is in that discussion as soon as they are active.
    """
    name, email = checked_name(name), checked_email(email)
    if role not in set(Role) - {Role.OWNER}:
        raise Invalid("bad_role")
    with unless_taken("email_taken"), unit(viewer) as viewer:
        standing = access.conversation(viewer, into.key, lock=True) if into else None
        access.require(viewer, Act.INVITE_CLIENT if role == Role.CLIENT else Act.INVITE_STAFF)
        face = Face.CLIENT if role == Role.CLIENT else Face.STAFF
        person = add_person(name, email, face, language, _firm_zone())
        db.session.add(Account(person_id=person.id, role=role))
        if face == Face.CLIENT:
            _enter_space(person, _space(viewer, space_key, space_name, brand_keys))
        else:
            _work_for(viewer, person, brand_keys)
        if into and standing:
            db.session.flush()
            awaiting.expect(viewer, standing, person, into.history, confirmed=into.confirmed)
        return person.public_id, _new_invitation(viewer, person, days)


def invite_again(viewer: Viewer, person_key: str, days: int) -> str:
    """A new link for an invited person; earlier ones end. Gives its secret."""
    with unit(viewer) as viewer:
        person = _invited(viewer, person_key)
        return _new_invitation(viewer, person, days)


def withdraw(viewer: Viewer, person_key: str) -> None:
    """Withdraw the invitation: its link ends. Inviting again makes a new one."""
    with unit(viewer) as viewer:
        person = _invited(viewer, person_key)
        end_invitations(person)
        joining.forget(person)


def accept(secret: str, *, name: str, password: str, time_zone: str) -> str:
    """Become active by an invitation's secret; gives the person's id. Raises `NotFound` when it is over.

    A client may do without a password, and sign in by mail (SPEC P2).
    """
    name, hashed = checked_name(name), passwords.hashed(checked_password(password)) if password else None
    with transaction():
        mine = joining.take_turns_of(_asked(secret))
        invitation, person, account = _open_invitation(secret)
        if hashed is None and person.face != Face.CLIENT:
            checked_password(password)
        invitation.accepted_at = now()
        person.name, person.time_zone = name, checked_zone(time_zone)
        account.state, account.password_hash = State.ACTIVE, hashed
        for address in db.session.scalars(select(Address).where(Address.person_id == person.id)):
            address.verified_at = now()
        record(None, Fact.ACCOUNT_ACTIVATED, person=person)
        if person.face == Face.CLIENT:
            joining.come_in(person, mine)
        return person.public_id


def invitation(secret: str) -> Invited:
    """Whom an open invitation is for. Raises `NotFound` when it is over."""
    _, person, _ = _open_invitation(secret)
    email = db.session.scalar(select(Address.email).where(Address.person_id == person.id))
    brand = db.session.scalars(
        select(Brand)
        .join(Space, Space.brand_id == Brand.id)
        .join(SpaceMember, SpaceMember.space_id == Space.id)
        .where(SpaceMember.person_id == person.id)
        .order_by(Space.id)
    ).first()
    chip = access.brand_chip(brand) if brand and person.face == Face.CLIENT else None
    return Invited(person.name, email or "", chip, person.face)


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
        db.session.add(BrandStaff(brand_id=access.brand(viewer, key).id, person_id=person.id))


def _new_invitation(viewer: Viewer, person: Person, days: int) -> str:
    """A link that is shown to who invites, and mailed: its secret is made of the mail's id, and can be made again."""
    end_invitations(person)
    key = new_id()
    secret = seal(secret_key(), INVITING, key)
    _mail(person, key)
    db.session.add(
        Invitation(
            person_id=person.id,
            inviter_id=viewer.person_id,
            digest=digest(secret),
            expires_at=now() + timedelta(days=days),
        )
    )
    return secret


def _mail(person: Person, key: str) -> None:
    """Its words are written when it is sent. Whoever was invited often of late gets the link by hand (`TOO_MANY`)."""
    db.session.flush()
    email = db.session.scalars(select(Address.email).where(Address.person_id == person.id).order_by(Address.id)).first()
    mail = Mail(public_id=key, kind=MailKind.INVITATION, person_id=person.id, email=email or "")
    if too_often(mail.email):
        mail.state, mail.reason = MailState.NONE, TOO_MANY
    db.session.add(mail)


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
        .with_for_update(of=(Account, Invitation))
    )
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    return row.Invitation, row.Person, row.Account


def _asked(secret: str) -> int:
    """Whom an invitation is for, whether it stands or not; no row is locked yet."""
    return db.session.scalar(select(Invitation.person_id).where(Invitation.digest == digest(secret))) or 0


def _invited(viewer: Viewer, person_key: str) -> Person:
    person, account = access.person(viewer, person_key)
    access.require(viewer, Act.INVITE_CLIENT if account.role == Role.CLIENT else Act.INVITE_STAFF)
    # Locked: whichever of accepting and withdrawing comes first wins, and the other is told.
    state = select(Account.state).where(Account.person_id == person.id).with_for_update()
    if db.session.scalar(state) != State.INVITED:
        raise Conflict("not_invited", name=person.name)
    return person
