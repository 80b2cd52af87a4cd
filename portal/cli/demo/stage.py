"""Plays the demo's discussions through the actions, each step at its own time."""

import uuid
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from random import Random

from sqlalchemy import select

from portal.actions import co_owners, discussions, drafts, messages, participants, people, reactions, read_marks
from portal.cli.demo import doors, due, firm, papers, post, records
from portal.cli.demo.cast import Cast
from portal.cli.demo.script import Script, Step
from portal.extensions import db
from portal.kernel import clock
from portal.models import AgentReach, Conversation, Kind, MessageKind

STAFF = {member.key for member in firm.STAFF}
SIGN_INS = {key for key, _, _ in firm.SIGN_INS}


def play(cast: Cast, scripts: list[Script]) -> None:
    """Everything that happened, in the order in which it did."""
    chance = Random("comptoir")
    plays = [Play(cast, script, chance) for script in scripts]
    moments: list[tuple[datetime, Play, Step | None]] = [(play.opening, play, None) for play in plays]
    moments += [(step.at, play, step) for play in plays for step in play.later]
    moments.sort(key=lambda entry: entry[0])
    key, days = firm.LEFT
    left = cast.calendar.at(days, "18:02")
    _tell(entry for entry in moments if entry[0] <= left)
    with clock.at(left):
        people.disable(cast.viewer("camille"), cast.people[key])
    _tell(entry for entry in moments if entry[0] > left)
    for name in firm.OWN_CLIENTS:
        people.limit(cast.viewer("camille"), cast.people[name], reach=AgentReach.OWN)
    keys = {each.script.title: each.key for each in plays}
    doors.open_some(cast, keys)
    due.agree(cast, keys)
    for each in plays:
        each.read()
    post.nothing_to_mail()
    post.deliver(cast, keys)
    due.plan(cast, keys)
    records.keep(cast, keys)


def _tell(moments: Iterable[tuple[datetime, "Play", Step | None]]) -> None:
    for moment, each, step in moments:
        with clock.at(moment):
            if step is None:
                each.open()
            else:
                each.do(step)


class Play:
    """One discussion on its way."""

    def __init__(self, cast: Cast, script: Script, chance: Random) -> None:
        self.cast, self.script, self.chance = cast, script, chance
        self.key, self.last, self.author = "", "", ""
        self.said: list[str] = []
        self.owner = script.by if script.by in STAFF else ""
        self.present = {script.by, *script.others}

    @property
    def opening(self) -> datetime:
        """When it is created: shortly before the first word, or with it when a client begins."""
        first = self.script.steps[0].at
        return first - timedelta(seconds=0 if self.script.how == "begun" else 95)

    @property
    def later(self) -> list[Step]:
        """What happens after it is there: a client who begins says the first words with it."""
        return self.script.steps[1:] if self.script.how == "begun" else self.script.steps

    def open(self) -> None:
        """Create it with its participants."""
        script, cast, announced = self.script, self.cast, self.script.how == "announced"
        space = cast.spaces.get(script.place, "")
        if script.how == "begun":
            first = script.steps[0].words
            self.key = discussions.start(
                cast.viewer(script.by),
                title=script.title,
                body=first,
                space_key=space,
                token=self._token(),
            )
            return
        self.key = discussions.create(
            cast.viewer(script.by),
            title=script.title,
            audience="shared" if announced else script.how,
            kind=Kind.ANNOUNCEMENT if announced else Kind.DISCUSSION,
            brand_key=cast.brand_key(script.place),
            space_key=space,
        )
        for person in script.others:
            self._add(person)

    def do(self, step: Step) -> None:
        """One step of it, once it is there."""
        if step.act in {":", "~"}:
            self._say(step)
        else:
            getattr(self, f"_{step.act}")(*self._arguments(step))

    def read(self) -> None:
        """Most have read all; `unread` says who has not, and of the others some are late."""
        query = select(Conversation.seq, Conversation.public_seq, Conversation.active_at)
        seq, public_seq, active = db.session.execute(query.where(Conversation.public_id == self.key)).one()
        recent = active > self.cast.calendar.now - timedelta(days=3)
        for key in sorted(self.present - {firm.LEFT[0]}):
            late = key not in SIGN_INS and key != self.author and recent and self.chance.random() < 0.3
            unread = self.script.unread.get(key, 1 if late else 0)
            last = seq if key in STAFF else public_seq
            with clock.at(min(self.cast.calendar.now, active + timedelta(minutes=20))):
                read_marks.read(self.cast.viewer(key), self.key, max(0, last - unread))

    def _say(self, step: Step) -> None:
        kind = MessageKind.NOTE if step.act == "~" else MessageKind.TEXT
        viewer = self.cast.viewer(step.who)
        answered = self.said[-step.back] if step.back else ""
        words, names = papers.parted(step.words)
        brought = papers.brought(viewer, self.key, names)
        said = partial(messages.post, viewer, self.key, body=words, kind=kind, token=self._token())
        self.last = said(reply_to=answered, files=brought)
        self.said.append(self.last)
        self.author = step.who
        if not self.owner and viewer.is_staff:
            self.owner = step.who

    def _arguments(self, step: Step) -> list[str]:
        """`rename` and `edit` take all the words as one; the others take names."""
        return [step.words] if step.act in {"rename", "edit"} else step.words.split()

    def _add(self, person: str, history: str = participants.ALL) -> None:
        viewer, subject = self.cast.viewer(self.owner), self.cast.people[person]
        participants.add(viewer, self.key, subject, history=history, confirmed=True)
        self.present.add(person)

    def _remove(self, person: str) -> None:
        participants.remove(self.cast.viewer(self.owner), self.key, self.cast.people[person])
        self.present.discard(person)

    def _share(self, person: str) -> None:
        co_owners.make(self.cast.viewer(self.owner), self.key, self.cast.people[person])

    def _take(self, person: str) -> None:
        discussions.take_over(self.cast.viewer(person), self.key)
        self.owner = person
        self.present.add(person)

    def _leave(self, person: str, _to: str = "", successor: str = "") -> None:
        successor_key = self.cast.people.get(successor, "")
        participants.leave(self.cast.viewer(person), self.key, successor_key=successor_key)
        self.present.discard(person)
        if person == self.owner:
            self.owner = successor

    def _rename(self, title: str) -> None:
        discussions.rename(self.cast.viewer(self.owner), self.key, title=title)

    def _archive(self) -> None:
        discussions.archive(self.cast.viewer(self.owner), self.key)

    def _reopen(self) -> None:
        discussions.reopen(self.cast.viewer(self.owner), self.key)

    def _react(self, person: str, sign: str) -> None:
        reactions.put(self.cast.viewer(person), self.key, self.last, sign)

    def _draft(self, person: str, *words: str) -> None:
        drafts.save(self.cast.viewer(person), self.key, MessageKind.TEXT, " ".join(words), base=0)

    def _edit(self, words: str) -> None:
        messages.edit(self.cast.viewer(self.author), self.key, self.last, body=words)

    def _delete(self) -> None:
        messages.delete(self.cast.viewer(self.author), self.key, self.last)

    def _token(self) -> str:
        return uuid.uuid4().hex
