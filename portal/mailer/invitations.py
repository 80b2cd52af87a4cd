"""The mail of an invitation, written when it is sent: what was withdrawn meanwhile is not."""

from babel.dates import format_date

from portal.drawing import draw
from portal.kernel.tokens import INVITING
from portal.mailer.building import place
from portal.mailer.house import House
from portal.mailer.letters import composed
from portal.queries.invitations import asking
from portal.queries.mails import Outgoing


def written(mail: Outgoing, house: House) -> Outgoing | None:
    """The mail with its words; None when the invitation is over."""
    asked = asking(mail.key)
    if asked is None:
        return None
    name = asked.firm if asked.face == "staff" else asked.brand.name
    about = {"reader": asked.name, "firm": name, "inviter": asked.inviter}
    subject = draw("mail/invitation_subject.txt", asked.face, asked.language, **about).strip()
    values = about | {
        "title": subject,
        "preview": name,
        "address": f"{house.url}/invitations/{place(INVITING, mail.key)}",
        "ends": format_date(asked.ends_at, "long", locale=asked.language),
    }
    drawn = composed("invitation", asked.face, asked.language, name, asked.brand.hue, values)
    return mail._replace(subject=subject, sender=drawn["sender"], text=drawn["text"], html=drawn["html"])
