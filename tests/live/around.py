"""What a page asks for by itself, or is told for itself alone: agreements, what waits, drafts, who has read."""

import json
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from portal.kernel.errors import NotFound
from portal.live import marks
from portal.queries import agreements, later, reminders
from tests.live.page import ARTICLE, PARTIAL, decode
from tests.world import World

# The events upon which a message that asks for agreement has its card come again, as its own HTML says them.
ASKS = re.compile(r'id="asks-(\w+)" hx-get="[^"]*" hx-trigger="load, ([\w-]+) from:body, ([\w-]+) from:body"')
WAITING = "due"  # upon which the strip above the composer comes again


@dataclass
class Around:
    """What one page of a discussion shows besides its messages, as it was last asked for."""

    world: World
    name: str
    key: str
    cards: dict[str, object] = field(default_factory=dict)  # by message
    events: dict[str, tuple[str, ...]] = field(default_factory=dict)  # upon which each comes again
    waits: object = None
    drafts: dict[str, object] = field(default_factory=dict)  # by mode
    seen: Counter[str] = field(default_factory=Counter)  # how far, by reader; a client knows of one, without a name
    heard: int = 0  # frames

    def load(self, drawn: list[str]) -> "Around":
        """As the page begins, with these messages."""
        for html in drawn:
            self._show(html)
        try:
            self._wait()
            for told in marks.standing(self.world.viewer(self.name), self.key):
                self._told(told)
        except NotFound:
            pass
        return self

    def listen(self, frames: list[bytes]) -> None:
        """Hear what came since it last listened."""
        for frame in frames[self.heard :]:
            self._hear(decode(frame))
        self.heard = len(frames)

    def _hear(self, frame: str) -> None:
        """Do what its scripts do at once: what is asked for is what is there at this moment."""
        if frame.startswith("{"):
            told = json.loads(frame)
            self._again(told.get("emit", ""))
            self._told(told.get("mark", {}))
            return
        for key, content in PARTIAL.findall(frame):
            for article in ARTICLE.finditer(content) if key == self.key else ():
                self._show(article.group(0))

    def differs(self, fresh: "Around") -> list[object]:
        """What another page, loaded now, shows otherwise. A page that has seen a mark may know of more."""
        mine, its = (vars(one) for one in (self, fresh))
        found: list[object] = [(name, mine[name], its[name]) for name in ("cards", "waits") if mine[name] != its[name]]
        kept = [{kind: said for kind, said in one.drafts.items() if said[0]} for one in (self, fresh)]  # type: ignore[index]
        if kept[0] != kept[1]:
            found.append(("drafts", *kept))
        return found + [("seen", self.seen, fresh.seen)] * bool(fresh.seen - self.seen)

    def holds(self) -> set[str]:
        """What there is, in words: a play that never comes to it proves nothing of it."""
        said = repr(self.cards) + repr(self.waits)
        kinds = {"answered": "AnswerView(", "withdrawn": "withdrawn=True", "changed": "changed=True"}
        kinds |= {"waiting": "LaterView(", "reminded": "ReminderView("}
        found = {kind for kind, sign in kinds.items() if sign in said}
        return found | {name for name in ("drafts", "seen") if any(vars(self)[name].values())}

    def _show(self, html: str) -> None:
        """A message came, or came anew: with what it asks for."""
        found = ARTICLE.search(html)
        assert found is not None
        asks = ASKS.search(html)
        if asks is None:
            self.cards.pop(found.group(1), None)
            return
        self.events[asks.group(1)] = asks.groups()[1:]
        self._ask(asks.group(1))

    def _again(self, event: str) -> None:
        if event == WAITING:
            self._wait()
        for message in [one for one in self.cards if event in self.events[one]]:
            self._ask(message)

    def _ask(self, message: str) -> None:
        viewer = self.world.viewer(self.name)
        try:
            staff = viewer.is_staff
            asked = agreements.certificate if staff else agreements.asked
            found: Any = asked(viewer, self.key, message)
            self.cards[message] = found.agreement if staff else found
        except NotFound:
            self.cards.setdefault(message, None)  # what is refused replaces nothing

    def _wait(self) -> None:
        viewer = self.world.viewer(self.name)
        try:
            later.must_be_in(viewer, self.key)
        except NotFound:
            return
        rung = reminders.rung(viewer, self.key) if viewer.is_staff else ()
        # Their discussion's title is not shown in itself.
        self.waits = [replace(one, title="") for one in (*later.of_discussion(viewer, self.key), *rung)]

    def _told(self, told: dict[str, Any]) -> None:
        if "draft" in told and told["draft"][0] == self.key:
            _, kind, body, version, _, files, answered = told["draft"]
            self.drafts[kind] = (body, version, files, answered)
        by = told.get("seen", {}).get(self.key)
        if isinstance(by, dict):
            self.seen[by["key"]] = by["number"]
        elif by:
            self.seen[""] = by
