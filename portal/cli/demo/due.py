"""The demo's agreements, what waits to be sent, and what some want to be reminded of."""

from typing import NamedTuple

from portal import access
from portal.actions import agreements, later, reminders
from portal.cli.demo.cast import Cast
from portal.kernel import clock, when
from portal.kernel.tokens import new_send_token
from portal.models import MessageKind
from portal.queries import messages


class Asked(NamedTuple):
    """Who asks for agreement to what they said `about` it, in which words, how many working days ago at what time."""

    title: str
    about: str
    by: str
    words: str
    days: int
    time: str
    who: str = ""  # who agrees, the day after


GO_AHEAD = "So we buy, with the bank’s loan, and claim the allowance. Do you agree?"
IN_ORDER = "Chère Marie, pour la bonne règle : êtes-vous d’accord avec cet échéancier ?"
ASKED = (
    Asked("Finch & Daughters, second oven: lease or buy?", "annual investment", "priya", GO_AHEAD, 7, "9:35", "oliver"),
    Asked("Maison Delcourt, honoraires", "échéancier", "camille", IN_ORDER, 1, "17:40"),
)
WAITS = (
    ("camille", "Maison Delcourt, permis", "Bonjour Marie, avez-vous des nouvelles de la mairie ?", "text"),
    ("grace", "Finch & Daughters, VAT return", "Check the fuel receipts before this is filed.", "note"),
)
REMINDED = (("camille", "Maison Delcourt, permis"), ("grace", "Lantern Books, year-end accounts"))


def agree(cast: Cast, keys: dict[str, str]) -> None:
    """Ask for agreement, and have one client agree; `keys` are discussions by their titles."""
    for one in ASKED:
        key = keys[one.title]
        with clock.at(cast.calendar.at(one.days, one.time)):
            about = _words(cast.viewer(one.by), key, one.about)
            request = agreements.ask(cast.viewer(one.by), key, about, body=one.words, token=new_send_token())
        if one.who:
            with clock.at(cast.calendar.at(one.days - 1, one.time)):
                agreements.answer(cast.viewer(one.who), request, key, agreed=True)


def plan(cast: Cast, keys: dict[str, str]) -> None:
    """What is still to come, when everything else has happened."""
    for who, title, words, kind in WAITS:
        *_, due = when.choices("UTC", clock.now()).values()  # Monday
        viewer, unless = cast.viewer(who), kind == MessageKind.TEXT
        later.schedule(viewer, keys[title], body=words, due=due, token=new_send_token(), kind=kind, unless=unless)
    for who, title in REMINDED:
        viewer, key = cast.viewer(who), keys[title]
        reminders.remind(viewer, key, due="reply")
        reminders.remind(viewer, key, due=when.HOUR, message_key=_words(viewer, key))


def _words(viewer: access.Viewer, key: str, about: str = "") -> str:
    """The newest text of staff that has these words."""
    found = messages.page(viewer, key).messages
    texts = (one for one in reversed(found) if one.kind == MessageKind.TEXT and one.author.by_staff)
    return next(one.id for one in texts if about in one.body)
