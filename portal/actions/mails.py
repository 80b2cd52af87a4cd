"""The outbox: a mail is written in the transaction that says it was told, and sent by whoever claims it first.

Claims are conditional updates of `due_at`: who takes something on puts it off, and who dies over it leaves it
to others.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from sqlalchemy import Executable, Update, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute

from portal.access import scopes
from portal.actions.unit import transaction
from portal.extensions import db, rows
from portal.kernel.clock import now
from portal.models import (
    LAST_NUMBER,
    Address,
    Conversation,
    Cursor,
    Firm,
    Mail,
    MailKind,
    MailState,
    Notice,
    Participation,
    Person,
)
from portal.models.mail import IN_DIGEST

CLAIM = timedelta(minutes=2)  # for a notice to be written
PATIENCE = timedelta(minutes=10)  # for a mail server to take a mail; longer than it may hang
WAITS = tuple(timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240, 480, 960, 1440, 1440))
FULL = 255  # characters of a reason


def read_on(
    reader: str, old: tuple[int, int] | None, new: tuple[int, int], found: Iterable[tuple[int, datetime]]
) -> bool:
    """Move a reader's cursor on from `old` and note who may be due; False where another process did so first."""
    with transaction():
        if old is not None:
            moved = _moved(
                update(Cursor).where(Cursor.name == reader, Cursor.xid == old[0], Cursor.event_id == old[1]), new
            )
            if not moved:
                return False
        elif db.session.scalar(select(Cursor.id).where(Cursor.name == reader)) is None:
            db.session.add(Cursor(name=reader, xid=new[0], event_id=new[1]))
        if noted := [{"participation_id": stay_id, "due_at": due_at} for stay_id, due_at in found]:
            db.session.execute(_note(db.engine.dialect.name), noted)
    return True


def take_notice(stay_id: int, due_at: datetime) -> bool:
    """Claim a notice that is due at that moment: one of all who try gets it."""
    return _claimed(update(Notice).where(Notice.participation_id == stay_id), Notice.due_at, due_at, CLAIM)


def take_mail(mail_id: int, due_at: datetime) -> bool:
    """Claim a mail that is queued for that moment: one of all who try gets it."""
    queued = update(Mail).where(Mail.id == mail_id, Mail.state == MailState.QUEUED)
    return _claimed(queued.values(tries=Mail.tries + 1), Mail.due_at, due_at, PATIENCE)


def tell(stay_id: int, mailed: int, until: int, mail: Mapping[str, Any]) -> bool:
    """Write a notice's mail (or why there is none) and move the stay's mark from `mailed` to `until`, together.

    False where something came between: read or told meanwhile, left, disabled. What was said since is due again
    after the firm's gap.
    """
    with transaction():
        _hold([mail["conversation_id"]])
        told = _told(stay_id, mailed, until)
        if "reason" not in mail:
            told = told.where(Participation.read < until, scopes.active_account(Participation.person_id))
            told = told.values(mailed_at=now())
        done = _hit(told)
        if done:
            # It may begin later than the mark: what was read since the last one is in no mail.
            db.session.add(Mail(**({"kind": MailKind.NOTICE, "since": mailed, "until": until} | dict(mail))))
            _expect_more(stay_id, until)
    return done


def tell_digest(
    person_id: int, last_at: datetime | None, told: Iterable[tuple[int, int, int, int]], mail: Mapping[str, Any]
) -> bool:
    """Write a digest and move the marks of all stays that it tells of: (stay, conversation, mailed, until) of each.

    All of it or nothing: False where another worker was faster (the last one is not `last_at`), or anything of it
    was read or told meanwhile.
    """
    told = list(told)
    try:
        with transaction():
            _hold([conversation_id for _, conversation_id, _, _ in told])
            same = Person.digest_at.is_(None) if last_at is None else Person.digest_at == last_at
            active = scopes.active_account(Person.id)
            _must(update(Person).where(Person.id == person_id, same, active).values(digest_at=now()))
            db.session.add(Mail(kind=MailKind.DIGEST, person_id=person_id, **mail))
            for stay_id, conversation_id, mailed, until in told:
                _must(_told(stay_id, mailed, until).where(Participation.read < until))
                place = {"person_id": person_id, "conversation_id": conversation_id, "since": mailed, "until": until}
                none = {"state": MailState.NONE, "reason": IN_DIGEST + mail["public_id"]}
                db.session.add(Mail(kind=MailKind.NOTICE, **place, **none))
                _expect_more(stay_id, until)
    except _Overtaken:
        return False
    return True


def take_back_digest(mail_id: int) -> None:
    """Do not send a digest whose reader is out of something that it names: what else it told is told anew."""
    with transaction():
        mail = db.session.get_one(Mail, mail_id)
        mail.state, mail.reason = MailState.NONE, "removed"
        inside = (Participation.conversation_id == Mail.conversation_id) & (Participation.person_id == Mail.person_id)
        query = select(Participation, Mail).join(Mail, inside & Participation.left_at.is_(None))
        query = query.where(Mail.person_id == mail.person_id, Mail.reason == IN_DIGEST + mail.public_id)
        for stay, line in db.session.execute(query).all():
            stay.mailed = line.since
            db.session.execute(_note(db.engine.dialect.name), {"participation_id": stay.id, "due_at": now()})
        db.session.get_one(Person, mail.person_id).digest_at = None


def wait_until(stay_id: int, due_at: datetime) -> None:
    """Look at a notice again at that moment."""
    with transaction():
        db.session.execute(update(Notice).where(Notice.participation_id == stay_id).values(due_at=due_at))


def forget(stay_id: int) -> None:
    """A stay that is over is due nothing."""
    with transaction():
        db.session.execute(delete(Notice).where(Notice.participation_id == stay_id))


def sent(mail_id: int) -> None:
    """The mail server has it."""
    _end(mail_id, state=MailState.SENT, sent_at=now(), reason="")


def dropped(mail_id: int, reason: str) -> None:
    """It is not to be sent any more."""
    _end(mail_id, state=MailState.NONE, reason=reason)


def put_off(mail_id: int, tries: int, reason: str) -> None:
    """The mail server could not take it now: it is tried again, later every time, for some days."""
    if tries >= len(WAITS):
        return _end(mail_id, state=MailState.FAILED, reason=reason[:FULL])
    return _end(mail_id, due_at=now() + WAITS[tries], reason=reason[:FULL])


def refused(mail_id: int, reason: str, *, address: bool) -> None:
    """The mail server will never take it; with `address`, because there is nobody at that address."""
    with transaction():
        mail = db.session.get_one(Mail, mail_id)
        mail.state, mail.reason = MailState.BOUNCED if address else MailState.FAILED, reason[:FULL]
        if address:
            gone = update(Address).where(Address.email == mail.email, Address.person_id == mail.person_id)
            db.session.execute(gone.values(bounced_at=now(), bounce=reason[:FULL]))


def _hold(conversation_ids: Iterable[int]) -> None:
    """On PostgreSQL, before any stay: whoever writes or reads there locks in this order, and a mail's row wants both.

    The other way round, the database would end one of the two.
    """
    query = select(Conversation.id).where(Conversation.id.in_(conversation_ids)).order_by(Conversation.id)
    db.session.execute(query.with_for_update(read=True, key_share=True))


class _Overtaken(Exception):
    """Something is not any more as it was."""


def _must(change: Update) -> None:
    if not _hit(change):
        raise _Overtaken


def _told(stay_id: int, mailed: int, until: int) -> Update:
    """Moves a stay's mark, unless it is over or somebody else moved it."""
    still = Participation.id == stay_id, Participation.mailed == mailed, Participation.left_at.is_(None)
    return update(Participation).where(*still).values(mailed=until)


def _expect_more(stay_id: int, until: int) -> None:
    """The notice has been given; what was said since keeps another, for its messages were noticed before it ended."""
    more = (
        select(Firm.mail_gap)
        .select_from(Participation)
        .join(Conversation, Conversation.id == Participation.conversation_id)
        .join(Firm, Firm.id.is_not(None))
        .where(Participation.id == stay_id, until < LAST_NUMBER)
    )
    gap = db.session.scalar(more)
    mine = Notice.participation_id == stay_id
    if gap is None:
        db.session.execute(delete(Notice).where(mine))
    else:
        db.session.execute(update(Notice).where(mine).values(due_at=now() + timedelta(minutes=gap)))


def _claimed(chosen: Any, column: InstrumentedAttribute[datetime], due_at: datetime, time: timedelta) -> bool:
    with transaction():
        return _hit(chosen.where(column == due_at).values({column.key: now() + time}))


def _end(mail_id: int, **values: Any) -> None:
    with transaction():
        db.session.execute(update(Mail).where(Mail.id == mail_id, Mail.state == MailState.QUEUED).values(values))


def _moved(chosen: Any, new: tuple[int, int]) -> bool:
    return _hit(chosen.values(xid=new[0], event_id=new[1]))


def _hit(change: Update) -> bool:
    """Whether there was what it changes: of many who try, one finds it."""
    return rows(change, {}).rowcount == 1


@cache
def _note(dialect: str) -> Executable:
    insert: Any = postgresql.insert if dialect == "postgresql" else sqlite.insert
    return insert(Notice).on_conflict_do_nothing()
