"""What the mail of an invitation says, as long as the invitation is open."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select, true
from sqlalchemy.orm import aliased

from portal import access
from portal.access.read_models import BrandChip
from portal.extensions import db, secret_key
from portal.kernel.clock import now
from portal.kernel.tokens import INVITING, digest, seal
from portal.models import Account, Brand, Firm, Invitation, Person, Space, SpaceMember, State


class Asking(NamedTuple):
    """Whom it asks and until when; `inviter` is for colleagues alone: clients meet people by their messages."""

    name: str
    language: str
    time_zone: str
    face: str
    firm: str
    brand: BrandChip
    inviter: str
    ends_at: datetime


def asking(mail_key: str) -> Asking | None:
    """What the mail `mail_key` asks; None when the invitation was accepted, withdrawn or is over."""
    by = aliased(Person)
    query = (
        select(Invitation, Person, Firm.name, by.name)
        .join(Person, Person.id == Invitation.person_id)
        .join(Account, Account.person_id == Person.id)
        .join(by, by.id == Invitation.inviter_id)
        .join(Firm, true())
        .where(Invitation.digest == digest(seal(secret_key(), INVITING, mail_key)), Account.state == State.INVITED)
        .where(Invitation.withdrawn_at.is_(None), Invitation.accepted_at.is_(None), Invitation.expires_at > now())
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    invitation, person, firm, inviter = row
    to_staff = person.face == "staff"
    zone = person.time_zone
    brand = _brand(person.id)
    asked = inviter if to_staff else ""
    return Asking(person.name, person.language, zone, person.face, firm, brand, asked, invitation.expires_at)


def _brand(person_id: int) -> BrandChip:
    """The brand of a client's space; else the firm's own."""
    theirs = (
        select(Brand)
        .join(Space, Space.brand_id == Brand.id)
        .join(SpaceMember, SpaceMember.space_id == Space.id)
        .where(SpaceMember.person_id == person_id)
        .order_by(Space.id)
    )
    own = select(Brand).order_by(Brand.is_default.desc(), Brand.id).limit(1)
    return access.brand_chip(db.session.scalars(theirs).first() or db.session.scalars(own).one())
