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
from portal.record import erasing, exports

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
    more = {f"outbox {late}": partial(outbox.send, post, timedelta(seconds=late)) for late in LATE}
    told: dict[str, Callable[[], bool]] = {
        "notices": partial(notices.tell, house),
        "codes": partial(codes.answer, house),
    }
    told["weekly"] = Seldom(partial(weekly.write, house), 60.0)
    later: dict[str, Callable[[], bool]] = {"later": due_later.send, "reminders": partial(reminders.ring, house)}
    files: dict[str, Callable[[], bool]] = {"previews": previews.work, "unsent files": Seldom(unsent.sweep)}
    told |= {**_record(settings), "outbox": partial(outbox.send, post)}
    return {**told, **more, **later, **files, **_incoming(settings)}


def _record(settings: Settings) -> dict[str, Callable[[], bool]]:
    """What is done for exports and erasures. What is over goes soon; what brands no longer keep may wait an hour."""
    return {
        "exports": partial(exports.make, settings.var),
        "old exports": Seldom(partial(exports.sweep, settings.var), 5.0),
        "erasures": erasing.work,
        "retention": Seldom(erasing.retire, 3600.0),
    }


def _incoming(settings: Settings) -> dict[str, Callable[[], bool]]:
    """What is done for mail that comes in; a mailbox that does not answer holds up nothing else."""
    sorting = {"mailbox": partial(processing.work, processing.Office.of(settings))}
    looking = {"imap": Poller(settings.imap_url, settings.reply_address).look} if settings.imap_url else {}
    return sorting | looking
