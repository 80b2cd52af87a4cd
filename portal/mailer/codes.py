"""Codes by mail, for a link's new device and for signing in (SPEC E3, P4): written, and then sent ahead of all else."""

from typing import Any

from flask_babel import force_locale, gettext as _

from portal.access import Held
from portal.access.read_models import BrandChip
from portal.actions import challenges
from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.mailer.building import place
from portal.mailer.house import House
from portal.mailer.letters import composed
from portal.queries import firm, links


def ask_for_link(held: Held, browser: str, house: House) -> None:
    """Send the code for a new device of who has a link, to the address that its mail went to.

    Raises `TooMany` where that was sent so many within the hour; `SignedOut` when the link is over.
    """
    mail = _mail(held.viewer.language, links.brand_of(held.viewer), held.email, house, "")
    challenges.ask_for_link(held.viewer, browser, mail | {"person_id": held.viewer.person_id})


def answer(house: House) -> bool:
    """Write the mails of those who asked to sign in, where the address is a client's; whether there may be more."""
    asked = links.asked()
    for one in asked:
        reader = links.reader(one.email)
        mail = _mail(reader.language, reader.brand, one.email, house, "sign_in") if reader else None
        challenges.answer(one.challenge_id, mail | {"person_id": reader.person_id} if reader and mail else None)
    if links.forgettable():
        challenges.forget(now())
    return len(asked) == links.MOST


def _mail(language: str, brand: BrandChip | None, email: str, house: House, link: str) -> dict[str, Any]:
    """The words of it. They name the brand and nobody's words: not a discussion's either."""
    key = new_id()
    name, hue = (brand.name, brand.hue) if brand else (firm.firm_name() or "Comptoir", 165)
    with force_locale(language):
        title = _("Sign in") if link else _("Your code")
    values = {
        "title": title,
        "preview": title,
        "code": place("code", key),
        "address": f"{house.url}/sign-in/{place(link, key)}" if link else "",
        "minutes": challenges.LIFE["sign_in" if link else "link"].seconds // 60,
    }
    written = composed("code", "client", language, name, hue, values)
    return written | {"public_id": key, "email": email, "subject": f"{title} · {name}"}
