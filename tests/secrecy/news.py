"""Announcements and spaces, as the tests of secrecy have them: what clients answer, and who comes in by themselves."""

from portal.actions import automatic, awaiting, discussions, invitations, messages, participants, readers, spaces, turns
from portal.live import marks
from portal.queries import discussions as lists
from tests.world import World, token


def announced(world: World, *names: str) -> str:
    """Ines announces something to these clients, with Hugo; gives the announcement."""
    ines = world.viewer("ines")
    world.news = discussions.create(
        ines, title="Summer", audience="shared", brand_key=world.brands["North"], kind="announcement"
    )
    participants.add(ines, world.news, world.keys["hugo"])
    readers.add(ines, world.news, [world.keys[name] for name in names])
    messages.post(ines, world.news, body="We are closed in August.", token=token())
    return world.news


def answered(world: World, name: str, body: str) -> str:
    """A client answers the announcement, and staff talk about that; gives where the answer stands."""
    client, ines = world.viewer(name), world.viewer("ines")
    messages.post(client, world.news, body=body, token=token())
    related = lists.discussion(client, world.news).related
    assert related is not None
    messages.post(ines, related.id, body=body, kind="note", token=token())
    turns.set_turn(ines, related.id, "none")
    marks.read(client, world.news, 2**31 - 1)
    return related.id


def others_read(world: World, body: str) -> None:
    """Another client answers what Marie reads too; a third one comes and goes; staff talk among themselves."""
    ines = world.viewer("ines")
    answered(world, "luc", body)
    readers.add(ines, world.news, [world.keys["paul"]], history="now")
    participants.remove(ines, world.news, world.keys["paul"])
    messages.post(ines, world.news, body=body, kind="note", token=token())
    marks.read(world.viewer("hugo"), world.news, 99)


def spaces_change(world: World, name: str) -> None:
    """The permit goes from one space to the other, lets in who comes later, and is back."""
    ines, permit, own = world.viewer("ines"), world.permit, world.spaces["Delcourt"]
    made = spaces.create(ines, name=name, brand_key=world.brands["North"])
    spaces.add(ines, made, world.keys["nina"])
    spaces.link(ines, permit, made)
    automatic.mark(ines, permit, history="now", all_now=True)
    spaces.welcome(ines, own, welcomes=True, words=name)
    for space in ("", own):
        spaces.link(ines, permit, space)
    automatic.mark(ines, permit)
    automatic.unmark(ines, permit)


def expected(world: World, name: str) -> None:
    """Somebody is invited and awaited in the permit, not any more, and again; and comes in."""
    ines = world.viewer("ines")
    key, secret = invitations.invite(
        ines, name=name, email="awaited@example.com", role="client", language="en", days=3,
        space_key=world.spaces["Brun"],
    )  # fmt: skip
    awaiting.ask(ines, world.permit, key, confirmed=True)
    awaiting.withdraw(ines, world.permit, key)
    awaiting.ask(ines, world.permit, key, confirmed=True)
    invitations.accept(secret, name=name, password="", time_zone="UTC")
    assert [person.name for person in lists.discussion(ines, world.permit).participants if person.id == key] == [name]
