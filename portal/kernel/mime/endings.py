"""What stands below an author's words and is not theirs to say: signatures, of phones too, and disclaimers."""

import re

_DASHES = 8  # lines of a signature below "--"; people also part their paragraphs so
_MOST = 25  # lines of one below "-- ", which is the rule (RFC 3676)
_WIDE = 120  # characters; a signature has no longer line, unless a disclaimer

_BRAND = (
    r"iphone|ipad|ipod|apple watch|macbook|samsung|galaxy|android|huawei|xiaomi|redmi|pixel|oppo|oneplus|nokia|"
    r"motorola|"
    r"xperia|honor|fairphone|blackberry|windows(?: phone)?|outlook|gmail|yahoo(?: mail)?|proton ?mail|mail orange|"
    r"orange mail|la poste|laposte|gmx|web\.de|hotmail|bluemail|spark|airmail|k-9|thunderbird|wiko|htc|alcatel|"
    r"asus|typeapp|mailbox|libero mail|tuta(?:nota)?|ionos"
)
_THING = (
    r"mobile|mobiles|portable|smartphone|téléphone|telephone|tablette|tablet|phone|cellphone|handy|handset|gsm|"
    r"telefoon|"
    r"mobiltelefon|mobilgerät|cell|móvil|movil|celular|cellulare|telefono|teléfono|appareil|dispositivo|gerät|"
    r"toestel|mac|pc"
)
_SENT = (
    r"envoy[ée]e?s? (?:de(?:puis)?|[àa] partir d[e’']|via|avec|par|à l[’']aide de)|sent (?:from|with|via|using)|"
    r"(?:diese (?:nachricht|e-?mail) wurde )?(?:gesendet )?(?:von|mit|über|vom|aus)|enviado (?:desde|con|"
    r"a trav[ée]s de)|"
    r"inviato (?:da|dal|dall[’']|con|tramite)|(?:verstuurd|verzonden) (?:vanaf|met|via|van)|provenance ?:|"
    r"sendt fra|skickat från|"
    r"t[ée]l[ée]charge[zr]|obtenez|obtenir|get|(?:holen|laden) sie(?: sich)?|obtener|obt[ée]n|obter|"
    r"descarga(?:r)?|scarica|"
    r"ottieni|download"
)
_SIMPLE = re.compile(r"von|mit|über|vom|aus", re.IGNORECASE)  # a sentence begins so, too
_MY = re.compile(r"\b(?:min|mon|ma|my|a|mein(?:em|er)|mi|mio|mia|mijn|een|un|une)\b", re.IGNORECASE)
_EXCUSE = re.compile(r"excus|désol|pardon|merci d|please|sorry|entschuldig|bitte|disculp|perdon|scus", re.IGNORECASE)
_EXCUSED = re.compile(r",|[.!]\s|$")
_PHONE = re.compile(rf"[\s>*_\[(]{{0,6}}(?P<how>{_SENT})\s{{0,3}}(?P<rest>[^\n]{{1,160}})$", re.IGNORECASE)
_LINK = re.compile(r"<[^<>]{0,200}>|\(https?://[^\s()]{1,200}\)|https?://\S{1,200}|[\[\]]")
_GETS = re.compile(r"[\s*_\[(]{0,6}(?:t[ée]l|obt|get|hol|lad|desc|scar|ott|down)", re.IGNORECASE)
_OUTLOOK = re.compile(
    r"[\s*_\[(]{0,6}(?:\w{1,12} )?outlook (?:for|pour|für|para|per|voor) (?:ios|android|mac|"
    r"windows)(?: \w{1,14})?\W{0,4}$",
    re.IGNORECASE,
)
_DEVICE = re.compile(rf"\b(?:{_BRAND}|{_THING})\b", re.IGNORECASE)
_BY_NAME = re.compile(rf"\b(?:{_BRAND})\b", re.IGNORECASE)
# What may stand behind the name of a device: its model, its program, its network. Else a sentence goes on.
_AFTER = re.compile(
    r"(?:\d{1,4}\w{0,2}|[a-z]\d{1,3}\w{0,2}|mini|pro|max|plus|ultra|air|fold|flip|note|mobile|phone|smartphone|"
    r"tablet|tablette|"
    r"device|pour|for|für|para|per|voor|on|sur|de|d|di|do|da|von|via|with|avec|con|mit|met|using|und|and|et|app|"
    r"application|"
    r"apps|mail|e-?mail|secure|sécurisée?|wireless|ios|windows|mac|orange|sfr|free|bouygues|vodafone|verizon|"
    r"telekom|t|movistar|"
    r"tim|gesendet|geschickt|verzonden|versendet|downloaden|beziehen|workspace|l|la|le)",
    re.IGNORECASE,
)
_OTHER = re.compile(
    r"\s{0,4}(?:<?https?://(?:aka\.ms/\w{1,20}|\S{0,40}overview\.mail\.yahoo\S{0,200}|www\.avast\.com\S{0,200}|"
    r"proton\.me\S{0,80})>?|sans virus\.?\s?.{0,60}avast.{0,200}|virus-free\.?\s?.{0,60}avast.{0,200}|"
    r"(?:garanti )?sans virus\b.{0,80}|yahoo mail ?: (?:recherchez|search|stay|la nueva).{0,100})\s*$",
    re.IGNORECASE,
)

_CONFIDENTIAL = re.compile(
    r"confiden[tcz]\w{2,8}|vertraulich|riservat[oie]|vertrouwelijk|privileged|intended (?:only|solely)|"
    r"(?:exclusivement|uniquement) (?:à l|destin)|usage exclusif",
    re.IGNORECASE,
)
_RECIPIENT = re.compile(
    r"destinatai?r|recipient|addressee|empfänger|adressat|geadresseerde|ontvanger|intended|par erreur|in error|"
    r"irrt[üu]mlich|por error|per errore|abusivamente|diffusi|dissemination|strictly prohibited|supprimer|divulg|"
    r"unlawful|unauthori[sz]ed",
    re.IGNORECASE,
)
_MESSAGE = re.compile(
    r"(?:ce|cet|cette|le présent|this|the|diese[rs]?|este|questa?|dit|"
    r"deze)\s{1,3}(?:[ée]lectronique )?(?:message|e-?mail|mail|courriel|"
    r"courrier|communication|nachricht|mensaje|correo|messaggio|bericht)|information contained|pièces? jointes?|attach|"
    r"anhänge|adjunt|allegat|bijlage",
    re.IGNORECASE,
)
_GREEN = re.compile(
    r"(?:pensez (?:à l['’]environnement|avant d['’]imprimer)|avant d['’]imprimer|n['’]imprime[zr] (?:ce|pas|que)|"
    r"(?:please )?(?:consider|think of) the environment|before printing|denken sie an die umwelt|"
    r"bitte (?:prüfen|denken) sie.{0,60}(?:drucken|umwelt)|antes de imprimir|prima di stampare|"
    r"denk aan het milieu|moet u deze e-?mail)",
    re.IGNORECASE,
)
_SCANNED = re.compile(
    r"(?:this (?:e-?mail|message)|ce(?:t)? (?:e-?mail|message|courriel)) (?:has been scanned|a été (?:vérifié|analysé)|"
    r"was scanned|is believed|has been checked)",
    re.IGNORECASE,
)
_OUTSIDE = re.compile(
    r"(?:\[?(?:caution|attention|warning|achtung|vorsicht|external|externe?)\b.{0,40})?(?:this (?:e-?mail|"
    r"message) (?:originated|"
    r"came|was sent) from outside|ce (?:mail|message|courriel) (?:provient|vient|a été envoyé) (?:de |"
    r"depuis )?l['’]ext[ée]rieur|"
    r"diese (?:e-?mail|nachricht) (?:kommt|stammt|wurde) von (?:au[ßs]|extern))",
    re.IGNORECASE,
)
_TITLE = re.compile(
    r"[\s*_#-]{0,6}(?:disclaimer|confidentiality(?: notice)?|avis de confidentialité|clause de confidentialité|"
    r"confidentialité|avertissement|aviso legal|avviso(?: di riservatezza)?|rechtlicher hinweis|haftungsausschluss|"
    r"hinweis|legal notice|mention légale|mentions légales)[\s*_:.-]{0,6}$",
    re.IGNORECASE,
)
_ARMOUR = "-----BEGIN PGP SIGNATURE-----"
_LIST = re.compile(r"mailing list|listinfo|to unsubscribe|se désabonner|groups\.google", re.IGNORECASE)
_STROKES = re.compile(r"\s{0,4}[_=-]{20,200}\s*$")


def own(lines: list[str]) -> list[bool]:
    """Which of `lines`, that stand together, are an author's words; the others are to be folded."""
    kept = [not is_of_phone(line) for line in lines]
    end = _signature(lines)
    kept[end:] = [False] * (len(lines) - end)
    paragraphs = _paragraphs(lines[:end])
    for place, (start, stop) in enumerate(reversed(paragraphs)):
        if not _is_disclaimer(lines[start:stop]) and any(kept[start:stop]):
            break
        last = len(paragraphs) - place == 1
        if not last or _is_disclaimer(lines[start:stop]):
            kept[start:end] = [False] * (end - start)
    if paragraphs and (first := paragraphs[0])[1] < end and _OUTSIDE.search(" ".join(lines[first[0] : first[1]])[:400]):
        kept[: first[1]] = [False] * first[1]
    return kept


def is_of_phone(line: str) -> bool:
    """Whether it says by which device or program the mail was sent, and nothing else."""
    if len(line) > 240:
        return False
    if _OTHER.match(line):
        return True
    line = _LINK.sub("", line).strip()
    if _OUTLOOK.match(line):
        return True
    found = _PHONE.match(line)
    if not found or "?" in line:
        return False
    words = _EXCUSED.split(found["rest"] + " ", maxsplit=1)[0]
    more = found["rest"][len(words) :].strip(" ,.!)*_")
    if _SIMPLE.fullmatch(found["how"]) and "gesendet" not in words.lower():
        return False
    if more and not _EXCUSE.search(more):
        return False
    return _names_device(line, words)


def _names_device(line: str, words: str) -> bool:
    """Whether `words` are a device or a program and nothing more: not "Sent from my phone when I was away"."""
    if _GETS.match(line) and "outlook" not in words.lower():
        return False
    device = _BY_NAME.search(words) or (_DEVICE.search(words) if _MY.search(words) else None)
    if not device or len(words[: device.start()].split()) > 5:
        return False
    return all(
        _AFTER.fullmatch(word) or _DEVICE.fullmatch(word) for word in re.findall(r"\w\w+", words[device.end() :])
    )


def _signature(lines: list[str]) -> int:
    """Where the signature begins that ends `lines`; their number where there is none."""
    for place in range(len(lines) - 1, max(-1, len(lines) - 80), -1):
        line = lines[place].strip("\r\n")
        below = [other for other in lines[place + 1 :] if other.strip()]
        if line.strip() == _ARMOUR:
            return place
        if line == "-- " or (line == "--" and _is_short(below)):
            return place if len(below) <= _MOST else len(lines)
        if _STROKES.match(line[:250]) and len(below) <= 6 and any(_LIST.search(other[:300]) for other in below):
            return place
    return len(lines)


def _is_short(below: list[str]) -> bool:
    return len(below) <= _DASHES and all(len(line) <= _WIDE or _is_disclaimer([line]) for line in below)


def _paragraphs(lines: list[str]) -> list[tuple[int, int]]:
    """(First line, the line after its last) of what stands between blank lines."""
    found: list[tuple[int, int]] = []
    start = None
    for place, line in enumerate([*lines, ""]):
        if line.strip() and start is None:
            start = place
        elif not line.strip() and start is not None:
            found.append((start, place))
            start = None
    return found


def _is_disclaimer(lines: list[str]) -> bool:
    words = " ".join(lines)[:4000]
    if _TITLE.match(words) or _SCANNED.search(words) or (_GREEN.search(words) and len(words) < 400):
        return True
    if not any(c.isalnum() for c in words):
        return False
    if len(words) < 90 or "?" in words or not _MESSAGE.search(words):
        return False
    return bool(_CONFIDENTIAL.search(words)) and len(_RECIPIENT.findall(words)) >= 2
