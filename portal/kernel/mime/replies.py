"""What of a reply is said in the discussion, what is folded beside it, and which files come with it."""

import hashlib
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.kernel import text as texts
from portal.kernel.mime.blanking import blank, blank_file
from portal.kernel.mime.folding import Piece, fold
from portal.kernel.mime.mail import Attachment, Mail

WHOLE = "message.txt"  # the name of a text that is too long to be said
NAMED = 10  # files that a message without words names
_SHAPE = r"{}\+([a-z2-7]{{26}})@{}"


@dataclass(frozen=True)
class Reply:
    """A reply, ready to be posted: `words` as its author wrote them; `pieces` are the whole text, folded or not."""

    words: str
    pieces: tuple[Piece, ...]
    files: tuple[Attachment, ...]  # `WHOLE` is the first where the words are longer than a message

    @property
    def lines(self) -> int:
        """How many lines are folded."""
        return sum(piece.lines for piece in self.pieces if piece.folded)

    @property
    def empty(self) -> bool:
        """Whether there is nothing in it that could be posted."""
        return not self.words and not self.files

    @property
    def body(self) -> str:
        """What the message says: where there are no words, which files came."""
        return self.words or _named(self.files)


def reply(mail: Mail, most: int = texts.MESSAGE_LIMIT) -> Reply:
    """`mail` as a reply, of at most `most` characters. Nothing in it opens anything of ours."""
    pieces = tuple(Piece(blank(piece.text), piece.folded, piece.kind) for piece in fold(mail.text))
    words = texts.clean("".join(piece.text for piece in pieces if not piece.folded))
    words = "" if texts.is_blank(words) else words
    files = tuple(one for file in mail.attachments if file.content for one in blank_file(file))
    if len(words) <= most:
        return Reply(words, pieces, files)
    whole = Attachment(WHOLE, "text/plain", words.encode(), "", False)
    begin = texts.clean(words[: most - len(_named([whole])) - 3])
    return Reply(f"{begin}…\n\n{_named([whole])}", pieces, (whole, *files))


def _named(files: Sequence[Attachment]) -> str:
    """The names of files, in no language."""
    return texts.clean("📎 " + ", ".join(file.name for file in files[:NAMED]) + ("…" if len(files) > NAMED else ""))


def secrets(address: str, mail: Mail, envelope: Iterable[str]) -> tuple[str, ...]:
    """The secrets of reply addresses of ours (`address` without one) that a mail came to; its envelope tells first."""
    name, _, domain = address.rpartition("@")
    shape = re.compile(_SHAPE.format(re.escape(name), re.escape(domain)), re.IGNORECASE | re.ASCII)
    headers = [[one.email for one in where] for where in (mail.delivered_to, (*mail.to, *mail.cc))]
    for where in (list(envelope), *headers):
        found = [match[1].lower() for one in where if (match := shape.fullmatch(one.strip()))]
        if found:
            return tuple(dict.fromkeys(found))
    return ()


def token(secret: str, mail: Mail, said: Reply, sha256: str) -> str:
    """What is the same when a mail comes again, as 32 hex digits; without Message-ID and Date, of its very bytes."""
    name = mail.message_id or " ".join(mail.all("date")) or sha256
    files = [hashlib.sha256(file.content).hexdigest() for file in said.files]
    return hashlib.sha256("\n".join([secret, name, said.words, *files]).encode()).hexdigest()[:32]
