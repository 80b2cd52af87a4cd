"""What passes among open pages, with no event behind it: who has read, what oneself marked, typed and felt elsewhere.

Told in this process alone, as nothing of it is a fact: pages that another process serves learn of it when they load.
"""

from dataclasses import asdict

from portal import access
from portal.access import Viewer
from portal.actions import drafts, reactions, read_marks
from portal.actions.drafts import Saved
from portal.kernel.errors import NotFound
from portal.live import frames, tell
from portal.live.hub import hub
from portal.queries import seen


def mark(**content: object) -> bytes:
    """A personal frame for marks.js."""
    return frames.personal({"mark": content})


def read(viewer: Viewer, key: str, number: int) -> None:
    """Move the read mark; the person's other pages follow, and whoever may know that they have read it is told."""
    number, reading = read_marks.move(viewer, key, number)
    tell.read(viewer.person_id, key, number)
    if reading is not None:
        _tell_reading(viewer, key, reading)


def unread(viewer: Viewer, key: str, message_key: str) -> None:
    """Move it back to before a message; all own pages follow, and nobody else hears of it."""
    hub.send([viewer.person_id], mark(unread={key: read_marks.unread(viewer, key, message_key)}))


def react(viewer: Viewer, key: str, message_key: str, sign: str, *, on: bool) -> None:
    """Put an emoji to a message, or take it back. What a client put is in no fragment: their own pages are told."""
    (reactions.put if on else reactions.take_back)(viewer, key, message_key, sign)
    if not viewer.is_staff:
        hub.send([viewer.person_id], mark(reaction=[message_key, sign, on]))


def draft(viewer: Viewer, key: str, kind: str, body: str, *, base: int, page: str) -> Saved:
    """Keep what was typed; the person's pages but for `page` show it."""
    saved = drafts.save(viewer, key, kind, body, base=base)
    hub.send([viewer.person_id], mark(draft=[key, kind, saved.body, saved.version, page]))
    return saved


def _tell_reading(viewer: Viewer, key: str, reading: int) -> None:
    """Staff see who has read; a client, that somebody of staff has read their last message, once, and not who."""
    online = hub.online() - {viewer.person_id}
    try:
        conversation = access.conversation(viewer, key).conversation
    except NotFound:  # removed meanwhile
        return
    people = [one for one in access.those_in(conversation.id) if one.person_id in online]
    staff = [one.person_id for one in people if one.face == "staff"]
    if staff:
        by = seen.of_reading(reading)
        hub.send(staff, mark(seen={key: asdict(by) | {"at": by.at.isoformat()}}))
    clients = [one.person_id for one in people if one.face != "staff"]
    if viewer.is_staff and clients:
        for person_id, number in seen.clients_told(conversation.id, reading, clients):
            hub.send([person_id], mark(seen={key: number}))
            hub.send_within(conversation.id, [person_id], mark(seen={key: number}))
