"""People who write, each message again with its token until the server acknowledges it."""

import random
import re
import threading
import time
from collections import Counter
from dataclasses import dataclass, field

from tests.faults.lines import Answer, Broken, Http
from tests.world import token

ARTICLE = re.compile(r'<article id="m-(\w+)"')
LATER = {429, 503}  # what pages try again by themselves
PATIENCE = 240.0  # seconds until a message that is not acknowledged counts as stuck


@dataclass(frozen=True)
class Sent:
    """One acknowledged message: what was sent, the id that came back, and when (seconds, monotonic)."""

    author: str
    key: str
    kind: str
    body: str
    token: str
    id: str
    began: float
    done: float


@dataclass
class Pace:
    """How fast people write: a pause between two messages, and one before a retry (seconds)."""

    pause: tuple[float, float] = (0.05, 0.35)
    retry: float = 0.05
    length: int = 0  # of what is added to a message (characters)

    def rest(self) -> None:
        """Pause, as long as chance has it."""
        time.sleep(random.uniform(*self.pause))


class Writer(threading.Thread):
    """Somebody at a keyboard. `sent` is in their order; `answers` counts statuses, 0 is a broken line."""

    def __init__(self, number: int, http: Http, keys: list[str], pace: Pace) -> None:
        super().__init__(daemon=True, name=f"{http.name} {number}")
        self.number, self.http, self.keys, self.pace = number, http, keys, pace
        self.sent: list[Sent] = []
        self.answers: Counter[int] = Counter()
        self.refused: list[str] = []
        self.excuses: set[str] = set()  # what was said to who is to try again later
        self.stopped = threading.Event()

    def run(self) -> None:
        """Write until told to stop; what was begun is ended."""
        while not self.stopped.is_set() and not self.refused:
            self._write(random.choice(self.keys))
            self.pace.rest()
        self.http.close()

    def _write(self, key: str) -> None:
        kind = "note" if self.http.door and random.random() < 0.3 else "text"
        body = f"{self.name} says {len(self.sent)} {token()} {'x' * self.pace.length}".rstrip()
        form = {"body": body, "kind": kind, "token": token()}
        began = time.monotonic()
        while (answer := self._try(key, form)) is None:
            if time.monotonic() - began > PATIENCE:
                self.refused.append("never acknowledged")
                return
            time.sleep(self.pace.retry)
        found = ARTICLE.search(answer.text)
        if answer.status != 201 or found is None:
            self.refused.append(f"{answer.status}: {answer.text[:200]}")
            return
        done = time.monotonic()
        self.sent.append(Sent(self.http.name, key, kind, body, form["token"], found.group(1), began, done))

    def _try(self, key: str, form: dict[str, str]) -> Answer | None:
        try:
            answer = self.http.post(f"{self.http.door}/discussions/{key}/messages", form)
        except Broken:
            self.answers[0] += 1
            return None
        self.answers[answer.status] += 1
        if answer.status in LATER:
            self.excuses.add(answer.text)
        return None if answer.status in LATER else answer


@dataclass
class Crowd:
    """Writers who write at the same time."""

    writers: list[Writer] = field(default_factory=list)

    def __enter__(self) -> "Crowd":
        for writer in self.writers:
            writer.start()
        return self

    def __exit__(self, *_error: object) -> None:
        for writer in self.writers:
            writer.stopped.set()
        for writer in self.writers:
            writer.join(PATIENCE + 20)

    @property
    def sent(self) -> list[Sent]:
        """Everything acknowledged so far."""
        return [sent for writer in self.writers for sent in list(writer.sent)]

    @property
    def answers(self) -> Counter[int]:
        """How often which status came, over all."""
        return sum((writer.answers for writer in self.writers), Counter())

    @property
    def refused(self) -> list[str]:
        """What nobody could send, and why."""
        return [words for writer in self.writers for words in writer.refused]
