"""What passes among open pages, with no event behind it: who has read, what oneself marked, typed and felt elsewhere.

Told in this process alone, as nothing of it is a fact: pages that another process serves learn of it when they load.
"""

from dataclasses import asdict
from typing import Any

from portal import access
from portal.access import Viewer
from portal.access.marks import DraftView, SeenBy
from portal.actions import drafts, reactions, read_marks
from portal.kernel.errors import NotFound
from portal.live import frames, tell
from portal.live.hub import hub
from portal.queries import drafts as typed, files, seen


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


def draft(viewer: Viewer, key: str, kind: str, body: str, *, base: int, page: str, **more: Any) -> dict[str, Any]:
    """Keep what was typed, and what goes along; the person's pages but for `page` show it.

    Gives its version, another device's words that stand before it now, and its files.
    """
    saved = drafts.save(viewer, key, kind, body, base=base, more=more)
    there = [file.known for file in files.waiting(viewer, saved.files)] if saved.files else []
    hub.send([viewer.person_id], mark(draft=[key, kind, saved.body, saved.version, page, there, saved.reply_to]))
    return {"version": saved.version, "before": saved.before, "files": there}


def standing(viewer: Viewer, key: str) -> list[dict[str, Any]]:
    """What a page that missed frames would know by now: who has read, and one's own drafts, of modes without, too."""
    place = access.conversation(viewer, key)
    number = seen.own(viewer, place)
    told: list[dict[str, Any]] = [{"seen": {key: number}}] if number else []
    told += [{"seen": {key: _reader(by)}} for by in seen.by(viewer, place)]
    if viewer.limit is not None:
        return told
    found = {one.kind: one for one in typed.of(viewer, key)}
    kinds = sorted(drafts.WRITTEN) if viewer.is_staff else ["text"]  # clients have one mode, and hear of no other
    return told + [{"draft": _draft(key, kind, found.get(kind))} for kind in kinds]


def _draft(key: str, kind: str, found: DraftView | None) -> list[Any]:
    """As a frame tells it, from no page."""
    if found is None:
        return [key, kind, "", 0, "", [], ""]
    files = [file.known for file in found.files]
    return [key, kind, found.body, found.version, "", files, found.more.get("reply_to", "")]


def _reader(by: SeenBy) -> dict[str, Any]:
    return asdict(by) | {"at": by.at.isoformat()}


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
        hub.send(staff, mark(seen={key: _reader(by)}))
    clients = [one.person_id for one in people if one.face != "staff"]
    if viewer.is_staff and clients:
        for person_id, number in seen.clients_told(conversation.id, reading, clients):
            hub.send([person_id], mark(seen={key: number}))
            hub.send_within(conversation.id, [person_id], mark(seen={key: number}))
