"""What each mail says: one function for each kind. Drawn for the reader's face, in their language and time zone."""

from datetime import timedelta
from functools import cache
from typing import Any

from babel.dates import format_datetime, get_timezone
from css_inline import CSSInliner

from portal.access.read_models import MessageView
from portal.access.said import keyless
from portal.drawing import draw, weight
from portal.kernel.clock import now
from portal.kernel.colours import rgb
from portal.kernel.mime import MARKERS
from portal.kernel.tokens import new_id
from portal.mailer.building import place, thread
from portal.mailer.house import House
from portal.queries.digests import Digest
from portal.queries.letters import Letter

MOMENT = "d MMM y, HH:mm"
# As the pages' tokens.css has them, by a brand's one hue.
_TINTS = {"strong": (0.46, 0.09), "wash": (0.975, 0.012), "tint": (0.945, 0.03), "night": (0.77, 0.105)}


def notice(letter: Letter, house: House) -> dict[str, Any]:
    """The words and headers of a notice: what is new in a discussion, and below it the last of what went before.

    A client's link opens the discussion without a password; staff sign in.
    """
    key, to_staff = new_id(), letter.face == "staff"
    said = [_said(message, letter) for message in letter.messages]
    unsubscribe = f"{house.url}/unsubscribe/{place('unsubscribe', key)}"
    here = f"/console/discussions/{letter.key}" if to_staff else f"/l/{place('link', key)}"
    values = {
        "title": letter.title,
        "preview": f"{said[-1]['author']}: {said[-1]['text'][:120]}",
        "messages": said,
        "earlier": [_said(message, letter) for message in letter.earlier],
        "address": house.url + here,
        "settings": f"{house.url}/profile",
        "unsubscribe": unsubscribe,
        "mentioned": letter.mentioned,
        "marker": MARKERS[letter.language] if house.reply_address else "",
    }
    root = thread(letter.key, letter.person_key, house.domain)
    headers = {"In-Reply-To": root, "References": root} | unsubscribing(unsubscribe)
    written = composed("notice", letter.face, letter.language, letter.brand.name, letter.brand.hue, values)
    return written | {
        "public_id": key,
        "email": letter.email,
        "since": letter.messages[0].number - 1,
        "subject": letter.title,
        "headers": headers,
        "notes": any(message.kind == "note" for message in (*letter.messages, *letter.earlier)),
        "reply": house.reply(key),
        "link_ends_at": None if to_staff else now() + timedelta(days=letter.link_days),
    }


def digest(told: Digest, house: House) -> dict[str, Any]:
    """The words and headers of a digest: which discussions have something new, and where. It cannot be answered."""
    key = new_id()
    unsubscribe = f"{house.url}/unsubscribe/{place('unsubscribe', key)}"
    zone = get_timezone(told.time_zone)
    lines = [
        line._asdict()
        | {
            "at": format_datetime(line.posted_at, MOMENT, tzinfo=zone, locale=told.language),
            "address": f"{house.url}/console/discussions/{line.key}",
        }
        for line in told.lines
    ]
    values = {
        "title": draw("mail/digest_subject.txt", "staff", told.language, count=len(lines)).strip(),
        "preview": ", ".join(line.title for line in told.lines)[:120],
        "lines": lines,
        "address": f"{house.url}/console/discussions?filter=unread",
        "settings": f"{house.url}/profile",
        "unsubscribe": unsubscribe,
    }
    written = composed("digest", "staff", told.language, told.firm, told.brand.hue, values)
    headers = unsubscribing(unsubscribe)
    return written | {"public_id": key, "email": told.email, "subject": values["title"], "headers": headers}


def unsubscribing(address: str) -> dict[str, str]:
    """The headers by which mail programs offer to end these mails (RFC 2369), with one click (RFC 8058)."""
    return {"List-Unsubscribe": f"<{address}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}


def composed(name: str, face: str, language: str, brand: str, hue: int, values: dict[str, Any]) -> dict[str, str]:
    """The mail `name` as text and as HTML, in the colours of a brand, whose name it comes under."""
    values = {"marker": "", "brand": brand, "colours": colours(hue)} | values
    return {
        "sender": brand,
        "text": draw(f"mail/{name}.txt", face, language, **values),
        "html": _inlined(draw(f"mail/{name}.html", face, language, **values)),
    }


@cache
def colours(hue: int) -> dict[str, str]:
    """The brand's tints, by name, as every mail program knows them."""
    return {name: rgb(*tint, hue) for name, tint in _TINTS.items()}


def _said(message: MessageView, letter: Letter) -> dict[str, Any]:
    zone = get_timezone(letter.time_zone)
    at = format_datetime(message.posted_at, MOMENT, tzinfo=zone, locale=letter.language)
    return {
        "author": message.author.name,
        "at": at,
        "html": keyless(message.html),
        "text": message.body,
        "note": message.kind == "note",
        "quote": message.quote,
        "files": ", ".join(f"{file.name} ({weight(letter.language, file.size)})" for file in message.files),
        "count": len(message.files),
    }


def _inlined(html: str) -> str:
    """Styles on each element for programs that drop the head, and in the head for those that know phones and nights."""
    return _inliner().inline(html)


@cache
def _inliner() -> CSSInliner:
    return CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
