"""The way in by a mailbox that is looked into (IMAP): a mail is known by its number there, not by who has read it.

Nothing is ever deleted there. What was taken is marked as read; what could not be taken is looked at again.
"""

import logging
import re
import time
from collections.abc import Iterable
from contextlib import suppress
from urllib.parse import unquote, urlsplit

from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted, MailMessageFlags

from portal.actions import incoming
from portal.kernel import mime
from portal.kernel.mime.parsing import SIZE
from portal.queries import incoming as queries

log = logging.getLogger(__name__)

EVERY = 20.0  # seconds between two looks
PATIENCE = 60.0  # seconds that the server may be silent
AGAIN = (20.0, 60.0, 300.0)  # seconds after a failure, and after more of them
BATCH = 50  # mails of one look
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
HERE = {"localhost", "127.0.0.1", "::1"}


class Poller:
    """Looks into one mailbox, as a duty of the worker: `look` does nothing while it is not time."""

    def __init__(self, url: str, address: str) -> None:
        self._url, self._address = url, address
        self._box: BaseMailBox | None = None
        self._at = 0.0
        self._failed = 0
        self._done = 0  # the highest number up to which all are ours, since the mailbox was opened

    def look(self) -> bool:
        """Take what is new; whether there may be more."""
        if time.monotonic() < self._at:
            return False
        try:
            more = self._take_all()
        except Exception as error:
            # Its words may hold the password, and anybody's addresses: its name is enough.
            log.warning("the mailbox could not be looked into: %s", type(error).__name__)
            self.close()
            self._at = time.monotonic() + AGAIN[min(self._failed, len(AGAIN) - 1)]
            self._failed += 1
            return False
        self._failed, self._at = 0, time.monotonic() + (0 if more else EVERY)
        return more

    def close(self) -> None:
        """Leave the mailbox."""
        box, self._box = self._box, None
        if box is not None:
            with suppress(Exception):
                box.logout()

    def _take_all(self) -> bool:
        if self._box is None:
            self._box, self._done = opened(self._url), 0
        box = self._box
        box.client.noop()  # only then does a server look for what is new
        validity = box.folder.status(options=["UIDVALIDITY"])["UIDVALIDITY"]
        prefix = f"imap {validity}/"
        there = sorted(int(uid) for uid in box.uids(f"UID {self._done + 1}:*") if int(uid) > self._done)
        known = queries.marked([f"{prefix}{uid}" for uid in there])
        new = [uid for uid in there if f"{prefix}{uid}" not in known]
        for uid in new[:BATCH]:
            self._take(box, str(uid), f"{prefix}{uid}")
        if len(new) <= BATCH:
            self._done = max(there, default=self._done)
        return len(new) > BATCH

    def _take(self, box: BaseMailBox, uid: str, mark: str) -> None:
        """Of one that is too large the headers are taken; all of it stays there, unread."""
        large = _size(box, uid) > SIZE
        raw = _fetched(box, uid, "BODY.PEEK[HEADER]" if large else "BODY.PEEK[]")
        if raw is None:  # deleted meanwhile
            return
        # The mark that says that all of it was taken comes last: who dies over it begins anew.
        for number, to in reversed(list(enumerate(self._addresses(raw) or ("",)))):
            more = f"{mark}/{number}" if number else mark
            incoming.take(raw, "imap", recipients=[to] if to else [], mark=more, large=large)
        if not large:
            with suppress(Exception):  # some mailboxes may not be written in
                box.flag(uid, MailMessageFlags.SEEN, True)

    def _addresses(self, raw: bytes) -> list[str]:
        """Our reply addresses that it came to, of which each is answered by itself."""
        name, _, domain = self._address.rpartition("@")
        return [f"{name}+{secret}@{domain}" for secret in mime.secrets(self._address, mime.parse(raw), ())]


def opened(url: str) -> BaseMailBox:
    """The folder that a setting such as imaps://user:password@host/INBOX names. Encrypted, but on this machine."""
    parts = urlsplit(url)
    host, folder = parts.hostname or "", unquote(parts.path.lstrip("/")) or "INBOX"
    if parts.scheme == "imaps":
        box: BaseMailBox = MailBox(host, parts.port or 993, timeout=PATIENCE)
    elif host in HERE:
        box = MailBoxUnencrypted(host, parts.port or 143, timeout=PATIENCE)
    else:
        box = MailBoxStartTls(host, parts.port or 143, timeout=PATIENCE)
    box.login(unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=folder)
    return box


def _size(box: BaseMailBox, uid: str) -> int:
    _, data = box.client.uid("FETCH", uid, "(RFC822.SIZE)")
    found = _SIZE.search(b" ".join(_bytes(data)))
    return int(found[1]) if found else 0


def _fetched(box: BaseMailBox, uid: str, what: str) -> bytes | None:
    _, data = box.client.uid("FETCH", uid, f"({what})")
    return next((part[1] for part in data or () if isinstance(part, tuple) and isinstance(part[1], bytes)), None)


def _bytes(data: Iterable[object] | None) -> Iterable[bytes]:
    for part in data or ():
        yield from (one for one in (part if isinstance(part, tuple) else (part,)) if isinstance(one, bytes))
