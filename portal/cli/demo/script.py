"""Reads the demo's discussions, which are written like plays in `fr/*.txt` and `en/*.txt`.

    # Title of the discussion
    shared in delcourt by camille with ines marie luc      (internal in morel by … | announced in morel by …
                                                             | begun in delcourt by marie)
    unread camille 2, marie 1                              (what stays unread at the end)
    @ 41 9:12                                              (41 working days ago; `@ -14`: 14 minutes ago)
    camille: A message; lines that follow are indented.
    ines~ A note, for the team only.
    luc^2: An answer to the message before the last one.
    add luc gap | remove luc | rename … | archive | reopen | edit … | delete | leave ines to hugo

`react luc 👍` puts an emoji to the message before it; `draft ines …` is what she typed and did not send.
`edit` and `delete` are about the message before them, by its author. `share ines` makes her a co-owner;
`take hugo` lets him take over what has no owner.
"""

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from importlib.resources import files
from random import Random

from portal.cli.demo.dates import Calendar, filled

ACTS = ("add", "remove", "share", "take", "rename", "archive", "reopen", "edit", "delete", "leave", "react", "draft")

_HEAD = re.compile(r"(shared|internal|begun|announced) in (\w+) by (\w+)(?: with ([\w ]+))?")
_TIME = re.compile(r"@ (?:(\d+) (\d+:\d\d)|-(\d+))")
_SAID = re.compile(r"([a-z]+)(?:\^(\d+))?([:~]) (.*)")
_ACT = re.compile(rf"({'|'.join(ACTS)})(?: (.*))?")


@dataclass
class Step:
    """One thing that happens: who says (`:`), notes (`~`) or does what, and when; what is said may answer a message,
    that many `back`.
    """

    at: datetime
    act: str
    who: str
    words: str
    back: int = 0


@dataclass
class Script:
    """One discussion as written. `place` is a space or, for internal ones, perhaps a brand."""

    title: str
    language: str
    how: str
    place: str
    by: str
    others: tuple[str, ...]
    unread: dict[str, int] = field(default_factory=dict)
    steps: list[Step] = field(default_factory=list)


def load(calendar: Calendar) -> list[Script]:
    """Every discussion of the demo, in both languages."""
    found: list[Script] = []
    for language in ("fr", "en"):
        folder = files("portal.cli.demo") / language
        for file in sorted(folder.iterdir(), key=lambda file: file.name):
            for block in re.split(r"^# ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
                found.append(_Reader(calendar, language).read(block.splitlines()))
    return found


class _Reader:
    """Reads one discussion, line by line."""

    def __init__(self, calendar: Calendar, language: str) -> None:
        self.calendar, self.language = calendar, language
        self.moment, self.recent, self.fresh = calendar.now, False, True
        self.blank_lines = 0

    def read(self, lines: list[str]) -> Script:
        title, head = lines[0].strip(), _HEAD.fullmatch(lines[1].strip())
        if head is None:
            raise ValueError(f"{title}: {lines[1]}")
        how, place, by, others = head.groups()
        script = Script(title, self.language, how, place, by, tuple((others or "").split()))
        self.chance = Random(title)  # the same pauses at every filling
        for line in lines[2:]:
            self._line(script, line)
        for step in script.steps:
            step.words = filled(step.words, step.at, self.language)
        return script

    def _line(self, script: Script, line: str) -> None:
        if not line.strip():
            self.blank_lines += 1
        elif line.startswith("  "):
            script.steps[-1].words += "\n" * (1 + self.blank_lines) + line[2:]
            self.blank_lines = 0
        else:
            self.blank_lines = 0
            self._entry(script, line)

    def _entry(self, script: Script, line: str) -> None:
        if line.startswith("unread "):
            script.unread = {who: int(count) for who, count in re.findall(r"(\w+) (\d+)", line[7:])}
        elif time := _TIME.fullmatch(line):
            self._set(*time.groups())
        elif said := _SAID.fullmatch(line):
            who, back, act, words = said.groups()
            self._step(script, act, who, words)
            script.steps[-1].back = int(back or 0)
        elif act := _ACT.fullmatch(line):
            self._step(script, act[1], "", act[2] or "")
        else:
            raise ValueError(f"{script.title}: {line}")

    def _set(self, days: str, clock: str, minutes: str) -> None:
        self.recent, self.fresh = minutes is not None, True
        self.moment = self.calendar.ago(int(minutes)) if minutes else self.calendar.at(int(days), clock)

    def _step(self, script: Script, act: str, who: str, words: str) -> None:
        if not self.fresh:
            self.moment += self._pause(script.steps[-1].who == who)
        self.fresh = False
        before = script.steps[-1].at if script.steps else self.moment - timedelta(hours=1)
        self.moment = max(self.moment, before + timedelta(seconds=20))
        script.steps.append(Step(self.moment, act, who, words))

    def _pause(self, same: bool) -> timedelta:
        if self.recent:
            return timedelta(seconds=self.chance.randint(25, 70))
        return timedelta(seconds=self.chance.randint(40, 160) if same else self.chance.randint(100, 900))
