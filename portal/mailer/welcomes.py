"""The mail that welcomes a client, written when it is sent: who was removed meanwhile is not welcomed."""

from markupsafe import Markup

from portal.drawing import draw
from portal.kernel import text
from portal.mailer.house import House
from portal.mailer.letters import composed
from portal.queries.mails import Outgoing
from portal.queries.welcomes import welcome


def written(mail: Outgoing, house: House) -> Outgoing | None:
    """The mail with its words; None when there is nothing to welcome to."""
    said = welcome(mail.key)
    if said is None:
        return None
    about = {"reader": said.name, "firm": said.brand.name, "titles": said.titles}
    subject = draw("mail/welcome_subject.txt", "client", said.language, **about).strip()
    values = about | {
        "title": subject,
        "preview": ", ".join(said.titles)[:120],
        "words": said.words,
        "html": Markup(text.render(said.words)),  # which sanitises
        "address": f"{house.url}/",
    }
    drawn = composed("welcome", "client", said.language, said.brand.name, said.brand.hue, values)
    return mail._replace(subject=subject, sender=drawn["sender"], text=drawn["text"], html=drawn["html"])
