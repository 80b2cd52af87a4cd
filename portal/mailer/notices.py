"""Tells people by mail of what they have not read (SPEC E1, E2): notes who may be due, and writes what is due."""

import time
from typing import Any

from portal.actions import mails as outbox
from portal.kernel.clock import now
from portal.mailer import letters
from portal.mailer.house import House
from portal.models import MailState
from portal.queries import digests, facts, letters as queries, mails
from portal.queries.letters import Telling
from portal.queries.mails import READER

MOST = 50  # notices written in one go
BREATH = 0.1  # seconds at most that are left to others after one


def tell(house: House) -> bool:
    """Look and write; whether there may be more."""
    more = look()
    return write(house) or more


def look() -> bool:
    """Read on in what happened, and note who may be due a mail; whether there may be more."""
    old = mails.cursor()
    if old is None:
        return outbox.read_on(READER, None, _pair(facts.newest()), ())
    events = facts.after(old)
    if not events:
        return False
    outbox.read_on(READER, _pair(old), _pair(facts.place(events[-1])), mails.unnoticed(events))
    return len(events) == facts.BATCH


def write(house: House) -> bool:
    """Write the mails that are due; whether there may be more."""
    due = mails.notices(now(), MOST)
    for one in due:
        began = time.monotonic()
        if outbox.take_notice(one.id, one.at):
            _write(one.id, house)
        # Pages of the same process come first: thousands may be due at once.
        time.sleep(min(2 * (time.monotonic() - began), BREATH))
    return len(due) == MOST


def _write(stay_id: int, house: House) -> None:
    told = queries.telling(stay_id)
    if told is None:
        outbox.forget(stay_id)
    elif told.digest:
        _write_digest(told, house)
    elif told.letter:
        _tell(told, letters.notice(told.letter, house))
    else:
        _tell_nothing(told)


def _write_digest(told: Telling, house: House) -> None:
    """One mail about all discussions of theirs, unless one was written lately."""
    found = digests.digest(told.person_id)
    if found is None or told.stay_id not in {line.stay_id for line in found.lines}:
        _tell_nothing(told._replace(reason="nothing_new"))
    elif found.next_at and found.next_at > now():
        outbox.wait_until(told.stay_id, found.next_at)
    else:
        lines = ((line.stay_id, line.conversation_id, line.mailed, line.until) for line in found.lines)
        outbox.tell_digest(told.person_id, found.last_at, lines, letters.digest(found, house))


def _tell_nothing(told: Telling) -> None:
    _tell(told, {"state": MailState.NONE, "reason": told.reason})


def _tell(told: Telling, says: dict[str, Any]) -> None:
    about: dict[str, Any] = {"person_id": told.person_id, "conversation_id": told.conversation_id}
    outbox.tell(told.stay_id, told.mailed, told.until, about | says)


def _pair(cursor: facts.Cursor) -> tuple[int, int]:
    return cursor.xid, cursor.id
