"""How mail programs introduce what they quote: "Le … a écrit :", blocks of headers, and lines that part.

Nothing here says what is folded; it says how sure a line is. A sentence of the author's can look like an
introduction ("Le client a écrit :"), so a line counts by what it names: a date, a time, an address, a person.
"""

import re
from enum import IntEnum

INTRO, LINES, BLOCK = 400, 5, 40  # characters and lines of an introduction; lines of a block of headers

_FORMS = re.compile(r"[\s*_|\u200e\u200f\u202f\xa0]+")
_MONTHS = (
    "jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|janv|févr|fevr|mars|avr|mai|juin|juil|août|aout|déc|märz|okt|dez|"
    "ene|abr|ago|dic|gen|mag|giu|lug|set|ott|mrt|mei|maj|fev|out"
)
_WROTE = re.compile(
    r"\b(?:(?:a|ont|avez) [ée]crit|wrote|writes|schrieb|geschrieben|escribi[óo]|ha scritto|schreef|geschreven|escreveu|"
    r"skrev|skrifaði|napisał(?:\(a\)|a)?|napsal(?:\(a\)|a)?|scris|napsal|kirjoitti|написал[аи]?|писал)\b",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"[^\s<>@\"'()]{1,64}@[^\s<>@\"'()]{1,255}")
_TIME = re.compile(
    r"(?<![\d.:])\d{1,2}(?::\d{2}(?::\d{2})?|h\d{2}|\.\d{2}(?![.\d]))\s?(?:[AP]M\b|Uhr\b)?|\b\d{1,2} [AP]M\b", re.I
)
_DATE = re.compile(
    rf"\b\d{{4}}[-/.年]\d{{1,2}}[-/.月]\d{{1,2}}|\b\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{2,4}}\b|"
    rf"\b\d{{1,2}}(?:er|st|nd|rd|th|\.)?,? (?:de )?(?:{_MONTHS})|\b(?:{_MONTHS})\w{{0,7}}\.? \d{{1,2}}\b",
    re.IGNORECASE,
)
_BEGINS = re.compile(
    r"(?:le|on|at|am|el|il|op|em|en|in data|den|dnia|w dniu|dne|på|pe|a|em|data|date|du)\b.{0,40}?\d|\d|"
    r"(?:lun|mar|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun|mo|di|mi|do|fr|sa|so|lu|ma|je|ve|sá|wo|vr|za|zo|"
    r"ons|tor|fre|lör|sön|mån|tis)\w{0,7}\b.{0,30}?\d|[\"'«]?\w[^@]{0,80}<[^<>]{3,200}>|[^\s@]{1,64}@",
    re.IGNORECASE,
)
_MINE = {"i", "we", "j", "je", "nous", "ich", "wir", "yo", "nosotros", "io", "noi", "ik", "wij", "moi"}
_ZONE = re.compile(r"^(?:\s*(?:UTC|GMT|CES?T|ME[SZ]{1,2}|[AP]M|Uhr)\b(?:[+-]\d{1,4})?[\s,:]*)+", re.IGNORECASE)

_ROLES = {
    "from": "de from von da van från fra od expéditeur afzender mittente remitente absender lähettäjä от",
    "sent": "envoyé|envoyé le|envoyé à|sent|gesendet|gesendet am|enviado|enviado el|enviado a|inviato|verzonden|"
    "skickat|sendt|wysłano|date d'envoi|lähetetty|odesláno|message du|enviada em|отправлено",
    "date": "date datum fecha data datum: dato",
    "to": "à a to an para aan till til do destinataire destinataires pour empfänger vastaanottaja кому",
    "copy": "cc|cci|copie|copie à|kopie|copia|bcc|kopia|kopi|dw|reply-to|répondre à|antwort an|responder a|risposta",
    "subject": "objet sujet subject betreff asunto oggetto onderwerp ämne emne temat assunto aihe předmět тема",
}
_LABELS = {
    label: role for role, labels in _ROLES.items() for label in (labels.split("|") if "|" in labels else labels.split())
}
_LABEL = re.compile(r"[\s*_>|]{0,20}([^\W\d_][^\n:：*]{0,19}?)[\s*_]{0,4}[:：](.{0,500})")
_PARTS = re.compile(r"[\s>*|]{0,20}(?:[-_=–—‐‑]\s?){3,200}\s*$")

_ORIGINAL = (
    r"original message|message d['’]origine|(?:message|mail|courriel|e-mail) (?:original|initial|d['’]origine)|"
    r"urspr[üu]ngliche (?:nachricht|e-?mail)|originalnachricht|original-nachricht|mensaje original|"
    r"messaggio originale|oorspronkelijk(?:e)? bericht|mensagem original|oprindelig meddelelse|"
    r"urspr(?:u|ü)ngligt meddelande|opprinnelig melding|reply message|wiadomość oryginalna|originele bericht"
)
_FORWARDED = (
    r"forwarded message|(?:message|mail|courriel) (?:transf[ée]r[ée]|r[ée]exp[ée]di[ée]|suivi)|"
    r"weitergeleitete (?:nachricht|e-?mail)|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht"
)
_RULED = re.compile(
    rf"[\s>*_|]{{0,20}}[-_=–—‐‑]{{2,80}}\s{{0,4}}(?:(?P<original>{_ORIGINAL})|(?P<forwarded>{_FORWARDED})"
    rf"(?:\s(?:from|de|von)\s[^\n]{{1,80}}?)?)\s{{0,4}}:?\s{{0,4}}[-_=–—‐‑]{{2,80}}",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"[\s>]{0,20}-{2,20} (\S[^\n]{5,200}) -{2,20}\s*$")  # Zoho's introduction
_BEGIN_FORWARDED = re.compile(
    r"[\s>*_|]{0,20}(?:begin forwarded message|d[ée]but du message (?:r[ée]exp[ée]di[ée]|transf[ée]r[ée])|"
    r"anfang der weitergeleiteten (?:nachricht|e-?mail)|inicio del mensaje reenviado|"
    r"inizio (?:del )?messaggio inoltrato|begin doorgestuurd bericht|original message processed by \S{1,20})\s?:?\s*$",
    re.IGNORECASE,
)


class Sure(IntEnum):
    """How sure it is that a line introduces a quote."""

    NO = 0
    IF_MARKED = 1  # where lines behind `>` follow
    YES = 2


def sure(words: str) -> Sure:
    """Whether `words`, one line or several joined, introduce a quote. They end in a colon."""
    words = _FORMS.sub(" ", words).strip(" >")[:INTRO]
    wrote = _WROTE.search(words)
    address = bool(_ADDRESS.search(words))
    when = bool(_DATE.search(words)), bool(_TIME.search(words))
    begins = bool(_BEGINS.match(words))
    if not wrote:
        closed = words.rstrip(": ").endswith(">")
        found = all(when) and begins
        return Sure.NO if not found else Sure.YES if address and closed else Sure.IF_MARKED
    if begins and any(when) and (address or (all(when) and _is_name(words, wrote))):
        return Sure.YES
    if any(when) and begins:
        return Sure.IF_MARKED
    named = len(words) <= 120 and (address or (len(words.split()) <= 7 and _is_name(words, wrote)))
    return Sure.IF_MARKED if named else Sure.NO


def introductions(lines: list[str], tries: int) -> dict[int, tuple[int, Sure]]:
    """{where it begins: (the line after it, how sure)} of what introduces quotes in `lines`, of `tries` at most.

    Programs wrap it over several lines; of the ways to read it the surest counts, then the shortest.
    """
    found: dict[int, tuple[int, Sure]] = {}
    for end, line in enumerate(lines):
        if not line.rstrip(" \t\r\n\xa0\u202f*_>").endswith((":", "：")):
            continue
        if (tries := tries - 1) < 0:
            break
        best, begin = Sure.NO, end
        for start in range(end, max(-1, end - LINES), -1):
            if not lines[start].strip() or len(lines[start]) > INTRO:
                break
            if (now := sure(" ".join(lines[start : end + 1]))) > best:
                best, begin = now, start
        if best:
            found[begin] = (end + 1, best)
    return found


def parts(line: str) -> bool:
    """Whether it is a line of strokes alone."""
    return bool(_PARTS.match(line[:250]))


def says_original(line: str) -> str:
    """`quote` or `forward` for "-----Message d’origine-----" and its like, else empty."""
    if found := _RULED.match(line[:300]):
        return "quote" if found["original"] else "forward"
    if (said := _BETWEEN.match(line[:300])) and sure(f"{said[1]}:") is Sure.YES:
        return "quote"
    return "forward" if _BEGIN_FORWARDED.match(line[:120]) else ""


def block(lines: list[str], start: int, after_rule: bool) -> int:
    """The line after the headers ("De : … Envoyé : … Objet : …") that begin at `start`; `start` where none do."""
    roles: dict[str, str] = {}
    end, gap = start, 0
    for place in range(start, min(len(lines), start + BLOCK)):
        label = _LABEL.match(lines[place][:600])
        role = _LABELS.get(label[1].strip().casefold()) if label else None
        if role and label:
            roles.setdefault(role, label[2])
            end, gap = place + 1, 0
        elif not roles or (gap := gap + 1) > (1 if not lines[place].strip() else 4) or _is_block(roles, after_rule):
            break
    return end if _is_block(roles, after_rule) else start


def _is_block(roles: dict[str, str], after_rule: bool) -> bool:
    """From, and two more. Who writes of a journey may say "De : … À : … Date : …"; a program says more."""
    if "from" not in roles or len(roles) < 3:
        return False
    addressed = any("@" in roles.get(role, "") for role in ("from", "to"))
    timed = "subject" in roles and bool(_TIME.search(roles.get("date", "")[:100]))
    proof = after_rule or "sent" in roles or addressed or timed
    return proof and ("subject" in roles or "sent" in roles or after_rule)


def _is_name(words: str, wrote: re.Match[str]) -> bool:
    """Whether the one who wrote has a name: "Ann Roy", and not "le client" or "we"."""
    after = words[wrote.end() :].strip(" :")
    if after and not re.match(r"am\b|le\b|on\b|el\b|il\b|op\b", after, re.IGNORECASE):
        name = after
    else:
        name = words[: wrote.start()]
        last = max((found.end() for found in _TIME.finditer(name)), default=0)
        name = name[max(last, name.rfind(",") + 1) :]
    name = _ZONE.sub("", name).strip(" \"'«»“”(<,")
    first = name.split()[0] if name.split() else ""
    return bool(first) and first[0].isalpha() and not first[0].islower() and first.casefold().strip("'’") not in _MINE
