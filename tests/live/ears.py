"""Sockets that keep what they are sent, and the tail's work done by hand."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from portal.live.hub import Connection, hub
from portal.queries import facts
from portal.wiring import REACTIONS
from tests.live.page import decode
from tests.world import World


class Ear(Connection):
    """One open page of somebody."""

    def __init__(self, person_id: int) -> None:
        super().__init__(person_id, None, socket.socket())
        self.begun = True
        self.frames: list[bytes] = []

    def send(self, frame: bytes) -> None:
        """Keep the frame."""
        self.frames.append(frame)

    def heard(self) -> list[str]:
        """Everything that came, as text."""
        return [decode(frame) for frame in self.frames]


class Closing(Ear):
    """An open page that knows whether it was closed."""

    closed = False

    def close(self, code: int) -> None:
        """Note it."""
        self.closed = True


@contextmanager
def listening(world: World, *names: str) -> Iterator[dict[str, Ear]]:
    """An open page of each, by name."""
    ears = {name: Ear(world.person_id(name)) for name in names}
    for ear in ears.values():
        hub.add(ear)
    try:
        yield ears
    finally:
        for ear in ears.values():
            hub.remove(ear)


def tell(cursor: facts.Cursor) -> facts.Cursor:
    """What the tail does, now: have every new event told. Gives the place after it."""
    while events := facts.after(cursor):
        for event in events:
            for reaction in REACTIONS[event.name]:
                reaction(event)
            cursor = facts.place(event)
        if len(events) < facts.BATCH:
            break
    return cursor
