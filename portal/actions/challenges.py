"""Codes that prove that a mail reached somebody: asked for, tried, and good once (SPEC E3, P4).

A challenge and its mail are written together; the code is made of the mail's id and stored nowhere.
"""

import hmac
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Select, delete, select

from portal import access
from portal.access import Viewer
from portal.actions.cannon import ASKED_FOR, MOST, WITHIN, too_often
from portal.actions.devices import add_device
from portal.actions.links import mark_used
from portal.actions.unit import transaction
from portal.extensions import db, secret_key
from portal.kernel import tokens
from portal.kernel.clock import now
from portal.kernel.errors import Invalid, NotFound, TooMany
from portal.models import (
    Account,
    Address,
    Challenge,
    Face,
    LinkDevice,
    Mail,
    MailKind,
    Person,
    Purpose,
    State,
)

LIFE: dict[str, timedelta] = {Purpose.LINK: timedelta(minutes=10), Purpose.SIGN_IN: timedelta(minutes=15)}
TRIES = 5  # of one code
AHEAD = timedelta(days=1)  # somebody waits for it: no notice goes out before it


class SignedIn(NamedTuple):
    """A new device's secret, and the address that proved who it is."""

    secret: str
    email: str


def ask_for_link(viewer: Viewer, browser: str, mail: Mapping[str, Any]) -> None:
    """Have the mail with a code for a link's new device sent, unless one is on its way to this browser.

    Raises `TooMany` where its address was sent so many within the hour; `SignedOut` when the link is over.
    """
    with transaction():
        access.still(viewer)
        _alone(viewer.person_id)
        _within_measure(mail["email"])
        challenge = Challenge(purpose=Purpose.LINK, person_id=viewer.person_id, browser=tokens.digest(browser))
        _send(challenge, MailKind.CODE, mail)


def is_asked(viewer: Viewer, browser: str) -> bool:
    """Whether a code that was asked for in this browser, for that person's links, can still be given."""
    return db.session.scalar(_of_link(viewer, browser).with_only_columns(Challenge.id)) is not None


def enter_link(viewer: Viewer, browser: str, code: str, label: str) -> str:
    """Make this browser a device of the link's person by its code; gives the secret for its cookie.

    Raises `Invalid`: `code_wrong`, or `code_over` after so many tries or minutes, or once it was used.
    """
    with transaction():
        access.still(viewer)
        challenge = db.session.scalars(_of_link(viewer, browser).with_for_update()).first()
        if challenge is None:
            raise Invalid("code_over")
        secret = _device(challenge, viewer, label) if _is_right(challenge, code) else None
    if secret is None:
        raise Invalid("code_wrong")
    return secret


def ask_to_sign_in(email: str, browser: str) -> None:
    """Note that somebody in this browser wants to sign in by mail: the same, whoever's address it is (H4)."""
    with transaction():
        _add(Challenge(purpose=Purpose.SIGN_IN, email=email, due=True, browser=tokens.digest(browser)))


def answer(challenge_id: int, mail: Mapping[str, Any] | None) -> None:
    """Write the mail of who asked to sign in; with None, and beyond the measure of an address, there is none."""
    with transaction():
        challenge = db.session.get(Challenge, challenge_id, with_for_update=True)
        if challenge is None or not challenge.due:
            return
        challenge.due = False
        if mail is None:
            return
        _alone(mail["person_id"])
        if not too_often(mail["email"]):
            challenge.person_id = mail["person_id"]
            _send(challenge, MailKind.SIGN_IN, mail)


def forget(before: datetime) -> None:
    """Forget who asked to sign in with an address that is nobody's, once that is over."""
    with transaction():
        db.session.execute(delete(Challenge).where(Challenge.person_id.is_(None), Challenge.ends_at < before))


def enter(browser: str, code: str, label: str) -> SignedIn:
    """Sign in by the code that was asked for in this browser. Raises `Invalid("code_refused")`, whatever is wrong."""
    with transaction():
        mine = (Challenge.browser == tokens.digest(browser)) & (Challenge.tries < TRIES)
        challenge = db.session.scalars(_open(Purpose.SIGN_IN, mine).with_for_update()).first()
        right = challenge is not None and _is_right(challenge, code)
        found = _sign_in(challenge, label) if challenge and right else None
    if found is None:
        raise Invalid("code_refused")
    return found


def by_link(token: str) -> str:
    """Whom the link of a mail would sign in, by name; changes nothing. Raises `NotFound` when it is over."""
    name = db.session.scalar(_linked(token).with_only_columns(Person.name))
    if name is None:
        raise NotFound
    return name


def enter_by_link(token: str, label: str) -> SignedIn:
    """Sign in by the link of a mail, in whichever browser, once. Raises `NotFound` when it is over."""
    with transaction():
        challenge = db.session.scalars(_linked(token).with_for_update(of=Challenge)).first()
        found = _sign_in(challenge, label) if challenge else None
    if found is None:
        raise NotFound
    return found


def _send(challenge: Challenge, kind: MailKind, values: Mapping[str, Any]) -> None:
    mail = Mail(kind=kind, due_at=now() - AHEAD, **values)
    db.session.add(mail)
    db.session.flush()
    challenge.mail_id, challenge.email = mail.id, mail.email
    _add(challenge)


def _add(challenge: Challenge) -> None:
    challenge.ends_at = now() + LIFE[challenge.purpose]
    db.session.add(challenge)


def _alone(person_id: int | None) -> None:
    """Of two who ask for a code of one person, the second counts what the first was sent."""
    db.session.execute(select(Account.person_id).where(Account.person_id == person_id).with_for_update())


def _within_measure(email: str) -> None:
    mailed = _mailed(email)
    if len(mailed) >= MOST:
        raise TooMany(wait=int((mailed[-MOST] + WITHIN - now()).total_seconds()) + 1)


def _mailed(email: str) -> list[datetime]:
    """When an address was sent what anybody can cause within the hour, the oldest first (RELIABILITY M6)."""
    query = select(Mail.created_at).where(Mail.email == email, Mail.created_at > now() - WITHIN)
    return list(db.session.scalars(query.where(*ASKED_FOR).order_by(Mail.id)))


def _open(purpose: Purpose, which: ColumnElement[bool]) -> Select[Challenge]:
    """Those that can still be met, the newest first."""
    query = select(Challenge).where(Challenge.purpose == purpose, Challenge.used_at.is_(None), which)
    return query.where(Challenge.ends_at > now()).order_by(Challenge.id.desc()).limit(1)


def _of_link(viewer: Viewer, browser: str) -> Select[Challenge]:
    here = (Challenge.browser == tokens.digest(browser)) & (Challenge.tries < TRIES)
    return _open(Purpose.LINK, here & (Challenge.person_id == viewer.person_id))


def _linked(token: str) -> Select[Challenge]:
    """Of a mail's link, with whose it is; tries of its code do not count here."""
    key = tokens.unseal(secret_key(), "sign_in", token)
    query = select(Challenge).join(Mail, Mail.id == Challenge.mail_id).join(Person, Person.id == Challenge.person_id)
    query = query.join(Account, Account.person_id == Person.id)
    alive = (Challenge.purpose == Purpose.SIGN_IN) & Challenge.used_at.is_(None) & (Challenge.ends_at > now())
    return query.where(Mail.public_id == key, alive, Account.state == State.ACTIVE, Person.face == Face.CLIENT)


def _is_right(challenge: Challenge, code: str) -> bool:
    """Whether it is the code of the challenge's mail; each look is a try. Of no mail, none is."""
    challenge.tries += 1
    key = db.session.scalar(select(Mail.public_id).where(Mail.id == challenge.mail_id))
    wanted = tokens.code(secret_key(), "code", key or tokens.new_id())
    given = "".join(code.split())
    return hmac.compare_digest(wanted.encode(), given.encode()) and key is not None


def _device(challenge: Challenge, viewer: Viewer, label: str) -> str:
    secret = tokens.new_secret()
    challenge.used_at = now()
    db.session.add(LinkDevice(person_id=viewer.person_id, digest=tokens.digest(secret), label=label[:120]))
    mark_used(viewer.mail_id)
    return secret


def _sign_in(challenge: Challenge, label: str) -> SignedIn | None:
    """A device of who asked, if they may come in now; the challenge is over, its code and its link alike."""
    challenge.used_at = now()
    account = db.session.get(Account, challenge.person_id, with_for_update=True, populate_existing=True)
    if account is None or account.state != State.ACTIVE:
        return None
    _verify(challenge)
    return SignedIn(add_device(account.person_id, label), challenge.email)


def _verify(challenge: Challenge) -> None:
    """Who read the mail has the address."""
    address = db.session.scalars(select(Address).where(Address.email == challenge.email)).first()
    if address and address.person_id == challenge.person_id and address.verified_at is None:
        address.verified_at = now()
