"""Whether and when a mail will tell somebody of a message, as far as can be said before it happens (SPEC Z1, Z3)."""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Row

from portal.models import Mails, Notify, State


class Forecast(NamedTuple):
    """`how` is `mail` (at `at`, so many `minutes` after the message), `later` (at `at`: one was sent lately), `digest`,
    or in a word why there will be none.
    """

    how: str
    at: datetime | None = None
    minutes: int = 0


def forecast(row: Row[*tuple[Any, ...]], posted_at: datetime, *, mentioned: bool) -> Forecast:
    """Of a row of `letters.stays` and a message of that moment, which mentions its person or not."""
    if why := why_none(row, mentioned=mentioned):
        return Forecast(why)
    stay, firm = row.Participation, row.Firm
    if row.Person.mails == Mails.DIGEST:
        return Forecast("digest")
    at = posted_at + timedelta(minutes=firm.mail_wait)
    free = stay.mailed_at + timedelta(minutes=firm.mail_gap) if stay.mailed_at else at
    return Forecast("later", free) if free > at else Forecast("mail", at, firm.mail_wait)


def why_none(row: Row[*tuple[Any, ...]], *, mentioned: bool) -> str:
    """Why no mail will tell them, in a word; empty where one will."""
    stay = row.Participation
    found = {
        "disabled": row.state != State.ACTIVE,
        "off": row.Person.mails == Mails.NONE,
        "muted": stay.notify == Notify.NONE,
        "bounced": row.email is None,
        "mentions_only": stay.notify == Notify.MENTIONS and not mentioned,
    }
    return next((reason for reason, holds in found.items() if holds), "")
