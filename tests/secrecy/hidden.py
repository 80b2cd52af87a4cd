"""What staff do among themselves, and with others: nothing of it may move a byte on a client's side."""

from collections.abc import Callable

from portal.actions import (
    co_owners,
    discussions,
    firm,
    later,
    messages,
    participants,
    people,
    pins,
    read_marks,
    reminders,
    turns,
)
from portal.live import marks, typing
from portal.queries import later as later_queries, reminders as reminder_queries
from tests.actions.rows import decide
from tests.secrecy import news
from tests.world import World, token


def share(world: World) -> None:
    """The firm decides about its agents, and Ines makes Hugo a co-owner, takes it back and makes him one again."""
    decide(world, withheld={"create"}, reach="own", co_owners=True)
    people.limit(world.viewer("adam"), world.keys["ines"], reach="all")
    for deed in (co_owners.make, co_owners.unmake, co_owners.make):
        deed(world.viewer("ines"), world.permit, world.keys["hugo"])


def _note(world: World) -> str:
    return messages.post(world.viewer("ines"), world.permit, body="osprey", kind="note", token=token())


def _edited_note(world: World) -> None:
    messages.edit(world.viewer("ines"), world.permit, _note(world), body="osprey two")


def _deleted_note(world: World) -> None:
    messages.delete(world.viewer("ines"), world.permit, _note(world))


def _answered_note(world: World) -> None:
    """It answers a text, mentions all kinds of people and the team, and is answered by another."""
    body = "osprey @Marie Delcourt @Hugo Agent @Nina Agent @the team"
    said = {"kind": "note", "token": token()}
    key = messages.post(world.viewer("ines"), world.permit, body=body, reply_to=world.text, **said)
    messages.post(world.viewer("hugo"), world.permit, body="osprey, too", kind="note", token=token(), reply_to=key)
    messages.edit(world.viewer("ines"), world.permit, key, body=f"{body} again")


def _read(world: World) -> None:
    """What one of staff read before, which a client may know; who else does, and of notes, they may not."""
    for name in ("ines", "hugo"):
        marks.read(world.viewer(name), world.permit, 99)
    marks.unread(world.viewer("hugo"), world.permit, world.text)


def _note_in_the_making(world: World) -> None:
    ines = world.viewer("ines")
    typing.writes(ines, world.permit, "note")
    for kind in ("note", "text"):
        marks.draft(ines, world.permit, kind, "osprey", base=0, page="one")
    typing.writes(ines, world.inside, "text")


def _reactions_among_staff(world: World) -> None:
    for name in ("ines", "hugo"):
        marks.react(world.viewer(name), world.permit, world.note, "🦅", on=True)
    marks.react(world.viewer("hugo"), world.permit, world.note, "🦅", on=False)


def _other_client_at_work(world: World) -> None:
    ines = world.viewer("ines")
    participants.add(ines, world.permit, world.keys["luc"], confirmed=True)
    luc = world.viewer("luc")
    typing.writes(luc, world.permit, "text")
    marks.draft(luc, world.permit, "text", "osprey", base=0, page="one")
    for key in (world.text, world.answer):
        marks.react(luc, world.permit, key, "🦅", on=True)
    marks.read(luc, world.permit, 2**31 - 1)
    marks.unread(luc, world.permit, world.text)
    participants.remove(ines, world.permit, world.keys["luc"])


def _colleague_comes_and_goes(world: World) -> None:
    ines, nina = world.viewer("ines"), world.keys["nina"]
    participants.add(ines, world.permit, nina)
    messages.post(world.viewer("nina"), world.permit, body="osprey", kind="note", token=token())
    read_marks.read(world.viewer("nina"), world.permit, 99)
    participants.remove(ines, world.permit, nina)


def _other_client_comes_and_goes(world: World) -> None:
    ines = world.viewer("ines")
    for history in ("all", "now", "gap"):
        participants.add(ines, world.permit, world.keys["luc"], history=history, confirmed=True)
        read_marks.read(world.viewer("luc"), world.permit, 2**31 - 1)
        participants.remove(ines, world.permit, world.keys["luc"])


def _other_discussions(world: World) -> None:
    ines, north, space = world.viewer("ines"), world.brands["North"], world.spaces["Delcourt"]
    for audience in ("internal", "shared"):
        key = discussions.create(ines, title="Osprey", audience=audience, brand_key=north, space_key=space)
        messages.post(ines, key, body="osprey", token=token())
    participants.add(ines, key, world.keys["luc"])
    messages.post(world.viewer("luc"), key, body="osprey", token=token())


def _among_staff(world: World) -> None:
    messages.post(world.viewer("hugo"), world.inside, body="osprey", token=token())
    ines = world.viewer("ines")
    discussions.rename(ines, world.inside, title="Osprey")
    discussions.archive(ines, world.inside)
    discussions.reopen(ines, world.inside)


def _ownership_passes_on(world: World) -> None:
    permit, keys = world.permit, world.keys
    participants.leave(world.viewer("ines"), permit, successor_key=keys["hugo"])
    participants.add(world.viewer("hugo"), permit, keys["ines"])
    participants.leave(world.viewer("hugo"), permit)
    discussions.take_over(world.viewer("adam"), permit)
    participants.leave(world.viewer("adam"), permit, successor_key=keys["ines"])


def _whose_turn_it_is(world: World) -> None:
    """Marie wrote last: whether that wants an answer is staff's affair."""
    for name, turn in (("hugo", "none"), ("ines", "us")):
        turns.set_turn(world.viewer(name), world.permit, turn)
        pins.pin(world.viewer(name), world.permit, pinned=True)


def _profile(world: World) -> None:
    people.update_profile(world.viewer("nina"), name="Nora Osprey", language="fr", time_zone="UTC", enter_sends=False)


def _disabled(world: World) -> None:
    for name in ("nina", "luc"):
        people.disable(world.viewer("olga"), world.keys[name])


def _brand(world: World) -> None:
    olga = world.viewer("olga")
    firm.save_brand(olga, "", name="Osprey", hue=10, host="osprey.example.com", owner_key=world.keys["olga"])


def _later(world: World) -> None:
    """What staff plan, take back, and are reminded of, is theirs alone."""
    for name in ("ines", "hugo"):
        viewer = world.viewer(name)
        later.schedule(viewer, world.permit, body="osprey", due="+60", token=token(), unless=True)
        later.hold(viewer, world.permit, body="osprey", token=token())
        for one in later_queries.of_person(viewer):
            later.take_back(viewer, one.id)
        reminders.remind(viewer, world.permit, due="+60", message_key=world.answer)
        for asked in reminder_queries.of_person(viewer):
            reminders.done(viewer, asked.id)


def _note_sent_later(world: World) -> None:
    later.schedule(world.viewer("ines"), world.permit, body="osprey", kind="note", due="+60", token=token())
    (one,) = later_queries.of_person(world.viewer("ines"))
    later.send_now(world.viewer("ines"), one.id)


def _announcement(world: World) -> None:
    """Of one that they read, a client hears nothing that others answer; of others nothing at all."""
    if world.news:
        news.others_read(world, "osprey")


HIDDEN: dict[str, Callable[[World], object]] = {
    "a note": _note,
    "a note edited": _edited_note,
    "a note deleted": _deleted_note,
    "a note answered": _answered_note,
    "staff read": _read,
    "sent later, and reminders": _later,
    "a note sent later": _note_sent_later,
    "a note in the making": _note_in_the_making,
    "reactions among staff": _reactions_among_staff,
    "another client at work": _other_client_at_work,
    "a colleague comes and goes": _colleague_comes_and_goes,
    "another client comes and goes": _other_client_comes_and_goes,
    "other discussions": _other_discussions,
    "others and an announcement": _announcement,
    "spaces": lambda world: news.spaces_change(world, "Osprey"),
    "among staff": _among_staff,
    "whose turn it is": _whose_turn_it_is,
    "a colleague's profile": _profile,
    "a new brand": _brand,
    "rights and co-owners": share,
    "ownership passes on": _ownership_passes_on,
    "others are disabled": _disabled,
}
