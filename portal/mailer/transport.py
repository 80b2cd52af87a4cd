"""The ways a mail leaves the house: a mail server, or without one a folder."""

import os
import re
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

NAME = re.compile(r"[a-z2-7]{26}")  # a mail's public id
PATIENCE = 30.0  # seconds that a mail server may be silent
GOODBYE = 2.0  # seconds to hang up in
OK, FORWARDS = 250, 251
LAST = 240.0  # after the words: it may look through them first (RFC 5321, 4.5.3.2.6)
GONE = frozenset({"5.1.1", "5.1.2", "5.1.3", "5.1.6", "5.1.10", "5.2.1"})  # nobody there (RFC 3463)


class Deferred(Exception):
    """Not now: the server is away, busy or full; the text says what it said."""


class Refused(Exception):
    """Never. `address` is whether because there is nobody at that address."""

    def __init__(self, reason: str, *, address: bool = False) -> None:
        super().__init__(reason)
        self.address = address


class Line(Protocol):
    """A way that is open: takes a mail to one address, or raises `Deferred` or `Refused`."""

    def send(self, mail: EmailMessage, sender: str, email: str) -> None:
        """Hand `mail` over for `email`; bounces go to `sender`."""


class Transport(Protocol):
    """A way out."""

    def open(self) -> AbstractContextManager[Line]:
        """For as many mails as there are to send now."""


@dataclass(frozen=True)
class Folder:
    """Keeps mails as files, each whole or not at all: for trying things out, and for a demo."""

    path: Path

    def kept(self, most: int) -> list[str]:
        """The names of the mails in it, the newest first."""
        files = sorted(self.path.glob("*.eml"), key=lambda file: file.stat().st_mtime_ns, reverse=True)
        return [file.stem for file in files[:most]]

    def read(self, name: str) -> EmailMessage | None:
        """One of them; None where there is none of that name."""
        file = self.path / f"{name}.eml"
        if not NAME.fullmatch(name) or not file.is_file():
            return None
        return message_from_bytes(file.read_bytes(), policy=SMTP)

    @contextmanager
    def open(self) -> Iterator["Folder"]:
        """Itself: it needs no connection."""
        yield self

    def send(self, mail: EmailMessage, sender: str, email: str) -> None:
        """One file for each mail; the same one again for the same mail."""
        self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
        name = str(mail["Message-ID"]).strip("<>").partition("@")[0]
        draft = self.path / f".{name}"
        draft.write_bytes(mail.as_bytes())
        os.replace(draft, self.path / f"{name}.eml")


@dataclass(frozen=True)
class Smtp:
    """A mail server. What travels to it is encrypted, unless it is on this machine."""

    host: str
    port: int
    tls: bool  # from the beginning; else STARTTLS
    user: str = ""
    password: str = ""

    @classmethod
    def at(cls, url: str) -> "Smtp":
        """Of a setting such as smtp://user:password@mail.example.com:587."""
        parts = urlsplit(url)
        tls = parts.scheme == "smtps"
        port = parts.port or (465 if tls else 587)
        return cls(parts.hostname or "", port, tls, unquote(parts.username or ""), unquote(parts.password or ""))

    @contextmanager
    def open(self) -> Iterator["Connection"]:
        """One connection for all mails: greeting and encrypting anew for each would take longer than the mails."""
        line = Connection(self)
        try:
            yield line
        finally:
            line.end()

    def connected(self) -> smtplib.SMTP:
        """A connection, encrypted and signed in."""
        safe = ssl.create_default_context()
        if self.tls:
            link: smtplib.SMTP = smtplib.SMTP_SSL(self.host, self.port, timeout=PATIENCE, context=safe)
        else:
            link = smtplib.SMTP(self.host, self.port, timeout=PATIENCE)
        try:
            if not self.tls and not self._is_here():
                link.starttls(context=safe)
            link.ehlo_or_helo_if_needed()
            if self.user:
                link.login(self.user, self.password)
        except BaseException:
            link.close()
            raise
        return link

    def _is_here(self) -> bool:
        return self.host in {"localhost", "127.0.0.1", "::1"}


class Connection:
    """To a mail server, made when it is needed, and made anew where the last one fails."""

    def __init__(self, server: Smtp) -> None:
        self._server = server
        self._link: smtplib.SMTP | None = None

    def send(self, mail: EmailMessage, sender: str, email: str) -> None:
        """Hand it over. Once the server has said yes to the words, what comes after is not looked at."""
        try:
            _hand_over(self._ready(), mail, sender, email)
        except smtplib.SMTPResponseException as error:
            raise _verdict(error.smtp_code, error.smtp_error) from error
        except UnicodeError as error:
            raise Refused(f"{email} cannot be written in ASCII") from error
        except (OSError, smtplib.SMTPException) as error:
            self.end()
            raise Deferred(str(error) or type(error).__name__) from error

    def end(self) -> None:
        """Hang up, politely where one may."""
        link, self._link = self._link, None
        if link is not None:
            with suppress(OSError, smtplib.SMTPException):
                if link.sock is not None:
                    link.sock.settimeout(GOODBYE)
                    link.quit()
            link.close()

    def _ready(self) -> smtplib.SMTP:
        """The connection of the last mail where it still stands: nothing is lost by asking, before any word is sent."""
        if self._link is not None:
            with suppress(OSError, smtplib.SMTPException):
                if self._link.rset()[0] == OK:
                    return self._link
            self.end()
        self._link = self._server.connected()
        return self._link


def transport(smtp_url: str, var: Path) -> Transport:
    """The way out by the settings."""
    return Smtp.at(smtp_url) if smtp_url else Folder(var / "mail")


def _hand_over(link: smtplib.SMTP, mail: EmailMessage, sender: str, email: str) -> None:
    """Step by step, so that a refusal is known for what it is about: the address, or something else."""
    words = mail.as_bytes()
    size = [f"size={len(words)}"] if link.has_extn("size") else []
    code, said = link.mail(_in_ascii(sender), size)
    if code != OK:
        raise _verdict(code, said)
    code, said = link.rcpt(_in_ascii(email))
    if code not in {OK, FORWARDS}:
        raise _verdict(code, said, of_address=True)
    _patience(link, LAST)
    code, said = link.data(words)
    if code != OK:
        raise _verdict(code, said)
    _patience(link, PATIENCE)


def _patience(link: smtplib.SMTP, seconds: float) -> None:
    if link.sock is not None:
        link.sock.settimeout(seconds)


def _in_ascii(email: str) -> str:
    """Its domain as the DNS knows it. Raises `UnicodeError` for a name that only some servers would take."""
    name, at, domain = email.rpartition("@")
    return (name + at).encode("ascii").decode() + domain.encode("idna").decode("ascii")


def _verdict(code: int, words: bytes | str, *, of_address: bool = False) -> Exception:
    """4xx is for now, 5xx for good (RFC 5321, 4.2.1); who is unknown is said by an enhanced code (RFC 3463)."""
    said = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    reason = f"{code} {' '.join(said.split())}"
    if not 500 <= code < 600:
        return Deferred(reason)
    enhanced = said.partition(" ")[0]
    return Refused(reason, address=of_address and (enhanced in GONE or (code == 550 and enhanced[:2] != "5.")))
