"""Sends what is queued, each mail by one of all workers, and writes down what became of it."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta
from random import sample
from typing import NamedTuple

from portal.actions import mails as outbox
from portal.kernel.clock import now
from portal.mailer import invitations, weekly, welcomes
from portal.mailer.building import build
from portal.mailer.house import House
from portal.mailer.receipts import Receipts
from portal.mailer.transport import Deferred, Line, Refused, Transport
from portal.models import MailKind
from portal.queries import mails
from portal.queries.mails import Outgoing

MOST = 20  # mails taken in one go
TRIES = 40
SPREAD = 4  # times as many are looked at
WRITTEN_LATE: dict[str, Callable[[Outgoing, House], Outgoing | None]] = {
    MailKind.INVITATION: invitations.written,
    MailKind.WELCOME: welcomes.written,
    MailKind.NEEDS: weekly.written,
}


class Post(NamedTuple):
    """The way out, where mails come from, and what is noted of those that left."""

    transport: Transport
    house: House
    receipts: Receipts | None = None


def send(post: Post, late: timedelta = timedelta()) -> bool:
    """Send what has been due since `late`, over one connection; whether there may be more."""
    if post.receipts and not late:
        post.receipts.settle(outbox.sent)
    due = mails.queued(now() - late, MOST * SPREAD)
    mine = sample(due, min(MOST, len(due)))  # of several at it, each begins elsewhere
    with post.transport.open() as line:
        for one in sorted(mine, key=lambda one: one.at):
            if outbox.take_mail(one.id, one.at):
                _send(line, post, mails.outgoing(one.id))
    return len(due) > len(mine)


def _send(line: Line, post: Post, mail: Outgoing | None) -> None:
    if mail is None:
        return None
    if mail.tries > TRIES:  # over which everybody dies
        return outbox.put_off(mail.id, mail.tries, "given up")
    if mail.kind == MailKind.DIGEST and mail.reason == "removed":
        return outbox.take_back_digest(mail.id)
    if mail.reason:
        return outbox.dropped(mail.id, mail.reason)
    write = WRITTEN_LATE.get(mail.kind)
    ready = write(mail, post.house) if write else mail
    if ready is None:
        return outbox.dropped(mail.id, "over")
    try:
        # What cannot be delivered comes back to where it is answered: its address says which mail it was.
        back = post.house.answered_at(mail.key) or post.house.sender
        line.send(build(ready, post.house), back, mail.email)
    except Deferred as error:
        outbox.put_off(mail.id, mail.tries, str(error))
    except Refused as error:
        outbox.refused(mail.id, str(error), address=error.address)
    else:
        with post.receipts.noted(mail.id) if post.receipts else nullcontext():
            outbox.sent(mail.id)
