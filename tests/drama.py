"""Random plays: anybody of the cast tries anything, in any order. What is refused is refused."""

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from sqlalchemy import delete, select

from portal.access import SWITCHABLE, Viewer
from portal.actions import (
    agreements,
    automatic,
    awaiting,
    co_owners,
    discussions,
    erasing,
    exports,
    firm,
    invitations,
    later,
    messages,
    participants,
    pins,
    readers,
    reminders,
    sightings,
    spaces,
    turns,
)
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import NotFound, Refusal
from portal.live import marks
from portal.models import Conversation, Mail, Message, Person, Reminder
from portal.queries import discussions as lists, later as waiting, messages as stretches
from portal.record import erasing as due_erasing
from tests.faces import DOT
from tests.sent import brought, look_at_all
from tests.world import World, token

ACTORS = ("olga", "adam", "ines", "hugo", "nina", "sam", "marie", "luc", "paul", "zoe", "rosa")
NAMED = ("Ines Agent", "Hugo Agent", "Marie Delcourt", "the team")
NEWCOMERS = ("hugo", "nina", "marie", "luc", "paul", "zoe", "adam")


@dataclass
class Play:
    """One random play on a world; `act()` does one thing and says what it was."""

    world: World
    chance: Random
    discussions: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    invited: str = ""
    erases: bool = False  # of a play in which whole discussions may go
    favours: tuple[str, ...] = ()  # what is done far more often in this one

    def __post_init__(self) -> None:
        self.discussions = [self.world.permit, self.world.inside]

    def act(self) -> str:
        """Let somebody do something; the plays lean towards what is usually permitted."""
        kinds: list[tuple[int, Callable[[Viewer, str], object]]] = [
            (8, self._post),
            (4, self._note),
            (2, self._send_files),
            (4, self._answer),
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
            (2, self._turn),
            (1, self._pin),
            (1, self._publish),
            (2, self._read),
            (1, self._unread),
            (4, self._react),
            (1, self._link),
            (2, self._mark),
            (1, self._unmark),
            (1, self._await),
            (1, self._await_no_more),
            (2, self._bring_readers),
            (2, self._ask_agreement),
            (4, self._agree),
            (1, self._ask_no_more),
            (2, self._send_later),
            (2, self._hold),
            (1, self._draft),
            (2, self._settle),
            (1, self._be_reminded),
            (1, self._ring),
            (1, self._see_as),
            (1, self._export),
            (int(self.erases), self._erase),
        ]
        weights = [weight * (8 if kind.__name__[1:] in self.favours else 1) for weight, kind in kinds]
        deed = self.chance.choices([kind for _, kind in kinds], weights)[0]
        name = self.chance.choice(ACTORS + ("ines",) * 14 + ("marie", "hugo") * 5)
        key = self.chance.choice(self.discussions + [self.world.permit] * 2)
        try:
            deed(self.world.viewer(name), key)
            said = "done"
        except Refusal as refusal:
            said = refusal.code
        self.done.append(f"{name} {deed.__name__[1:]}: {said}")
        return said

    def _say(self, viewer: Viewer, key: str, **what: Any) -> None:
        """What a client answers to an announcement stands in a discussion of their own: one more of the play."""
        at = stretches.discussion_of(viewer, messages.post(viewer, key, token=token(), **what))
        if at not in self.discussions:
            self.discussions.append(at)

    def _post(self, viewer: Viewer, key: str) -> None:
        self._say(viewer, key, body=self._words(key, "text"))

    def _send_files(self, viewer: Viewer, key: str) -> None:
        """A picture, as a text or a note; it is looked at only now that it is there for all."""
        kind = self._kind(viewer)
        file = brought(viewer, key, self._file_name(key, kind), DOT)
        self._say(viewer, key, body="", kind=kind, files=[file])
        look_at_all()

    def _note(self, viewer: Viewer, key: str) -> None:
        messages.post(viewer, key, body=self._words(key, "note"), kind="note", token=token())

    def _answer(self, viewer: Viewer, key: str) -> None:
        """An answer to one of the last messages, which may be edited and deleted afterwards; it mentions somebody."""
        last = [one for one in stretches.page(viewer, key).messages if one.kind != "event"][-3:]
        to = self.chance.choice(last) if last else None
        kind = to.kind if to else "text"
        self._say(viewer, key, body=self._naming(key, kind), kind=kind, reply_to=to.id if to else "")

    def _edit(self, viewer: Viewer, key: str) -> None:
        """Other words, which may mention others than before."""
        message = self._some_message(viewer, key)
        kind = db.session.scalar(select(Message.kind).where(Message.public_id == message)) or "text"
        say = self.chance.choice((self._words, self._naming))
        messages.edit(viewer, key, message, body=f"edited {say(key, kind)}")

    def _delete(self, viewer: Viewer, key: str) -> None:
        messages.delete(viewer, key, self._some_message(viewer, key))

    def _publish(self, viewer: Viewer, key: str) -> None:
        messages.publish(viewer, key, self._some_message(viewer, key, "note"), body="published", token=token())

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

    def _turn(self, viewer: Viewer, key: str) -> None:
        turns.set_turn(viewer, key, self.chance.choice(("us", "client", "none")))

    def _pin(self, viewer: Viewer, key: str) -> None:
        pins.pin(viewer, key, pinned=self.chance.random() < 0.5)

    def _read(self, viewer: Viewer, key: str) -> None:
        marks.read(viewer, key, lists.row(viewer, key)[0].last_number)

    def _unread(self, viewer: Viewer, key: str) -> None:
        marks.unread(viewer, key, self._some_message(viewer, key))

    def _react(self, viewer: Viewer, key: str) -> None:
        """Often the same emoji at the same message: the first and the last of staff are what clients see."""
        seen = [message.id for message in stretches.page(viewer, key).messages if message.kind != "event"]
        on = self.chance.random() < 0.67
        marks.react(viewer, key, self.chance.choice(seen[-3:] or ["none"]), self.chance.choice("👍🎉"), on=on)

    def _link(self, viewer: Viewer, key: str) -> None:
        spaces.link(viewer, key, self.chance.choice(("", self.world.spaces["Delcourt"], self.world.spaces["Brun"])))

    def _mark(self, viewer: Viewer, key: str) -> None:
        """Mostly in the space of a client of the cast, who joins at once."""
        if self.chance.random() < 0.7:
            spaces.link(viewer, key, self.world.spaces["Delcourt"])
        history, all_now = self.chance.choice(("all", "now")), self.chance.random() < 0.7
        automatic.mark(viewer, key, history=history, all_now=all_now)

    def _unmark(self, viewer: Viewer, key: str) -> None:
        automatic.unmark(viewer, key)

    def _await(self, viewer: Viewer, key: str) -> None:
        awaiting.ask(viewer, key, self._invited(), confirmed=True)

    def _await_no_more(self, viewer: Viewer, key: str) -> None:
        awaiting.withdraw(viewer, key, self._invited())

    def _bring_readers(self, viewer: Viewer, key: str) -> None:
        some = [self.world.keys[self.chance.choice(("marie", "luc", "paul", "zoe"))] for _ in range(2)]
        readers.add(viewer, key, some, history=self.chance.choice(("all", "now")))

    def _ask_agreement(self, viewer: Viewer, key: str) -> None:
        about = self._some_message(viewer, key, "text")
        agreements.ask(viewer, key, about, body=f"agree? {self.chance.random()}", token=token())

    def _agree(self, viewer: Viewer, key: str) -> None:
        """Or ask for a change, in words; a client does."""
        agreed, body = self.chance.random() < 0.5, f"change {self.chance.random()}"
        who = viewer if self.chance.random() < 0.3 else self.world.viewer(self.chance.choice(("marie", "luc", "zoe")))
        agreements.answer(who, self._request(who, key), key, agreed=agreed, body=body, token=token())

    def _ask_no_more(self, viewer: Viewer, key: str) -> None:
        agreements.withdraw(viewer, key, self._request(viewer, key))

    def _send_later(self, viewer: Viewer, key: str) -> None:
        unless = self.chance.random() < 0.5
        later.schedule(viewer, key, due="+60", token=token(), unless=unless, **self._waiting(viewer, key))

    def _hold(self, viewer: Viewer, key: str) -> None:
        """Sent, and undone before it went, or not."""
        later.hold(viewer, key, token=token(), **self._waiting(viewer, key))
        self._settle(viewer, key)

    def _settle(self, viewer: Viewer, key: str) -> None:
        """What waits goes now, by its writer's hand, as the worker sends it at its time; or never."""
        one = self.chance.choice(waiting.of_discussion(viewer, key) or [None])
        if one:
            self.chance.choice((later.send_now, later.send_now, later.take_back))(viewer, one.id)

    def _waiting(self, viewer: Viewer, key: str) -> dict[str, Any]:
        """What waits: an answer to what is there, in many cases, as a text or a note."""
        kind = self._kind(viewer)
        to = self._some_message(viewer, key) if self.chance.random() < 0.5 else ""
        return {"body": self._naming(key, kind), "kind": kind, "reply_to": to}

    def _draft(self, viewer: Viewer, key: str) -> None:
        kind = self._kind(viewer)
        body = self._words(key, kind) if self.chance.random() < 0.8 else ""
        marks.draft(viewer, key, kind, body, base=0, page=token())

    def _be_reminded(self, viewer: Viewer, key: str) -> None:
        reminders.remind(viewer, key, due="reply", message_key=self._some_message(viewer, key))

    def _ring(self, _viewer: Viewer, _key: str) -> None:
        """A reminder is due; the worker rings, for whoever asked for it."""
        asked = db.session.scalars(select(Reminder.id).where(Reminder.rang_at.is_(None))).all()
        db.session.rollback()
        if asked:
            reminders.ring(self.chance.choice(asked))

    def _see_as(self, viewer: Viewer, key: str) -> None:
        sightings.see_as(viewer, key, self.world.keys[self.chance.choice(("marie", "luc", "zoe"))])

    def _export(self, viewer: Viewer, key: str) -> None:
        exports.ask_discussion(viewer, key, contents="firm", notes=self.chance.random() < 0.5)

    def _erase(self, viewer: Viewer, key: str) -> None:
        """All of it is gone, and every page of it closes. An admin does; they are rare."""
        title = db.session.scalar(select(Conversation.title).where(Conversation.public_id == key)) or ""
        who = viewer if self.chance.random() < 0.8 else self.world.viewer("olga")
        erasing.ask_discussion(who, key, typed=title)
        while due_erasing.work():
            pass

    def _request(self, viewer: Viewer, key: str) -> str:
        """A message that asks for agreement."""
        seen = [message.id for message in stretches.page(viewer, key).messages if message.asks]
        return self.chance.choice(seen or ["none"])

    def _invited(self) -> str:
        """A client who is not active yet."""
        if not self.invited:
            olga, space = self.world.viewer("olga"), self.world.spaces["Delcourt"]
            self.invited, _ = invitations.invite(
                olga, name="Ivy", email=f"{token()}@example.com", role="client", language="en", days=3, space_key=space
            )
            with transaction():  # their invitation is theirs, and came in long ago
                invited = select(Person.id).where(Person.public_id == self.invited).scalar_subquery()
                db.session.execute(delete(Mail).where(Mail.person_id == invited))
        return self.invited

    def _kind(self, viewer: Viewer) -> str:
        return self.chance.choice(("text", "note")) if viewer.is_staff else "text"

    def _words(self, _key: str, kind: str) -> str:
        """What somebody says there; a play that keeps secrets has other words."""
        return f"{kind} {self.chance.random()}"

    def _file_name(self, _key: str, _kind: str) -> str:
        return "photo.png"

    def _naming(self, key: str, kind: str) -> str:
        """The same, to somebody."""
        return f"@{self.chance.choice(NAMED)} {self._words(key, kind)}"

    def _some_message(self, viewer: Viewer, key: str, *kinds: str) -> str:
        """A message of these kinds that they see, else a text or a note; mostly one of their own."""
        seen = stretches.page(viewer, key).messages
        said = [message for message in seen if message.kind in (kinds or ("text", "note"))]
        mine = [message.id for message in said if message.author.key == viewer.key]
        return self.chance.choice(mine or [message.id for message in said or seen] or ["none"])


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
