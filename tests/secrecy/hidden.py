"""What staff do among themselves, and with others: nothing of it may move a byte on a client's side."""

from collections.abc import Callable

from portal.actions import co_owners, discussions, firm, messages, participants, people, read_marks
from tests.actions.rows import decide
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


def _read(world: World) -> None:
    for name in ("ines", "hugo"):
        read_marks.read(world.viewer(name), world.permit, 99)


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


def _profile(world: World) -> None:
    people.update_profile(world.viewer("nina"), name="Nora Osprey", language="fr", time_zone="UTC", enter_sends=False)


def _disabled(world: World) -> None:
    for name in ("nina", "luc"):
        people.disable(world.viewer("olga"), world.keys[name])


def _brand(world: World) -> None:
    olga = world.viewer("olga")
    firm.save_brand(olga, "", name="Osprey", hue=10, host="osprey.example.com", owner_key=world.keys["olga"])


HIDDEN: dict[str, Callable[[World], object]] = {
    "a note": _note,
    "a note edited": _edited_note,
    "a note deleted": _deleted_note,
    "staff read": _read,
    "a colleague comes and goes": _colleague_comes_and_goes,
    "another client comes and goes": _other_client_comes_and_goes,
    "other discussions": _other_discussions,
    "among staff": _among_staff,
    "a colleague's profile": _profile,
    "a new brand": _brand,
    "rights and co-owners": share,
    "ownership passes on": _ownership_passes_on,
    "others are disabled": _disabled,
}
