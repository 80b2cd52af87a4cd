"""What a delivery report says: by its machine-readable part (RFC 3464), else in the words of servers that have none."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.parser import HeaderParser

from portal.kernel.mime import headers
from portal.kernel.mime.mail import Mail

REASON, READ = 300, 20_000  # characters: of a reason, and of what is read of a text

_DAEMON = re.compile(
    r"(?:mailer-daemon|mail-daemon|mdaemon|maildaemon|double-bounce|mailerdaemon|postmaster)(?:@|\b)|"
    r"microsoftexchange[0-9a-f]{20,40}@",
    re.IGNORECASE,
)
_SURELY_DAEMON = re.compile(
    r"(?:mailer-daemon|mailerdaemon|double-bounce)(?:@|\b)|microsoftexchange[0-9a-f]{20,40}@", re.I
)
_ADDRESS = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@(?:[\w-]{1,63}\.){1,8}[\w-]{2,24}")
_ABOUT_FAILURE = re.compile(
    r"undeliver|returned mail|delivery (?:status|failure|has failed|incomplete|delay)|mail delivery|failure notice|"
    r"could not be delivered|not delivered|did not reach|couldn't be delivered|wasn't delivered|mail system error|"
    r"non remis|non délivr|non distribu|échec de (?:la )?(?:remise|livraison|distribution)|pas (?:pu être|été) "
    r"(?:remis|délivré|distribué|envoyé)|unzustellbar|nicht zugestellt|konnte nicht|zustellung|no se (?:pudo|"
    r"ha podido) "
    r"entregar|no entregado|mancata consegna|non (?:è stato|può essere) (?:recapitat|consegnat)|"
    r"niet (?:worden )?(?:afgeleverd|bezorgd)|onbestelbaar|warning: (?:message|could not)|message delayed",
    re.IGNORECASE,
)
_DELAYED = re.compile(
    r"delayed|warning: (?:message|could not)|will (?:be retried|keep trying|retry)|still being retried|deferred|"
    r"retardé|nouvelle tentative|sera réessay|verzögert|retrasad|ritardat|vertraagd|temporary|temporaire",
    re.IGNORECASE,
)
_COPY = re.compile(
    r"^.{0,20}(?:below this line is a copy|this is a copy of (?:the|your)|original message(?: follows)?\b|"
    r"message header follow|"
    r"unsent message below|original (?:mail )?headers?|en-têtes (?:de message )?d['’]origine|message d['’]origine|"
    r"ursprüngliche (?:nachricht|kopfzeilen)|diagnostic information for admin).{0,80}$",
    re.IGNORECASE | re.MULTILINE,
)
_LISTED = re.compile(
    rf"^[ \t]{{0,12}}(?:[\"'<]{{0,2}})({_ADDRESS.pattern})[\"'>]{{0,2}}(?:[ \t]{{0,4}}(?::|\(|$|on\b|failed)|"
    rf"[ \t]{{0,4}}\r?$)",
    re.MULTILINE | re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([245]\.\d{1,3}\.\d{1,3})(?![\d.]*\d)")
_CODE = re.compile(r"(?<![\d.])([45])\d\d[ -]")
_SAYS = re.compile(
    r"(?<![\d.])[45]\d\d[ -]|said:|#[45]\.\d|user unknown|unknown user|mailbox|quota|does not exist|n['’]existe pas|"
    r"inconnu|rejected|refus|no such|unrouteable|not found|full\b|pleine|existiert nicht|unbekannt",
    re.IGNORECASE,
)
_MESSAGE_ID = re.compile(r"^[>\s]{0,8}message-id:\s{0,8}(<[^<>\s]{1,900}>)", re.IGNORECASE | re.MULTILINE)
_BLANK = re.compile(r"\n[ \t]*\n")


@dataclass(frozen=True)
class Bounce:
    """A mail that did not arrive."""

    recipients: tuple[str, ...]  # as the server names them; empty where it names none
    permanent: bool  # False: the server may try again, or the reason may pass (4.x.x)
    status: str  # 5.1.1 …; empty where it is not said
    reason: str  # the server's words, in one line; can be empty
    original: str | None  # Message-ID of the mail that did not arrive, with brackets


def bounce(mail: Mail) -> Bounce | None:
    """What `mail` reports as not delivered, or as late; None for any other mail, and for good news."""
    if reports := list(_reports(mail)):
        bad = [report for report in reports if report["action"] in {"failed", "delayed"}]
        return _reported(mail, bad) if bad else None
    failed = headers.addresses(mail.all("x-failed-recipients"))
    told = _ABOUT_FAILURE.search(f"{mail.subject}\n{mail.text[:2000]}")
    if failed or (told and (is_daemon(mail) or _may_be_daemon(mail))):
        return _told(mail, tuple(address.email for address in failed))
    return None


def is_daemon(mail: Mail) -> bool:
    """Whether it comes from what no person calls itself."""
    return any(_SURELY_DAEMON.match(value.strip(" <\"'")) for value in _senders(mail))


def _may_be_daemon(mail: Mail) -> bool:
    return mail.return_path == "" or any(_DAEMON.match(value.strip(" <\"'")) for value in _senders(mail))


def _senders(mail: Mail) -> list[str]:
    return [address.email for address in mail.froms] + [mail.return_path or ""] + [*mail.all("from")]


def _reports(mail: Mail) -> Iterator[dict[str, str]]:
    """A dictionary for each recipient of a machine-readable report: action, status, reason, recipient."""
    if mail.type != "multipart/report" and not _may_be_daemon(mail):
        return
    for part in mail.attachments:
        if part.type in {"message/delivery-status", "message/global-delivery-status"}:
            words = part.content[: READ * 5].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
            for block in _BLANK.split(words)[:200]:
                if found := _recipient(block.strip("\n")):
                    yield found


def _recipient(block: str) -> dict[str, str] | None:
    try:
        head = HeaderParser().parsestr(block[:READ])
    except Exception:
        return None
    who = str(head.get("original-recipient") or head.get("final-recipient") or "")
    final = str(head.get("final-recipient") or who)
    action = str(head.get("action", "")).strip().lower().partition(" ")[0]
    status = _STATUS.search(str(head.get("status", "")))
    if not action or not (who or final):
        return None
    named = _ADDRESS.search(who.partition(";")[2] or who) or _ADDRESS.search(final)
    reason = str(head.get("diagnostic-code", "")).partition(";")[2] or str(head.get("diagnostic-code", ""))
    return {
        "action": action,
        "status": status[1] if status else "",
        "reason": headers.line(" ".join(reason.split()), REASON),
        "recipient": named[0] if named else "",
    }


def _reported(mail: Mail, reports: list[dict[str, str]]) -> Bounce:
    """Where several failed for several reasons, those that failed for good are told."""
    lasting = [report for report in reports if report["action"] == "failed" and report["status"][:1] != "4"]
    told = lasting or reports
    named = dict.fromkeys(report["recipient"] for report in told if report["recipient"])
    reason = next((report["reason"] for report in told if report["reason"]), "") or _reason(_own_text(mail))
    return Bounce(tuple(named), bool(lasting), told[0]["status"], reason, _original(mail))


def _told(mail: Mail, failed: tuple[str, ...]) -> Bounce:
    """By words alone."""
    words = _own_text(mail)
    status = next((found[1] for found in _STATUS.finditer(words) if found[1][0] != "2"), "")
    code = _CODE.search(words)
    kind = status[:1] or (code[1] if code else "4" if _DELAYED.search(f"{mail.subject}\n{words}") else "5")
    return Bounce(failed or _named(mail, words), kind == "5", status, _reason(words), _original(mail))


def _own_text(mail: Mail) -> str:
    """What the server says, without the copy of the mail below it."""
    reports = (part.content[:READ].decode("utf-8", "replace") for part in mail.attachments if "status" in part.type)
    words = (mail.text or next(reports, "")).replace("\r", "")[:READ]
    copy = _COPY.search(words)
    return words[: copy.start()] if copy and copy.start() > 40 else words


def _named(mail: Mail, words: str) -> tuple[str, ...]:
    """The addresses that the server lists; else all that it names, but its own and ours."""
    known = {address.email.casefold() for address in (*mail.froms, *mail.recipients, *mail.reply_to)}
    for pattern in (_LISTED, _ADDRESS):
        found = [match[match.lastindex or 0] for match in pattern.finditer(words)]
        found = [one.rstrip(".") for one in found if one.casefold() not in known and not _DAEMON.match(one)]
        if found:
            return tuple(dict.fromkeys(found))[:50]
    return ()


def _reason(words: str) -> str:
    """The paragraph with the server's answer, from there on."""
    for block in _BLANK.split(words):
        if found := _SAYS.search(block):
            line = block.rfind("\n", 0, found.start()) + 1
            return headers.line(" ".join(block[line:].split()), REASON)
    return ""


def _original(mail: Mail) -> str | None:
    """The Message-ID in the copy of what was sent; else of what the report answers."""
    for part in mail.attachments:
        if part.type in {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}:
            words = part.content[: READ * 5].decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n")
            if found := _MESSAGE_ID.search(re.sub(r"\n[ \t]+", " ", words)):
                return found[1]
    copies = _MESSAGE_ID.findall(mail.text[: READ * 5])
    return copies[-1] if copies else mail.in_reply_to
