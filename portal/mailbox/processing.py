"""What becomes of a mail that came in: one place for each, whatever it is, and none is ever lost.

Machines first, for they are never answered; then which mail of ours it answers, and whether its sender is that
mail's reader. Who is, writes as a `Viewer`, by the same door as everybody. All else waits for people.
"""

import logging
from dataclasses import dataclass, replace

from portal import access
from portal.actions import incoming as actions
from portal.actions.incoming import About
from portal.config import Settings
from portal.kernel import mime
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound, SignedOut, Unavailable
from portal.kernel.mime import Mail, Reply
from portal.mailer.answers import answer
from portal.mailer.house import House
from portal.queries import incoming as queries
from portal.queries.incoming import Bound, Coming

log = logging.getLogger(__name__)

MOST = 20  # mails taken on in one go
TRIES = 6  # after which a mail is left to people
WORDS = 20_000  # characters that are kept for who decides about a held one


@dataclass(frozen=True)
class Office:
    """Where mails of ours are answered, and whose word counts about senders (or "")."""

    house: House
    server: str

    @classmethod
    def of(cls, settings: Settings) -> "Office":
        """This installation's."""
        return cls(House.of(settings), settings.authserv_id)


def work(office: Office) -> bool:
    """Put the mails that are due in their places; whether there may be more."""
    due = queries.due(now(), MOST)
    for one in due:
        if actions.claim(one.id, one.at):
            _work_on(one.id, office)
    return len(due) == MOST


def _work_on(incoming_id: int, office: Office) -> None:
    """One that we cannot read holds up no other: it is tried again, and then shown as it is."""
    coming = queries.coming(incoming_id)
    if coming is None:
        return
    try:
        if coming.tries > TRIES:
            actions.unknown(coming.id, "broken", About())
        else:
            _sort(coming, mime.parse(queries.raw(coming.file)), office)
    except Exception as error:
        away = isinstance(error, Unavailable | OSError) and not isinstance(error, FileNotFoundError)
        log.log(logging.WARNING if away else logging.ERROR, "a mail could not be worked on", exc_info=not away)
        actions.put_off(coming.id, coming.tries, away=away)


def _sort(coming: Coming, mail: Mail, office: Office) -> None:
    bound = queries.answered(mime.secrets(office.house.reply_address, mail, coming.recipients))
    about = About(mail.author.email if mail.author else "", mail.subject)
    if bound:
        about = replace(about, mail_id=bound.mail_id, person_id=bound.person_id, conversation_id=bound.conversation_id)
    if report := mime.bounce(mail):
        back = bound or queries.returned(_own_id(report.original, office.house))
        return actions.bounced(coming.id, report, replace(about, mail_id=back.mail_id if back else None))
    if why := _automatic(coming, mail):
        return actions.automatic(coming.id, why, about)
    said = mime.reply(mail)
    words, files = said.words[:WORDS], tuple(file.name for file in said.files)
    about = replace(about, words=words, files=files)
    if coming.large or "broken" in mail.cut:
        return _keep(coming, mail, bound, about, "too_large" if coming.large else "broken", office)
    if bound is None:
        return _keep(coming, mail, None, about, "unknown", office)
    about = replace(about, token=mime.token(bound.secret, mail, said, coming.sha256))
    reason = _doubt(mail, bound, office.server) or bound.over or ("empty" if said.empty else "")
    reason = reason or _post(coming, bound, said, about)
    return _keep(coming, mail, bound, about, reason, office) if reason else None


def _automatic(coming: Coming, mail: Mail) -> str | None:
    return mime.automatic(mail) or ("null-sender" if coming.sender == "<>" else None)


def _doubt(mail: Mail, bound: Bound, server: str) -> str:
    """Why it is not sure that the mail is from the person to whom ours went (SPEC E5); nothing where it is."""
    if mail.author is None:
        return "unclear"
    if not mime.is_one_of(mail.author.email, bound.emails):
        return "sender"
    return "unproved" if server and not mime.proved(mail, server) else ""


def _post(coming: Coming, bound: Bound, said: Reply, about: About) -> str:
    """Post it; else why it has to wait. A reply to a mail with any note in it is a note (SPEC M6)."""
    try:
        held = access.by_answer(bound.secret)
        kind = "note" if held.notes and held.viewer.is_staff else "text"
        actions.post(coming.id, held.viewer, held.discussion, said, kind, about)
    except (NotFound, SignedOut):
        return "removed"
    except Forbidden:
        return "notes"
    except Invalid:
        return "empty"
    return ""


def _keep(coming: Coming, mail: Mail, bound: Bound | None, about: About, reason: str, office: Office) -> None:
    """Leave it to people, and tell its sender."""
    told = replace(about, answer=answer(reason, mail, bound, office.house))
    if bound and bound.conversation_id is not None:
        actions.hold(coming.id, reason, told)
    else:
        actions.unknown(coming.id, reason, told)


def _own_id(message_id: str | None, house: House) -> str:
    """The public id of the mail of ours with that Message-ID."""
    key, _, domain = (message_id or "").strip("<>").partition("@")
    return key if domain.lower() == house.domain.lower() else ""
