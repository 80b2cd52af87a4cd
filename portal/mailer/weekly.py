"""Once a week, what we need from a client (SPEC Z4). Queued at the firm's hour, written when it is sent: whoever has
answered meanwhile is asked nothing."""

from datetime import datetime, timedelta
from typing import Any

from babel.dates import format_date, get_timezone

from portal.actions import weekly as actions
from portal.drawing import draw
from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.kernel.weeks import is_moment, next_moment
from portal.mailer.building import place
from portal.mailer.house import House
from portal.mailer.letters import composed, unsubscribing
from portal.queries import weekly as queries
from portal.queries.mails import Outgoing
from portal.queries.weekly import Due, Line, Needs, When

MOST = 100  # clients looked at in one go
LATE = timedelta(days=2)  # after a moment that was missed, it is left to the next one
APART = timedelta(days=6, hours=12)  # of two mails, whatever the firm sets in between


def write(house: House) -> bool:
    """Note who is new, and queue what is due; whether there may be more."""
    when = queries.when()
    if when is None:
        return False
    new = queries.fresh(MOST)
    if new:
        actions.expect(_first(person_id, brand_id, zone, when) for person_id, brand_id, zone in new)
    due = queries.due(now(), MOST)
    for one in due:
        _write(one, when)
    return MOST in {len(new), len(due)}


def written(mail: Outgoing, house: House) -> Outgoing | None:
    """The mail with its words; None when nothing is needed any more, or no such mail wanted."""
    told = queries.told_in(mail.key)
    if told is None:
        return None
    ends = now() + timedelta(days=told.link_days)
    named = [
        {"conversation_id": line.conversation_id, "since": line.since, "until": line.until, "link_ends_at": ends}
        for line in told.lines
    ]
    keys = actions.lines(mail.key, told.person_id, named)
    words = _words(told, house, mail.key, keys)
    unsubscribe = unsubscribing(f"{house.url}/unsubscribe/{place('unsubscribe', mail.key)}")
    about = mail._replace(headers=unsubscribe, lines=tuple(keys.values()))
    return about._replace(subject=words["subject"], text=words["text"], html=words["html"])


def _first(person_id: int, brand_id: int, zone: str, when: When) -> dict[str, Any]:
    return {"person_id": person_id, "brand_id": brand_id, "due_at": next_moment(now(), zone, *when)}


def _write(one: Due, when: When) -> None:
    next_at = next_moment(max(now(), one.due_at), one.time_zone, *when)
    told = queries.found(one.person_id, one.brand_id) if _its_time(one, when) else None
    if told is None:
        actions.put_off(one.person_id, one.brand_id, one.due_at, next_at)
        return
    mail = {"public_id": new_id(), "sender": told.brand.name, "email": told.email}
    actions.tell(one.person_id, one.brand_id, one.due_at, next_at, mail)


def _its_time(one: Due, when: When) -> bool:
    """Not after another zone or hour was chosen, not long after the moment, and not twice within a week."""
    again = one.told_for is None or one.due_at - one.told_for >= APART
    return again and now() - one.due_at < LATE and is_moment(one.due_at, one.time_zone, *when)


def _words(told: Needs, house: House, key: str, keys: dict[int, str]) -> dict[str, str]:
    title = draw("mail/needs_subject.txt", "client", told.language, firm=told.brand.name, count=len(told.lines)).strip()
    values = {
        "title": title,
        "preview": ", ".join(line.title for line in told.lines)[:120],
        "lines": [_line(line, told, house, keys[line.conversation_id]) for line in told.lines],
        "settings": f"{house.url}/profile",
        "address": f"{house.url}/needs",
        "unsubscribe": f"{house.url}/unsubscribe/{place('unsubscribe', key)}",
    }
    drawn = composed("needs", "client", told.language, told.brand.name, told.brand.hue, values)
    return {"subject": title, "text": drawn["text"], "html": drawn["html"]}


def _line(line: Line, told: Needs, house: House, key: str) -> dict[str, str]:
    since: datetime = line.waits_since.astimezone(get_timezone(told.time_zone))
    return {
        "title": line.title,
        "said": line.said,
        "since": format_date(since, "d MMMM", locale=told.language),
        "address": f"{house.url}/l/{place('link', key)}",
    }
