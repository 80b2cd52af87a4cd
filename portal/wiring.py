"""What follows from each fact, and what the worker does when it is due.

The one table of reactions: no action and no view tells anybody anything.
"""

from collections.abc import Callable, Mapping
from datetime import timedelta
from functools import partial

from portal.actions import files as unsent, previews
from portal.config import Settings
from portal.due import later as due_later
from portal.kernel.seldom import Seldom
from portal.live import tell
from portal.mailbox import processing
from portal.mailbox.imap import Poller
from portal.mailer import codes, notices, outbox, reminders, weekly
from portal.mailer.house import House
from portal.mailer.outbox import Post
from portal.mailer.receipts import Receipts
from portal.mailer.transport import transport
from portal.models import Event, Fact
from portal.queries import facts, incoming, later as waiting, links, mails, reminders as ringing
from portal.queries.due import Sought
from portal.record import erasing, exports

SOON = 2.0  # seconds between two looks at what takes a while anyway
LATE = (2, 4, 6)  # seconds that mails have been due when another connection takes some of them

REACTIONS: Mapping[str, tuple[Callable[[Event], None], ...]] = {
    Fact.MESSAGE_POSTED: (tell.message,),
    Fact.MESSAGE_EDITED: (tell.message, tell.reminded),
    Fact.MESSAGE_DELETED: (tell.message, tell.reminded),
    Fact.MESSAGE_REACTED: (tell.message,),
    Fact.MESSAGE_REACTED_INSIDE: (tell.inside,),
    Fact.MESSAGE_REDRAWN: (tell.message,),
    Fact.MESSAGE_REDRAWN_INSIDE: (tell.inside,),
    Fact.FILE_PREVIEWED: (tell.message,),
    Fact.DISCUSSION_CREATED: (tell.message, tell.row),
    Fact.DISCUSSION_RENAMED: (tell.message, tell.row),
    Fact.DISCUSSION_ARCHIVED: (tell.message, tell.row),
    Fact.DISCUSSION_REOPENED: (tell.message, tell.row),
    Fact.PARTICIPANT_ADDED: (tell.message, tell.added),
    Fact.PARTICIPANT_REMOVED: (tell.message, tell.removed),
    Fact.PARTICIPANT_LEFT: (tell.message, tell.removed),
    Fact.TURN_SET: (tell.staff,),
    Fact.TURN_SHOWN: (tell.turn,),
    Fact.PARTICIPANT_JOINED: (tell.message, tell.added),
    Fact.CLIENTS_ADDED: (tell.message,),
    Fact.CLIENT_AWAITED: (tell.message,),
    Fact.AWAITING_ENDED: (tell.message,),
    Fact.SPACE_CHANGED: (tell.message, tell.staff),
    Fact.SPACE_RENAMED: (tell.message, tell.staff),
    Fact.AUTOMATIC_BEGUN: (tell.message,),
    Fact.AUTOMATIC_ENDED: (tell.message,),
    Fact.OWNERSHIP_TAKEN: (tell.message, tell.added),
    Fact.OWNERSHIP_ANSWERED: (tell.message, tell.added),
    Fact.OWNERSHIP_HANDED: (tell.message,),
    Fact.OWNERSHIP_LOST: (tell.message, tell.staff),
    Fact.CO_OWNERSHIP_GIVEN: (tell.message,),
    Fact.CO_OWNERSHIP_ENDED: (tell.message, tell.staff),
    Fact.ACCOUNT_ACTIVATED: (),
    Fact.ACCOUNT_DISABLED: (tell.signed_out,),
    Fact.ACCOUNT_ENABLED: (),
    Fact.REACH_CHANGED: (tell.rights,),
    Fact.DEVICE_REVOKED: (tell.signed_out,),
    Fact.FIRM_CHANGED: (tell.rights,),
    Fact.LINKS_ENDED: (tell.links,),
    Fact.MAIL_HELD: (tell.held,),
    Fact.MAIL_DECIDED: (tell.held,),
    Fact.LATER_CHANGED: (tell.due,),
    Fact.REMINDER_RANG: (tell.due,),
    Fact.AGREEMENT_GIVEN: (tell.message,),
    Fact.AGREEMENT_REFUSED: (tell.message,),
    Fact.AGREEMENT_WITHDRAWN: (tell.message,),
    Fact.AGREEMENT_ANSWERED: (tell.agreement_inside,),
    Fact.AGREEMENT_CHANGED: (tell.agreement,),
    Fact.DISCUSSION_SEEN_AS: (tell.message,),
    Fact.DISCUSSION_EXPORTED: (tell.message,),
    Fact.DISCUSSION_ERASED: (tell.removed,),
}


def duties(settings: Settings) -> dict[str, Callable[[], bool]]:
    """What the worker does, by name; each does a little and says whether there may be more."""
    house = House.of(settings)
    post = Post(transport(settings.smtp_url, settings.var), house, Receipts(settings.var / "outbox"))
    # Where one cannot keep up, or a mail server hangs, the next joins in, up to four.
    more = {f"outbox {late}": Seldom(partial(outbox.send, post, timedelta(seconds=late)), SOON) for late in LATE}
    told: dict[str, Callable[[], bool]] = {
        "notices": Sought(partial(notices.tell, house), (partial(facts.unread, mails.READER), mails.tellable)),
        "codes": Sought(partial(codes.answer, house), (links.answerable,)),
        "weekly": Seldom(partial(weekly.write, house), 60.0),
        "outbox": Sought(partial(outbox.send, post), (mails.sendable,)),
        **more,
    }
    later = {
        "later": Sought(due_later.send, (waiting.keepable, waiting.deliverable)),
        "reminders": Sought(partial(reminders.ring, house), (ringing.ringable, ringing.answered, ringing.mailable)),
    }
    files: dict[str, Callable[[], bool]] = {
        "previews": Sought(previews.work, (previews.drawable,)),
        "unsent files": Seldom(unsent.sweep),
    }
    return {**told, **_record(settings), **later, **files, **_incoming(settings)}


def _record(settings: Settings) -> dict[str, Callable[[], bool]]:
    """What is done for exports and erasures. What is over goes soon; what brands no longer keep may wait an hour."""
    return {
        "exports": Seldom(partial(exports.make, settings.var), SOON),
        "old exports": Seldom(partial(exports.sweep, settings.var), 5.0),
        "erasures": Seldom(erasing.work, SOON),
        "retention": Seldom(erasing.retire, 3600.0),
    }


def _incoming(settings: Settings) -> dict[str, Callable[[], bool]]:
    """What is done for mail that comes in; a mailbox that does not answer holds up nothing else."""
    sorting = Sought(partial(processing.work, processing.Office.of(settings)), (incoming.sortable,))
    if not settings.imap_url:
        return {"mailbox": sorting}
    return {"mailbox": sorting, "imap": Seldom(Poller(settings.imap_url, settings.reply_address).look, 0.5)}
