"""Random plays: anybody of the cast tries anything, in any order. What is refused is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from portal.access import SWITCHABLE, Viewer
from portal.actions import co_owners, discussions, firm, messages, participants, read_marks
from portal.kernel.errors import NotFound, Refusal
from portal.queries import discussions as lists, messages as stretches
from tests.world import World, token

ACTORS = ("olga", "adam", "ines", "hugo", "nina", "sam", "marie", "luc", "paul", "zoe", "rosa")
NEWCOMERS = ("hugo", "nina", "marie", "luc", "paul", "zoe", "adam")


@dataclass
class Play:
    """One random play on a world; `act()` does one thing and says what it was."""

    world: World
    chance: Random
    discussions: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.discussions = [self.world.permit, self.world.inside]

    def act(self) -> str:
        """Let somebody do something; the plays lean towards what is usually permitted."""
        kinds: list[tuple[int, Callable[[Viewer, str], object]]] = [
            (8, self._post),
            (4, self._note),
            (4, self._edit),
            (3, self._delete),
            (4, self._add),
            (3, self._remove),
            (1, self._leave),
            (1, self._rename),
            (1, self._archive),
            (1, self._reopen),
            (1, self._take_over),
            (1, self._make_co_owner),
            (1, self._unmake_co_owner),
            (1, self._decide),
            (1, self._start),
            (1, self._publish),
            (2, self._read),
        ]
        deed = self.chance.choices([kind for _, kind in kinds], [weight for weight, _ in kinds])[0]
        name = self.chance.choice(ACTORS + ("ines",) * 14 + ("marie", "hugo") * 5)
        key = self.chance.choice(self.discussions + [self.world.permit] * 2)
        try:
            deed(self.world.viewer(name), key)
            said = "done"
        except Refusal as refusal:
            said = refusal.code
        self.done.append(f"{name} {deed.__name__[1:]}: {said}")
        return said

    def _post(self, viewer: Viewer, key: str) -> None:
        messages.post(viewer, key, body=f"text {self.chance.random()}", token=token())

    def _note(self, viewer: Viewer, key: str) -> None:
        messages.post(viewer, key, body=f"note {self.chance.random()}", kind="note", token=token())

    def _edit(self, viewer: Viewer, key: str) -> None:
        messages.edit(viewer, key, self._some_message(viewer, key), body=f"edited {self.chance.random()}")

    def _delete(self, viewer: Viewer, key: str) -> None:
        messages.delete(viewer, key, self._some_message(viewer, key))

    def _publish(self, viewer: Viewer, key: str) -> None:
        messages.publish(viewer, key, self._some_message(viewer, key), body="published", token=token())

    def _add(self, viewer: Viewer, key: str) -> None:
        person = self.world.keys[self.chance.choice(NEWCOMERS)]
        history = self.chance.choice(("all", "now", "gap"))
        participants.add(viewer, key, person, history=history, confirmed=True)

    def _remove(self, viewer: Viewer, key: str) -> None:
        participants.remove(viewer, key, self.world.keys[self.chance.choice(NEWCOMERS)])

    def _leave(self, viewer: Viewer, key: str) -> None:
        if viewer.key == self.world.keys["ines"] and self.chance.random() < 0.8:
            return  # with its owner a discussion soon falls silent
        successor = self.world.keys[self.chance.choice(("ines", "hugo", "nina"))]
        participants.leave(viewer, key, successor_key=self.chance.choice(("", successor)))

    def _make_co_owner(self, viewer: Viewer, key: str) -> None:
        co_owners.make(viewer, key, self.world.keys[self.chance.choice(("hugo", "nina", "adam"))])

    def _unmake_co_owner(self, viewer: Viewer, key: str) -> None:
        co_owners.unmake(viewer, key, self.world.keys["hugo"])

    def _decide(self, _viewer: Viewer, _key: str) -> None:
        """The firm has co-owners or not, and its agents find all clients or their own."""
        reach = self.chance.choice(("all", "own"))
        firm.update_rights(
            self.world.viewer("olga"), allowed=SWITCHABLE, reach=reach, co_owners=self.chance.random() < 0.8
        )

    def _rename(self, viewer: Viewer, key: str) -> None:
        discussions.rename(viewer, key, title=f"title {self.chance.random()}")

    def _archive(self, viewer: Viewer, key: str) -> None:
        discussions.archive(viewer, key)

    def _reopen(self, viewer: Viewer, key: str) -> None:
        discussions.reopen(viewer, key)

    def _take_over(self, viewer: Viewer, key: str) -> None:
        discussions.take_over(viewer, key)

    def _start(self, viewer: Viewer, key: str) -> None:
        space = self.world.spaces[self.chance.choice(("Delcourt", "Brun"))]
        begun = discussions.start(viewer, title="Begun", body="A question", space_key=space, token=token())
        self.discussions.append(begun)

    def _read(self, viewer: Viewer, key: str) -> None:
        read_marks.read(viewer, key, lists.row(viewer, key)[0].last_number)

    def _some_message(self, viewer: Viewer, key: str) -> str:
        """A message that they see; mostly one of their own."""
        seen = stretches.page(viewer, key).messages
        mine = [message.id for message in seen if message.author.key == viewer.key]
        return self.chance.choice(mine or [message.id for message in seen] or ["none"])


def all_messages(viewer: Viewer, key: str) -> tuple[stretches.MessageView, ...]:
    """What a discussion's pages show somebody, from the oldest; nothing where they are not in it."""
    try:
        page = stretches.page(viewer, key)
    except NotFound:
        return ()
    found = page.messages
    while page.older is not None:
        page = stretches.page(viewer, key, before=page.older)
        found = page.messages + found
    return found
