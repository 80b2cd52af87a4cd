"""Who comes by a mail of ours, with its link or by answering it: one person, in one conversation (SPEC E3, E4)."""

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row, Select, and_, select, true

from portal.access.viewer import LINK, MAIL, Limits, Viewer
from portal.extensions import db, secret_key
from portal.kernel import tokens
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, NotFound, SignedOut
from portal.models import Account, Conversation, Firm, LinkDevice, Mail, Participation, Person, State

LIMITS = (Account.reach, Firm.withheld, Firm.agents_reach)
CODES = Firm.link_codes
_USED = LinkDevice.revoked_at.is_(None)


class Held(NamedTuple):
    """Somebody who came by a mail: which discussion (its public id) it is about, and what of it the mail told.

    `since` (exclusive) and `until` (inclusive) are numbers of their face; `notes` is whether it told any note, and
    `codes` whether the firm has a new device give a code.
    """

    viewer: Viewer
    discussion: str
    email: str
    since: int
    until: int
    notes: bool
    codes: bool
    used_at: datetime | None

    @property
    def known(self) -> bool:
        """Whether all of the discussion is theirs here: signed in, on a device that gave a code, or none is wanted."""
        return self.proved or not self.codes

    @property
    def proved(self) -> bool:
        """Whether it is their own device: signed in, or one that gave a code."""
        return self.viewer.via != LINK or self.viewer.link_device is not None

    def beside(self, viewer: Viewer | None) -> "Held":
        """The same where `viewer` is signed in: if that is who the link is for, they need prove nothing more."""
        if viewer is None or viewer.person_id != self.viewer.person_id:
            return self
        return self._replace(viewer=replace(viewer, limit=self.viewer.limit))


class Link(NamedTuple):
    """An open page of a link: its mail, and the device of links, or the sign-in, that lets it see its discussion."""

    mail_id: int
    device_id: int | None = None
    signed_in: bool = False


def by_link(token: str, devices: Collection[str] = ()) -> Held:
    """Who has the link `token`, in the browser with the secrets `devices`. Raises `NotFound` when the link is over."""
    key = tokens.unseal(secret_key(), "link", token)
    query = _mails(LINK).where(Mail.public_id == key, Mail.link_ends_at > now())
    return _held(query, LINK, devices)


def by_answer(secret: str) -> Held:
    """Who was sent the mail that is answered at the address of `secret`. Raises `NotFound`; see `_mails`."""
    return _held(_mails(MAIL).where(Mail.reply == tokens.digest(secret)), MAIL, ())


def confirm(viewer: Viewer, *, hold: bool) -> Viewer:
    """Inside a transaction: the same with the role they have now, to write. Raises `SignedOut` if it ended meanwhile.

    Where the firm wants codes, a link on a device that never gave one writes nothing: `Forbidden`.
    """
    row = _now(viewer, hold=hold)
    if viewer.via == LINK and viewer.link_device is None and row.link_codes:
        raise Forbidden("code_needed")
    return replace(viewer, role=row.role, limits=limits_of(row))


def still(viewer: Viewer) -> None:
    """Inside a transaction: raise `SignedOut` unless the link of `viewer` stands, on a device that is known or not."""
    _now(viewer, hold=False)


def standing(links: Collection[Link]) -> frozenset[Link]:
    """Those of the links that stand: asked for all open pages at once."""
    if not links:
        return frozenset()
    mails, devices = {link.mail_id for link in links}, {link.device_id for link in links}
    query = _mails(LINK).where(Mail.id.in_(mails), Mail.link_ends_at > now())
    found = {row.id: row for row in db.session.execute(query.with_only_columns(Mail.id, Mail.person_id, CODES))}
    theirs = select(LinkDevice.id, LinkDevice.person_id).where(LinkDevice.id.in_(devices), _USED)
    owners = {row.id: row.person_id for row in db.session.execute(theirs)}
    return frozenset(link for link in links if (row := found.get(link.mail_id)) and _stands(link, row, owners))


def _mails(via: str) -> Select[*tuple[Any, ...]]:
    """Mails about a conversation whose person may come in and is in it still: a removal ends links and answers.

    Staff have no links: they sign in.
    """
    there = and_(Participation.conversation_id == Conversation.id, Participation.person_id == Person.id)
    query = (
        select(Mail, Person, Account.role, Conversation.public_id.label("discussion"), CODES, *LIMITS)
        .join(Person, Person.id == Mail.person_id)
        .join(Account, Account.person_id == Person.id)
        .join(Conversation, Conversation.id == Mail.conversation_id)
        .join(Participation, and_(there, Participation.left_at.is_(None)))
        .join(Firm, true())
        .where(Account.state == State.ACTIVE)
    )
    return query.where(Person.face == "client") if via == LINK else query


def _now(viewer: Viewer, *, hold: bool) -> Row[*tuple[Any, ...]]:
    query = _mails(viewer.via).where(Mail.id == viewer.mail_id, Person.id == viewer.person_id)
    if viewer.via == LINK:
        query = query.where(Mail.link_ends_at > now())
    if viewer.link_device is not None:
        query = query.join(
            LinkDevice, and_(LinkDevice.person_id == Person.id, LinkDevice.id == viewer.link_device, _USED)
        )
    row = db.session.execute(query.with_for_update(read=True, of=(Account, Mail)) if hold else query).first()
    if row is None:
        raise SignedOut
    return row


def _stands(link: Link, row: Row[*tuple[Any, ...]], owners: dict[int, int]) -> bool:
    """Whether a page of that link may be open: with its person signed in, on a device of theirs, or without codes."""
    if link.device_id is not None:
        return owners.get(link.device_id) == row.person_id
    return link.signed_in or not row.link_codes


def _held(query: Select[*tuple[Any, ...]], via: str, devices: Collection[str]) -> Held:
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound
    mail = row.Mail
    known = _known(row.Person.id, devices) if devices else None
    viewer = replace(_viewer(row), via=via, limit=mail.conversation_id, mail_id=mail.id, link_device=known)
    return Held(
        viewer, row.discussion, mail.email, mail.since, mail.until, mail.notes, row.link_codes, mail.link_used_at
    )


def _viewer(row: Row[*tuple[Any, ...]]) -> Viewer:
    person = row.Person
    asks = (person.id, person.public_id, person.name, person.face, row.role)
    return Viewer(*asks, person.language, person.time_zone, person.enter_sends, limits_of(row))


def _known(person_id: int, devices: Collection[str]) -> int | None:
    """The browser with one of these secrets, if that person gave a code in it."""
    theirs = select(LinkDevice.id).where(LinkDevice.person_id == person_id, _USED)
    return db.session.scalar(theirs.where(LinkDevice.digest.in_([tokens.digest(device) for device in devices])))


def limits_of(row: Row[*tuple[Any, ...]]) -> Limits:
    """Of a row that ends with `LIMITS`, and has the role."""
    return Limits.of(row.role, *row[-len(LIMITS) :])
