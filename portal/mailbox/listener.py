"""The way in by LMTP or SMTP: a mail is taken (250) once it is on disk and in the database, and not before.

It is meant for one's own mail server, on the same machine or in the same network: it asks for no password, and takes
mail for the reply address alone.
"""

import asyncio
import logging
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from aiosmtpd.controller import Controller
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask

from portal.actions import incoming
from portal.config import Settings
from portal.kernel.errors import TooLarge
from portal.kernel.mime.parsing import SIZE

log = logging.getLogger(__name__)

LINES = 10 * 1024 * 1024  # bytes of one line; RFC 5321 has 1,000, some programs do not
CONNECTIONS = 50  # at once; who comes then is asked to come again
RECIPIENTS = 20  # of one mail
IDLE = 120.0  # seconds that a sender may be silent
AGAIN = 2.0  # seconds between two tries to have the address
AT_ONCE = 8  # mails that are being written to disk


class Desk:
    """Takes mails for the reply address; aiosmtpd calls it by name."""

    def __init__(self, app: Flask, address: str) -> None:
        name, _, domain = address.rpartition("@")
        self._ours = re.compile(rf"{re.escape(name)}(\+.*)?@{re.escape(domain)}", re.IGNORECASE)
        self._app = app
        self._hands = ThreadPoolExecutor(AT_ONCE, "mail-taken")
        self.open = 0

    async def handle_RCPT(
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        """Whose mail comes in here: who does not write to the reply address is told at once (RFC 3463)."""
        if not self._ours.fullmatch(address):
            return "550 5.1.1 No such address here"
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:
        """Keep it, once for each address: each is answered by itself. LMTP is told of each, too (RFC 2033)."""
        raw = bytes(envelope.original_content or b"")
        sender = envelope.mail_from or "<>"
        loop = asyncio.get_running_loop()
        said = "250 2.0.0 Kept"
        for address in dict.fromkeys(envelope.rcpt_tos):
            said = await loop.run_in_executor(self._hands, self._keep, raw, sender, address)
            if not said.startswith("250"):
                break
        return "\r\n".join([said] * (len(envelope.rcpt_tos) if isinstance(server, LMTP) else 1))

    def _keep(self, raw: bytes, sender: str, address: str) -> str:
        with self._app.app_context():
            try:
                incoming.take(raw, "listener", sender=sender, recipients=[address])
            except TooLarge:
                return "552 5.3.4 Too large"
            except Exception:
                # Whatever it is, the sender still has the mail and brings it again.
                log.exception("a mail could not be kept; its sender was asked to try again")
                return "451 4.3.0 Try again later"
        return "250 2.0.0 Kept"

    def close(self) -> None:
        """End after what is being kept."""
        self._hands.shutdown()


class _Bounded:
    """A connection more than there may be is turned away with a word, and comes again."""

    line_length_limit = LINES
    event_handler: Desk
    transport: Any

    def connection_made(self, transport: Any) -> None:
        self.event_handler.open += 1
        if self.event_handler.open > CONNECTIONS:
            transport.write(b"421 4.3.2 Too many connections\r\n")
            transport.close()
            return
        super().connection_made(transport)  # type: ignore[misc]

    def connection_lost(self, error: Exception | None) -> None:
        self.event_handler.open -= 1
        if self.transport is not None:
            super().connection_lost(error)  # type: ignore[misc]


class _Smtp(_Bounded, SMTP):
    pass


class _Lmtp(_Bounded, LMTP):
    pass


class Listener(Controller):
    """Listens where the settings say, in a thread of its own."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.config["COMPTOIR"]
        where = urlsplit(settings.mail_listen)
        self._protocol = _Lmtp if where.scheme == "lmtp" else _Smtp
        self._desk = Desk(app, settings.reply_address)
        super().__init__(self._desk, hostname=where.hostname or "", port=where.port or 0)

    def factory(self) -> SMTP:
        """One for each connection."""
        return self._protocol(
            self._desk, data_size_limit=SIZE, enable_SMTPUTF8=True, ident="Comptoir", timeout=IDLE, hostname="comptoir"
        )

    def stop(self, no_assert: bool = False) -> None:
        """End: what was not answered yet is brought again."""
        super().stop(no_assert)
        self._desk.close()


class Standing:
    """A listener that stands as soon as its address is free: at a restart, the one before it may still have it."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._over = threading.Event()
        self._listener: Listener | None = None
        self._thread = threading.Thread(target=self._stand, daemon=True, name="mail-listener")
        self._thread.start()

    def stop(self) -> None:
        """End."""
        self._over.set()
        self._thread.join()
        if self._listener is not None:
            self._listener.stop()

    def _stand(self) -> None:
        while not self._over.is_set():
            try:
                self._listener = listen(self._app)
                return
            except OSError as error:
                log.warning("mail cannot be listened for yet: %s", error.strerror)
                self._over.wait(AGAIN)


def listen(app: Flask) -> Listener:
    """A listener at work. Raises `OSError` where its address is taken."""
    listener = Listener(app)
    listener.start()
    return listener
