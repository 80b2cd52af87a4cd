"""Mail that comes in: kept before anything else is done, worked on by whoever claims it first, and put in one place.

What becomes of a mail is one conditional update of its row: of many who work on the same, or do so again after a
crash, one decides, and what a mail brings about is written in that same transaction.
"""

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Select, Update, select, update

from portal.access import Viewer
from portal.actions import attachments, messages
from portal.actions.answering import answer
from portal.actions.beside import Beside
from portal.actions.facts import record
from portal.actions.unit import transaction, unless_taken
from portal.extensions import db, rows
from portal.kernel.clock import now
from portal.kernel.errors import Conflict, TooLarge
from portal.kernel.mime import Bounce, Reply
from portal.kernel.mime.parsing import SIZE
from portal.models import Address, Conversation, Fact, Fate, Incoming, Mail, MailState, Message, Way
from portal.storage import storage

CLAIM = timedelta(minutes=5)  # to be worked on; longer than the largest mail takes
WAITS = tuple(timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800))
FULL = 255  # characters of a reason
TOO_LARGE = "too_large"


@dataclass(frozen=True)
class About:
    """What is known of a mail when its place is decided; the ids are internal ones."""

    email: str = ""
    subject: str = ""
    words: str = ""
    files: tuple[str, ...] = ()
    token: str | None = None
    mail_id: int | None = None
    person_id: int | None = None
    conversation_id: int | None = None
    answer: Mapping[str, Any] | None = field(default=None, repr=False)  # a mail that tells its sender


def take(
    raw: bytes,
    way: str,
    *,
    sender: str = "",
    recipients: Iterable[str] = (),
    mark: str | None = None,
    large: bool = False,
) -> str:
    """Keep a mail as it came; gives its public id. The same `mark` is the same mail.

    Of one that is too `large`, `raw` are the headers. `sender` and `recipients` are its envelope's, as far as there
    is one; `<>` is the null sender. When this returns, the mail is on disk and in the database. Raises `TooLarge`,
    `Unavailable`, and `OSError` for a disk that fails.
    """
    if len(raw) > SIZE:
        raise TooLarge("too_large")
    if known := _known(mark):
        return known
    stored = storage().put(raw)
    came = Incoming(
        way=Way(way), mark=mark, file=stored.name, sha256=stored.sha256, size=len(raw),
        sender=_plain(sender), recipients=[_plain(one) for one in recipients], reason=TOO_LARGE if large else "",
    )  # fmt: skip
    try:
        with unless_taken("token_reused"), transaction():
            db.session.add(came)
            db.session.flush()
            key = came.public_id
    except Conflict:
        # Only now is it sure that nobody else needs the file; after any other failure the sweep decides.
        with suppress(OSError):
            storage().delete(stored.name)
        return _known(mark) or ""
    return key


def claim(incoming_id: int, due_at: datetime) -> bool:
    """Take on a mail that is due at that moment: one of all who try gets it. Who dies over it leaves it to others."""
    with transaction():
        due = _new(incoming_id).where(Incoming.due_at == due_at)
        return _hit(due.values(tries=Incoming.tries + 1, due_at=now() + CLAIM))


def put_off(incoming_id: int, tries: int, *, away: bool = False) -> None:
    """It could not be worked on; it is tried again, later every time.

    With `away`, the disk or the database could not: however long that lasts, it is none of the mail's last tries.
    """
    with transaction():
        begun = min(tries, len(WAITS))
        kept = {"tries": begun} if away else {}
        rows(_new(incoming_id).values(due_at=now() + WAITS[begun - 1], **kept), {})


def automatic(incoming_id: int, why: str, about: About) -> None:
    """A machine wrote it."""
    with transaction():
        _end(incoming_id, Fate.AUTOMATIC, why, about)


def bounced(incoming_id: int, bounce: Bounce, about: About) -> None:
    """It reports that a mail of ours did not arrive: its address gets no more, where that is for good."""
    reason = (bounce.reason or bounce.status)[:FULL]
    with transaction():
        if not _end(incoming_id, Fate.BOUNCE, reason if bounce.permanent else "delayed", about):
            return
        mail = db.session.get(Mail, about.mail_id) if about.mail_id and bounce.permanent else None
        if mail is not None:
            mail.state, mail.reason = MailState.BOUNCED, reason
            gone = update(Address).where(Address.email == mail.email, Address.person_id == mail.person_id)
            rows(gone.values(bounced_at=now(), bounce=reason), {})


def unknown(incoming_id: int, why: str, about: About) -> None:
    """It answers no mail of ours, or cannot be read; admins see it."""
    with transaction():
        if _end(incoming_id, Fate.UNKNOWN, why, about):
            record(None, Fact.MAIL_HELD)
            answer(about.answer)


def hold(incoming_id: int, why: str, about: About) -> None:
    """It waits for staff of the conversation to decide, once however often it comes."""
    with transaction():
        # Of the same mail twice at once, the second sees what became of the first.
        db.session.execute(select(Mail.id).where(Mail.id == about.mail_id).with_for_update())
        again = select(Incoming.id).where(
            Incoming.mail_id == about.mail_id, Incoming.token == about.token,
            Incoming.fate.in_((Fate.HELD, Fate.REFUSED, Fate.POSTED)), Incoming.id != incoming_id,
        )  # fmt: skip
        if about.token and db.session.scalar(again) is not None:
            _end(incoming_id, Fate.REPEATED, why, about)
        elif _end(incoming_id, Fate.HELD, why, about):
            record(None, Fact.MAIL_HELD, db.session.get(Conversation, about.conversation_id))
            answer(about.answer)


def post(incoming_id: int, viewer: Viewer, key: str, said: Reply, kind: str, about: About) -> None:
    """Post a mail as its author's message, once however often it comes, with its files and what it quotes.

    Raises as `messages.post` does.
    """

    def end(message_id: int) -> None:
        if not _end(incoming_id, Fate.POSTED, "", about, message_id=message_id):
            raise Conflict("mail_decided")

    try:
        _post(incoming_id, viewer, key, said, kind, about.token or "", end)
    except Conflict:
        # The same mail was posted before, or meanwhile by whoever else worked on it. Else it is tried again.
        db.session.rollback()
        if not _is_posted(viewer, about.token or ""):
            raise
        repeated(incoming_id, about)


def post_held(
    incoming_id: int, viewer: Viewer, key: str, said: Reply, kind: str, token: str, decide: Callable[[], None]
) -> None:
    """The same of a mail that somebody decided about: `decide` is called in the transaction that posts it."""

    def end(message_id: int) -> None:
        decide()
        rows(update(Incoming).where(Incoming.id == incoming_id).values(message_id=message_id), {})

    _post(incoming_id, viewer, key, said, kind, token, end)


def _post(
    incoming_id: int, viewer: Viewer, key: str, said: Reply, kind: str, token: str, end: Callable[[int], None]
) -> None:
    if _is_posted(viewer, token):
        raise Conflict("mail_decided")
    kept, ended = attachments.store(said.files), []

    def keep(message_id: int) -> None:
        ended.append(message_id)
        end(message_id)
        attachments.keep(message_id, incoming_id, said, kept)

    messages.post(viewer, key, body=said.body, kind=kind, token=token, beside=Beside(len(kept), said.lines, keep))
    if not ended:  # it was there already
        raise Conflict("mail_decided")


def repeated(incoming_id: int, about: About) -> None:
    """The message is there already; nothing where this mail is it."""
    with transaction():
        _end(incoming_id, Fate.REPEATED, "", about)


def _end(incoming_id: int, fate: str, why: str, about: About, **more: Any) -> bool:
    """Inside a transaction: put a new mail in its place; False where somebody did so before."""
    known = {
        "email": about.email[:320],
        "subject": about.subject[:500],
        "words": about.words,
        "files": list(about.files),
        "token": about.token,
        "mail_id": about.mail_id,
        "person_id": about.person_id,
        "conversation_id": about.conversation_id,
    }
    return _hit(_new(incoming_id).values(fate=fate, reason=why[:FULL], **known, **more))


def _new(incoming_id: int) -> Update:
    return update(Incoming).where(Incoming.id == incoming_id, Incoming.fate == Fate.NEW)


def _is_posted(viewer: Viewer, token: str) -> bool:
    there: Select[int] = select(Message.id).where(Message.author_id == viewer.person_id, Message.token == token)
    return db.session.scalar(there) is not None


def _known(mark: str | None) -> str | None:
    return db.session.scalar(select(Incoming.public_id).where(Incoming.mark == mark)) if mark else None


def _hit(change: Update) -> bool:
    return rows(change, {}).rowcount == 1


def _plain(address: str) -> str:
    """An address of an envelope as the database can hold it."""
    return address.encode("utf-8", "replace").decode().replace("\x00", "")[:320]
