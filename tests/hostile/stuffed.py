"""A firm in which everything that can be typed is a payload."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from portal.actions import (
    agreements,
    devices,
    discussions,
    drafts,
    firm,
    invitations,
    later,
    messages,
    participants,
    people,
    readers,
    reminders,
    spaces,
)
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Refusal
from portal.kernel.text import clean_line
from portal.models import Account, State
from tests.sent import brought, look_at_all
from tests.world import World, token


@dataclass
class Stuffed:
    """Stuffs the cast's firm. Each payload goes through the actions, as it would if somebody typed it."""

    world: World
    talk: str = ""  # the discussion that holds all of it
    people: list[str] = field(default_factory=list)
    talks: list[str] = field(default_factory=list)
    messages: list[str] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)  # messages that ask for agreement
    spaces: list[str] = field(default_factory=list)
    taken: int = 0
    refused: int = 0

    def names(self, payloads: list[str]) -> None:
        """People, spaces, brands, titles, announcements, lines of what happened, files and devices, of each payload."""
        self.begin()
        for number, payload in enumerate(payloads):
            self._try(self._client, number, payload)
            self._try(self._colleague, number, payload)
            self._try(self._brand, number, payload)
            self._try(self._title, number, payload)
            self._try(self._device, number, payload)
            self._try(self._file, number, payload)
            self._try(self._space, number, payload)
            self._try(self._announcement, number, payload)
        look_at_all()
        db.session.remove()

    def texts(self, payloads: list[str]) -> None:
        """A message, a note, an answer and an edit, one of each for each payload."""
        self.begin()
        for payload in payloads:
            self._try(self._text, 0, payload)
        db.session.remove()

    def plans(self, payloads: list[str]) -> None:
        """Drafts, what waits, and what is asked and said of agreements, one of each for each payload."""
        for payload in payloads:
            self._try(self._waiting, 0, payload)
            self._try(self._agreement, 0, payload)
        db.session.remove()

    def call_all(self, payload: str) -> None:
        """What there is one of: the firm, the brands of the cast, the cast."""
        world, olga = self.world, self.world.viewer("olga")
        self._try(lambda _, name: firm.update_firm(olga, name=name, staff_names="full"), 0, payload)
        for key in world.brands.values():
            self._try(lambda _, name, key=key: self._call_brand(key, name), 0, payload)
        for name in ("ines", "hugo", "marie", "luc", "olga"):
            self._try(lambda _, words, name=name: self._call(name, words), 0, payload)
        self._try(lambda _, title: discussions.rename(world.viewer("ines"), self.talk, title=title), 0, payload)
        db.session.remove()

    def begin(self) -> None:
        """The discussion, in which one has been from the beginning: Ines, Hugo, Marie and Luc."""
        if not self.talk:
            ines = self.world.viewer("ines")
            brand, space = self.world.brands["North"], self.world.spaces["Delcourt"]
            self.talk = discussions.create(ines, title="All", audience="shared", brand_key=brand, space_key=space)
            for name in ("hugo", "marie", "luc"):
                participants.add(ines, self.talk, self.world.keys[name], confirmed=True)

    def _try(self, act: Callable[[int, str], object], number: int, payload: str) -> None:
        try:
            act(number, payload)
            self.taken += 1
        except Refusal:
            self.refused += 1  # nothing of it is shown, but by the form that sent it

    def _client(self, number: int, payload: str) -> None:
        brand = (self.world.brands["North"],)
        self._person(payload, f"client{number}", role="client", brand_keys=brand, space_name=payload)

    def _colleague(self, number: int, payload: str) -> None:
        self._person(payload, f"colleague{number}", role="agent", brand_keys=(self.world.brands["North"],))

    def _person(self, payload: str, email: str, **where: object) -> None:
        key, _ = invitations.invite(
            self.world.viewer("olga"), name=payload, email=f"{email}@example.com", language="en", days=3, **where
        )
        self.people.append(key)
        self.world.keys[email] = key
        with transaction():
            db.session.get_one(Account, self.world.person_id(email)).state = State.ACTIVE
        if len(self.people) % 3:
            participants.add(self.world.viewer("ines"), self.talk, key, confirmed=True)

    def _brand(self, _number: int, payload: str) -> None:
        owner = self.world.keys["olga"]
        firm.save_brand(self.world.viewer("olga"), "", name=payload, hue=30, host="", owner_key=owner)

    def _title(self, _number: int, payload: str) -> None:
        ines = self.world.viewer("ines")
        brand, space = self.world.brands["North"], self.world.spaces["Delcourt"]
        key = discussions.create(ines, title=payload, audience="shared", brand_key=brand, space_key=space)
        participants.add(ines, key, self.world.keys["marie"], confirmed=True)
        self.talks.append(key)
        discussions.rename(ines, self.talk, title=payload)
        messages.post(ines, key, body=payload, token=token())

    def _device(self, _number: int, payload: str) -> None:
        for name in ("ines", "marie"):
            devices.open_device(self.world.person_id(name), clean_line(payload)[:120])

    def _text(self, _number: int, payload: str) -> None:
        world = self.world
        hugo, luc = world.viewer("hugo"), world.viewer("luc")
        posted = messages.post(hugo, self.talk, body=payload, token=token())
        note = messages.post(hugo, self.talk, body=payload, kind="note", token=token())
        messages.post(luc, self.talk, body=payload, token=token())
        with suppress(Refusal):
            messages.edit(hugo, self.talk, posted, body=f"{payload[:5000]} again")
        self.messages += [posted, note]

    def _file(self, number: int, payload: str) -> None:
        """Sent by both faces, and as a note's; its words are the payload, too."""
        for name, kind in (("hugo", ("text", "note")[number % 2]), ("luc", "text")):
            viewer = self.world.viewer(name)
            key = brought(viewer, self.talk, payload, payload.encode("utf-8", "replace"))
            messages.post(viewer, self.talk, body="", kind=kind, files=[key], token=token())

    def _space(self, _number: int, payload: str) -> None:
        ines = self.world.viewer("ines")
        key = spaces.create(ines, name=payload, brand_key=self.world.brands["North"])
        spaces.add(ines, key, self.world.keys["marie"])
        spaces.welcome(ines, key, welcomes=True, words=payload)
        spaces.link(ines, self.talk, key)
        self.spaces.append(key)

    def _announcement(self, _number: int, payload: str) -> None:
        """Read by Marie, who answers: her answer's title is made of its own."""
        ines, brand = self.world.viewer("ines"), self.world.brands["North"]
        key = discussions.create(ines, title=payload, audience="shared", brand_key=brand, kind="announcement")
        readers.add(ines, key, [self.world.keys["marie"]])
        messages.post(ines, key, body=payload, token=token())
        messages.post(self.world.viewer("marie"), key, body=payload, token=token())

    def _waiting(self, _number: int, payload: str) -> None:
        """A draft of each, a message that waits, and a reminder of one that is there."""
        for name in ("ines", "marie"):
            viewer = self.world.viewer(name)
            drafts.save(viewer, self.talk, "text", payload[:9000], base=0)
            later.schedule(viewer, self.talk, body=payload, due="+60", token=token())
        reminders.remind(self.world.viewer("ines"), self.talk, due="reply", message_key=self.messages[-1])

    def _agreement(self, number: int, payload: str) -> None:
        """Asked in these words about such a message; Marie has a change to ask for, and Luc agrees."""
        ines, about = self.world.viewer("ines"), self.messages[-2]
        key = agreements.ask(ines, self.talk, about, body=payload, token=token())
        agreements.answer(self.world.viewer("marie"), key, self.talk, agreed=False, body=payload, token=token())
        agreements.answer(self.world.viewer("luc"), key, self.talk, agreed=True)
        self.asked.append(key)

    def _call_brand(self, key: str, name: str) -> None:
        owner = self.world.keys["olga"]
        firm.save_brand(self.world.viewer("olga"), key, name=name, hue=30, host="", owner_key=owner)

    def _call(self, name: str, words: str) -> None:
        viewer = self.world.viewer(name)
        people.update_profile(viewer, name=words, language="en", time_zone="Europe/Paris", enter_sends=True)
