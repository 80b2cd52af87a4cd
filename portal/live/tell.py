"""What browsers are told about an event. Each function is a reaction listed in `wiring`."""

from collections import defaultdict
from collections.abc import Callable

from portal import access
from portal.access import Recipient
from portal.extensions import db
from portal.live import frames, keeper
from portal.live.hub import hub
from portal.models import Event, Face
from portal.queries import facts, happened


def message(event: Event) -> None:
    """Show a message, new or changed, to those who may read it: rendered once for each face and language."""
    _show(event, access.recipients)


def inside(event: Event) -> None:
    """Show a message that changed for staff alone to staff: clients get no frame, for nothing changed for them."""
    _show(event, lambda event: tuple(one for one in access.recipients(event) if one.face == Face.STAFF))


def row(event: Event) -> None:
    """Have everybody in the conversation load its row again, each as they may see it."""
    person_ids = [person.person_id for person in access.participants(event)]
    hub.send(person_ids, frames.personal({"row": happened.discussion_key(event)}))


def staff(event: Event) -> None:
    """Have colleagues in the conversation look again at who owns it. Clients must not learn that it changed."""
    person_ids = [person.person_id for person in access.participants(event) if person.face == Face.STAFF]
    hub.send(person_ids, frames.personal({"row": happened.discussion_key(event)}))


def turn(event: Event) -> None:
    """Have who may read the last text load the row: to clients it says whether we wait for them."""
    staff(event)
    person_ids = [person.person_id for person in access.recipients(event) if person.face != Face.STAFF]
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
        links(event)


def links(event: Event) -> None:
    """Close those of a person's pages of links that are over now."""
    pages = hub.limited([event.person_id]) if event.person_id is not None else []
    for connection in keeper.those_over(pages) or ():
        keeper.end(connection)


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


def held(event: Event) -> None:
    """Have staff whom a held mail concerns look at how many there are: of its conversation, or without one, admins."""
    if event.conversation_id is not None:
        person_ids = [person.person_id for person in access.participants(event) if person.face == Face.STAFF]
    else:
        person_ids = [viewer.person_id for viewer in access.staff() if viewer.is_admin] if hub.online() else []
    hub.send(person_ids, frames.personal({"held": True}))


def due(event: Event) -> None:
    """Have somebody's pages look again at what waits of theirs, and at what they asked to be reminded of."""
    if event.person_id is not None:
        hub.send([event.person_id], frames.personal({"emit": "due"}))


def reminded(event: Event) -> None:
    """Have them look again, too, where a reminder says what a message said before it was changed."""
    found = happened.reminded(event) if hub.online() else set()
    person_ids = [one.person_id for one in access.recipients(event) if one.person_id in found] if found else []
    hub.send(person_ids, frames.personal({"emit": "due"}))


def agreement(event: Event) -> None:
    """Have all who may read a request for agreement look again at it: it was withdrawn, or what it is about changed."""
    _look_again(event, access.recipients(event))


def agreement_inside(event: Event) -> None:
    """The same of an answer: for staff, and for the client whose it is. Others do not learn that there is one."""
    mine = (one for one in access.recipients(event) if event.actor_id == one.person_id or one.face == Face.STAFF)
    _look_again(event, tuple(mine))


def own_row(person_id: int, key: str) -> None:
    """Have a person's other pages load a row that changed for them alone. A passing thing, no event."""
    hub.send([person_id], frames.personal({"row": key}))


def read(person_id: int, key: str, number: int) -> None:
    """Tell a person's other pages how far they have read. A passing thing, no event."""
    hub.send([person_id], frames.personal({"read": {key: number}}))


def _look_again(event: Event, people: tuple[Recipient, ...]) -> None:
    if not people:
        return
    person_ids, frame = [one.person_id for one in people], {"emit": f"agreement-{happened.message_key(event)}"}
    hub.send(person_ids, frames.personal(frame))
    hub.send_within(event.conversation_id or 0, person_ids, frames.personal(frame))


def _show(event: Event, readers: Callable[[Event], tuple[Recipient, ...]]) -> None:
    sendings = _sendings(event, readers)
    if sendings and not _as_it_was(event):
        sendings = _sendings(event, readers)
    for person_ids, frame, alone in sendings:
        hub.send(person_ids, frame)
        hub.send_within(event.conversation_id or 0, person_ids, alone)


def _sendings(event: Event, readers: Callable[[Event], tuple[Recipient, ...]]) -> list[tuple[list[int], bytes, bytes]]:
    """Who may know of it, the frame for them, and the same for pages that have no list."""
    people = _here(readers(event))
    parts = happened.message(event, {face for face, _ in people}) if people else {}
    return [
        (ids, frames.message(*parts[face], face, language), frames.message(parts[face][0], None, face, language))
        for (face, language), ids in people.items()
    ]


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
