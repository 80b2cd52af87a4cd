"""A real mail server for tests: takes mail, or is as awkward as it is told to be."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from portal.mailer.transport import Smtp
from tests.serving import free_port


@dataclass
class PostOffice:
    """`answer` is what it says to each mail; with `dies` it takes it and hangs up without a word.

    `mood` chooses for each mail anew: an answer, `drop` (hang up, and not take it), or `die`. It `thinks` for so many
    seconds before.
    """

    taken: list[EmailMessage] = field(default_factory=list)
    to: list[str] = field(default_factory=list)
    rcpt: Callable[[str], str] = lambda _email: "250 OK"
    answer: str = "250 OK"
    dies: bool = False
    mood: Callable[[], str] | None = None
    thinks: float = 0.0
    deaths: int = 0  # how many mails it took and then died
    lines: int = 0  # how many connections there were
    port: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def way(self) -> Smtp:
        """The way to it."""
        return Smtp("127.0.0.1", self.port, tls=False)

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, responses: list[str]
    ) -> list[str]:
        """Somebody has come."""
        session.host_name = name
        self.lines += 1
        return responses

    async def handle_RCPT(self, _server: SMTP, _session: Session, envelope: Envelope, email: str, _options: Any) -> str:
        """Whether there is such a person."""
        said = self.rcpt(email)
        if said.startswith("250"):
            envelope.rcpt_tos.append(email)
        return said

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Take it, or not; or take it and die before saying so."""
        mood = "die" if self.dies else self.mood() if self.mood else self.answer
        await asyncio.sleep(self.thinks)
        if mood.startswith(("250", "die")):
            with self.lock:
                self.taken.append(message_from_bytes(envelope.original_content or b"", policy=policy.default))
                self.to.extend(envelope.rcpt_tos)
                self.deaths += mood == "die"
        if mood in {"die", "drop"}:
            server.transport.close()
        return self.answer if mood in {"die", "drop"} else mood


@contextmanager
def post_office(**how: Any) -> Iterator[PostOffice]:
    """One that listens on this machine until the end."""
    office = PostOffice(port=free_port(), **how)
    controller = Controller(office, hostname="127.0.0.1", port=office.port)
    controller.start()
    try:
        yield office
    finally:
        controller.stop()
