"""What is around a discussion seen as one of its clients does: the e-mail they were sent last about it."""

import re
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import select

from portal import access
from portal.access import Viewer
from portal.extensions import db
from portal.kernel.mime import blank
from portal.models import Mail, MailKind, MailState

_PLACE = re.compile(r"\[\[[a-z_-]{1,20}:[a-z2-7]{26}\]\]")  # of a secret, in words that are kept


class LastMail(NamedTuple):
    """A mail as it was sent, with its links and addresses blanked."""

    subject: str
    sender: str
    sent_at: datetime
    html: str


def last_mail(viewer: Viewer, key: str, person_key: str) -> LastMail | None:
    """The last e-mail that a client, whom the viewer sees the discussion as, was sent about it; None for none."""
    client = access.looked(viewer, key, person_key)
    query = (
        select(Mail.subject, Mail.sender, Mail.sent_at, Mail.html)
        .where(Mail.conversation_id == client.limit, Mail.person_id == client.person_id)
        .where(Mail.kind == MailKind.NOTICE, Mail.state.in_((MailState.SENT, MailState.BOUNCED)), Mail.html != "")
        .order_by(Mail.id.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    if row is None:
        return None
    return LastMail(row.subject, row.sender, row.sent_at, blank(_PLACE.sub("…", row.html)))
