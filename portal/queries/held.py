"""Mails that wait for staff to decide, as those see them whom they concern."""

from typing import Any

from sqlalchemy import Row, Select, func, select
from sqlalchemy.orm import aliased

from portal import access
from portal.access import Viewer
from portal.access.waiting import HeldPage, HeldView
from portal.extensions import db
from portal.models import Account, Conversation, Face, Incoming, Mail, Participation, Person, State

MOST = 50  # of each kind on the page
EMPTY = frozenset({"empty", "broken", "too_large"})  # reasons for which there is nothing that could be posted


def page(viewer: Viewer) -> HeldPage:
    """The newest that wait."""
    held = db.session.execute(_of_discussions(access.held(viewer))).all()
    unknown = db.session.scalars(_newest(access.unknown(viewer))).all() if viewer.is_admin else []
    shown = tuple(_held(row) for row in held[:MOST])
    return HeldPage(shown, tuple(_view(one) for one in unknown[:MOST]), max(len(held), len(unknown)) > MOST)


def count(viewer: Viewer) -> int:
    """How many wait for this viewer."""
    if not viewer.is_staff:
        return 0
    queries = [access.held(viewer), *([access.unknown(viewer)] if viewer.is_admin else [])]
    counts = [select(func.count()).select_from(query.subquery()).scalar_subquery() for query in queries]
    return sum(db.session.execute(select(*counts)).one())


def _newest(query: Select[Any]) -> Select[Any]:
    return query.order_by(Incoming.id.desc()).limit(MOST + 1)


def _of_discussions(query: Select[Incoming]) -> Select[*tuple[Any, ...]]:
    stay = aliased(Participation)
    there = (stay.conversation_id == Incoming.conversation_id) & (stay.person_id == Incoming.person_id)
    return _newest(
        query.join(Conversation, Conversation.id == Incoming.conversation_id)
        .outerjoin(Person, Person.id == Incoming.person_id)
        .outerjoin(Account, Account.person_id == Person.id)
        .outerjoin(stay, there & stay.left_at.is_(None))
        .outerjoin(Mail, Mail.id == Incoming.mail_id)
        .add_columns(Conversation.public_id.label("discussion"), Conversation.title)
        .add_columns(Person.name, Person.face, Account.state, stay.id.label("stay"), Mail.notes)
    )


def _held(row: Row[*tuple[Any, ...]]) -> HeldView:
    mail, over = row.Incoming, row.stay is None or row.state != State.ACTIVE
    client = row.face == Face.CLIENT
    return _view(
        mail,
        discussion_id=row.discussion,
        title=row.title,
        person=row.name or "",
        over=over,
        acceptable=not over and mail.reason not in EMPTY,
        as_note=bool(row.notes) and not client,
        askable=not over and client and mail.reason == "sender" and mail.email.isascii(),
    )


def _view(mail: Incoming, **more: Any) -> HeldView:
    return HeldView(
        id=mail.public_id,
        email=mail.email or mail.sender.strip("<>"),
        subject=mail.subject,
        reason=mail.reason,
        words=mail.words,
        files=tuple(mail.files),
        received_at=mail.received_at,
        size=mail.size,
        **more,
    )
