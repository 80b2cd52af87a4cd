"""An open page without a browser: its socket, its stream, and what its scripts do when a line breaks.

As static/js/live.js and upsert.js have it: catch up on the first frame; put what comes in its place, by
revision; count a revision only right after the one before it, and ask for what lies between.
"""

import json
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from tests.faults.lines import Broken, Closed, Http, Socket
from tests.live.page import ARTICLE, NUMBER, PARTIAL

STREAM = re.compile(r'id="stream-(\w+)"[^>]* data-rev="(\d+)"')
KIND = re.compile(r'data-kind="(\w+)"')
GAP = 0.5  # seconds that what is missing may still take to come by itself
AGAIN = 2.0  # seconds until a failed catch-up is tried again
LOOK = 0.1  # seconds between two looks at whether one is wanted elsewhere
Place = tuple[int, int, str]  # position, revision, kind


@dataclass
class Stream:
    """The messages on a page: {id: (position, revision, kind)}."""

    key: str
    rev: int = 0
    messages: dict[str, Place] = field(default_factory=dict)
    lock: threading.RLock = field(default_factory=threading.RLock)

    def load(self, html: str) -> None:
        """Begin anew from a whole page."""
        found = STREAM.search(html)
        assert found is not None
        with self.lock:
            self.messages.clear()
            self._upsert(html)
            self.rev = int(found.group(2))

    def apply(self, html: str, *, caught_up: bool) -> bool:
        """Put in what came by the socket; whether something before it is missing."""
        revs = self._parts(html)
        with self.lock:
            newest = max(revs, default=0)
            if caught_up and newest == self.rev + 1:
                self.rev = newest
            return caught_up and newest > self.rev

    def catch_up(self, html: str) -> None:
        """Put in what was asked for; its `rev` says how far all is known now."""
        self._parts(html)
        reached = int(html.partition("upsert rev:")[2].partition('"')[0])
        with self.lock:
            self.rev = max(self.rev, reached)

    def shown(self) -> list[str]:
        """The ids from top to bottom."""
        with self.lock:
            return [key for key, _ in sorted(self.messages.items(), key=lambda item: item[1][0])]

    def kinds(self) -> set[str]:
        """What kinds of messages are on the page."""
        with self.lock:
            return {kind for _, _, kind in self.messages.values()}

    def _parts(self, html: str) -> list[int]:
        return [rev for key, content in PARTIAL.findall(html) if key == self.key for rev in self._upsert(content)]

    def _upsert(self, html: str) -> list[int]:
        revs = []
        with self.lock:
            for article in ARTICLE.finditer(html):
                key, head = article.group(1), article.group(0)[:400]
                numbers = {name: int(number) for name, number in NUMBER.findall(head)}
                kind = KIND.search(head)
                assert kind is not None
                revs.append(numbers["rev"])
                if key not in self.messages or numbers["rev"] > self.messages[key][1]:
                    self.messages[key] = (numbers["position"], numbers["rev"], kind.group(1))
        return revs


class Page(threading.Thread):
    """Somebody's open discussion. `codes` counts with which codes its sockets ended; None is a broken line."""

    def __init__(self, http: Http, key: str, *, delay: float = 0.3) -> None:
        super().__init__(daemon=True, name=f"page of {http.name}")
        self.http, self.stream, self.delay = http, Stream(key), delay
        self.codes: Counter[int | None] = Counter()
        self.loads = self.recoveries = 0
        self.caught_up = self.open = self.signed_out = self.over = False
        self._socket: Socket | None = None
        self._attempt = 0
        self._hurry = threading.Event()
        self._asking = threading.Lock()
        self._timer: threading.Timer | None = None

    def begin(self) -> "Page":
        """Load the page and go live."""
        self._load()
        self.start()
        return self

    def end(self) -> None:
        """Close the page."""
        self.over = True
        self.give_up()
        self.join()
        if self._timer:
            self._timer.cancel()
        self.http.close()

    def give_up(self) -> None:
        """Notice that the line is dead, as a page does after a silence or when its machine wakes up."""
        self._attempt = 0
        self._hurry.set()
        if self._socket:
            self._socket.cut()
        self.http.close()

    def run(self) -> None:
        """Open sockets, one after the other."""
        while not self.over:
            try:
                self._socket = Socket(self.http.port, self.http.cookie).open()
                self._attempt = 0
                self._listen(self._socket)
            except Closed as closed:
                self._note(closed.code)
            self._wait()

    def _listen(self, socket: Socket) -> None:
        self.open, begun = True, False
        try:
            while not self.over:
                frame = socket.receive(LOOK)
                if frame is None:
                    continue
                if not begun:
                    begun = True
                    self._ask()
                self._take(frame)
        finally:
            socket.close()

    def _take(self, frame: str) -> None:
        if frame.startswith("{"):
            self.signed_out = self.signed_out or "signed_out" in json.loads(frame)
            return
        if self.stream.apply(frame, caught_up=self.caught_up):
            self._ask_in(GAP)

    def _note(self, code: int | None) -> None:
        """htmx counts an end that is no refused opening."""
        if self.open and not self.over:
            self.codes[code] += 1
        self.open = self.caught_up = False

    def _wait(self) -> None:
        """htmx's delays: doubled each time, up to five seconds, with some jitter."""
        self._attempt += 1
        if self._hurry.wait(min(self.delay * 2 ** (self._attempt - 1), 5.0) * random.uniform(0.7, 1.3)):
            self._hurry.clear()
            time.sleep(0 if self.over else self.delay * random.uniform(0.7, 1.3))

    def _ask(self) -> None:
        """Catch up in a thread, because frames go on coming meanwhile. What was asked for before is let go."""
        if self._asking.locked():
            self.http.close()
        threading.Thread(target=self._catch_up, daemon=True).start()

    def _ask_in(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = threading.Timer(seconds, self._catch_up)
        self._timer.daemon = True
        self._timer.start()

    def _catch_up(self) -> None:
        with self._asking:
            if self.over or not self.open:
                return
            try:
                self._fetch()
            except (Broken, AssertionError):
                self._ask_in(AGAIN)
                return
            self.caught_up = self.open
            self.recoveries += 1

    def _fetch(self) -> None:
        path = f"{self.http.door}/discussions/{self.stream.key}/messages?after_rev={self.stream.rev}"
        answer = self.http.get(path)
        assert answer.status in {200, 204}, answer.status
        if "HX-Refresh" in answer.headers:
            self._load()
        elif answer.status == 200:
            self.stream.catch_up(answer.text)

    def _load(self) -> None:
        self.stream.load(self.http.sign_in(f"{self.http.door}/discussions/{self.stream.key}"))
        self.loads += 1


def settle(pages: list[Page], knows: Callable[[Page], bool], patience: float = 20.0) -> None:
    """Wait until every page knows all, or for as long as that should take; what it knows is then compared anyway.

    Its revision may lag behind: what comes by the socket while it catches up is shown, and not counted.
    """
    until = time.monotonic() + patience
    while time.monotonic() < until and not all(page.caught_up and knows(page) for page in pages):
        time.sleep(0.2)
