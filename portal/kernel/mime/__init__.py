"""E-mail that came in: what it says, who it is from, whether a machine wrote it, and which words are its author's."""

from portal.kernel.mime.automatic import automatic
from portal.kernel.mime.blanking import blank
from portal.kernel.mime.bounces import Bounce, bounce
from portal.kernel.mime.folding import Piece, fold, shows_words
from portal.kernel.mime.mail import Address, Attachment, Mail
from portal.kernel.mime.parsing import parse
from portal.kernel.mime.reading import MARKERS
from portal.kernel.mime.replies import Reply, reply, secrets, token
from portal.kernel.mime.senders import is_one_of, proved

__all__ = [
    "MARKERS",
    "Address",
    "Attachment",
    "Bounce",
    "Mail",
    "Piece",
    "Reply",
    "automatic",
    "blank",
    "bounce",
    "fold",
    "is_one_of",
    "parse",
    "proved",
    "reply",
    "secrets",
    "shows_words",
    "token",
]
