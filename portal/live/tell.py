"""What browsers are told about an event. Each function is a reaction listed in `wiring`."""

from collections import defaultdict

from portal import access
from portal.access import Recipient
from portal.extensions import db
from portal.live import frames
from portal.live.hub import hub
from portal.models import Event, Face
from portal.queries import facts, happened


def message(event: Event) -> None:
    """Show a message, new or changed, to those who may read it: rendered once for each face and language."""
    sendings = _sendings(event)
    if sendings and not _as_it_was(event):
        sendings = _sendings(event)
    for person_ids, frame in sendings:
        hub.send(person_ids, frame)


def row(event: Event) -> None:
    """Have everybody in the conversation load its row again, each as they may see it."""
    person_ids = [person.person_id for person in access.participants(event)]
    hub.send(person_ids, frames.personal({"row": happened.discussion_key(event)}))


def staff(event: Event) -> None:
    """Have colleagues in the conversation look again at who owns it. Clients must not learn that it changed."""
    person_ids = [person.person_id for person in access.participants(event) if person.face == Face.STAFF]
    hub.send(person_ids, frames.personal({"row": happened.discussion_key(event)}))


def added(event: Event) -> None:
    """Have who was added load the row of their new discussion."""
    if event.person_id is not None:
        hub.send([event.person_id], frames.personal({"row": happened.discussion_key(event)}))


def removed(event: Event) -> None:
    """Tell who was removed, or left, that it is so, and nothing else."""
    if event.person_id is not None:
        hub.send(
            [event.person_id],
            frames.personal({"removed": happened.discussion_key(event)}),
        )


def signed_out(event: Event) -> None:
    """Close the sockets of a device that was signed out, or of an account that was disabled."""
    if event.person_id is not None:
        hub.sign_out(event.person_id, event.device_id)


def rights(event: Event) -> None:
    """Tell whose rights may have changed (one, or all staff) what they may do in the firm now; the page looks again."""
    online = hub.online()
    for viewer in access.staff(event.person_id) if online else ():
        if viewer.person_id in online:
            hub.send([viewer.person_id], frames.personal({"may": sorted(access.granted(viewer))}))


def read(person_id: int, key: str, number: int) -> None:
    """Tell a person's other pages how far they have read. A passing thing, no event."""
    hub.send([person_id], frames.personal({"read": {key: number}}))


def _sendings(event: Event) -> list[tuple[list[int], bytes]]:
    """Who may know of it, and the frame for them."""
    people = _here(access.recipients(event))
    parts = happened.message(event, {face for face, _ in people}) if people else {}
    return [(ids, frames.message(*parts[face], face, language)) for (face, language), ids in people.items()]


def _as_it_was(event: Event) -> bool:
    """Whether nothing changed who may know of it, or what they may read: drawing takes longer than removing."""
    db.session.rollback()
    return facts.only_messages_since(event)


def _here(people: tuple[Recipient, ...]) -> dict[tuple[str, str], list[int]]:
    """Those who have a page open in this process, by face and language."""
    online = hub.online()
    groups: dict[tuple[str, str], list[int]] = defaultdict(list)
    for person in people:
        if person.person_id in online:
            groups[person.face, person.language].append(person.person_id)
    return groups
