"""The links of mails and the devices that may use them: used, ended by hand; and mails about a discussion, ended."""

from datetime import timedelta

from sqlalchemy import ColumnElement, select, true, update

from portal import access
from portal.access import Act, Viewer
from portal.actions.facts import record
from portal.actions.unit import transaction, unit
from portal.extensions import db, secret_key
from portal.kernel import tokens
from portal.kernel.clock import now
from portal.kernel.errors import NotFound
from portal.models import Challenge, Fact, LinkDevice, Mail, MailKind, Mails, Notify, Participation, Person, Role
from portal.models.mail import UNSUBSCRIBED_WITHIN

SEEN_EVERY = timedelta(minutes=10)


def used(viewer: Viewer) -> None:
    """Note that a mail's link was used, and its device: by who wrote with it, never by who opened it."""
    lately = now() - SEEN_EVERY
    fresh = select(LinkDevice.id).where(LinkDevice.id == viewer.link_device, LinkDevice.seen_at < lately)
    first = select(Mail.id).where(Mail.id == viewer.mail_id, Mail.link_used_at.is_(None))
    if db.session.execute(first.union_all(fresh)).first() is None:
        return
    with unit(viewer, by_mail=True):
        mark_used(viewer.mail_id)
        db.session.execute(update(LinkDevice).where(LinkDevice.id == viewer.link_device).values(seen_at=now()))


def mark_used(mail_id: int | None) -> None:
    """Inside a unit: a mail's link was used now, if it never was before."""
    db.session.execute(update(Mail).where(Mail.id == mail_id, Mail.link_used_at.is_(None)).values(link_used_at=now()))


def end_own(viewer: Viewer) -> None:
    """End all links that were mailed to the viewer."""
    with unit(viewer) as viewer:
        _end(viewer, db.session.get_one(Person, viewer.person_id), true())


def end(viewer: Viewer, person_key: str, mail_key: str = "") -> None:
    """End a client's links, or that of one mail: for who may invite clients, or manage the account."""
    with unit(viewer) as viewer:
        person, account = access.person(viewer, person_key)
        if account.role != Role.CLIENT:
            raise NotFound
        if not access.can(viewer, Act.MANAGE_PERSON, (person, account)):
            access.require(viewer, Act.INVITE_CLIENT)
        if not _end(viewer, person, Mail.public_id == mail_key if mail_key else true()) and mail_key:
            raise NotFound  # of somebody else, or over


def revoke_device(viewer: Viewer, key: str) -> None:
    """Have one of one's own devices ask for a code again."""
    with unit(viewer) as viewer:
        mine = LinkDevice.person_id == viewer.person_id
        revoked = _revoke_devices(mine & (LinkDevice.public_id == key))
        if not revoked:
            raise NotFound
        _tell(viewer, db.session.get_one(Person, viewer.person_id), revoked)


def end_all(viewer: Viewer, person: Person) -> None:
    """Inside a unit: end whatever lets somebody in without their password, links, devices of links and codes."""
    codes = update(Challenge).where(Challenge.person_id == person.id, Challenge.used_at.is_(None))
    db.session.execute(codes.values(used_at=now()))
    _tell(viewer, person, _revoke_devices(LinkDevice.person_id == person.id))
    _end(viewer, person, true())


def unsubscribe(token: str, *, wanted: bool = False) -> None:
    """No more mails such as the one with this link, or `wanted` again (SPEC E10). Raises `NotFound` for no such link.

    A notice's discussion is muted for the present stay, a digest ends all, a weekly one those like it; whoever has
    left is told nothing of it.
    """
    with transaction():
        mail = db.session.scalars(
            select(Mail).where(
                Mail.public_id == tokens.unseal(secret_key(), "unsubscribe", token),
                Mail.created_at > now() - UNSUBSCRIBED_WITHIN,
            )
        ).first()
        if mail is None:
            raise NotFound
        if mail.kind == MailKind.NOTICE:
            stay = update(Participation).where(
                Participation.conversation_id == mail.conversation_id,
                Participation.person_id == mail.person_id,
                Participation.left_at.is_(None),
            )
            db.session.execute(stay.values(notify=Notify.ALL if wanted else Notify.NONE))
        elif mail.kind == MailKind.NEEDS:
            db.session.execute(update(Person).where(Person.id == mail.person_id).values(weekly=wanted))
        elif mail.kind == MailKind.DIGEST:
            reader = update(Person).where(Person.id == mail.person_id)
            db.session.execute(reader.values(mails=Mails.DIGEST if wanted else Mails.NONE))


def _end(viewer: Viewer, person: Person, which: ColumnElement[bool]) -> int:
    """End those of somebody's links that stand; gives how many."""
    alive = update(Mail).where(Mail.person_id == person.id, Mail.link_ends_at > now(), which)
    ended = db.session.connection().execute(alive.values(link_ends_at=now())).rowcount
    _tell(viewer, person, ended)
    return ended


def _tell(viewer: Viewer, person: Person, ended: int) -> None:
    """Whoever keeps pages open looks again which of them stand; where nothing ended, none fell."""
    if ended:
        record(viewer, Fact.LINKS_ENDED, person=person)


def _revoke_devices(which: ColumnElement[bool]) -> int:
    change = update(LinkDevice).where(which, LinkDevice.revoked_at.is_(None)).values(revoked_at=now())
    return db.session.connection().execute(change).rowcount
