"""Bytes as text, whatever they are said to be: labels are often missing, unknown or wrong."""

import re

# What a label means in practice: the larger set that contains it (as the WHATWG's encodings have it).
_LARGER = {
    "ascii": "cp1252", "usascii": "cp1252", "iso88591": "cp1252", "latin1": "cp1252", "l1": "cp1252",
    "ansi": "cp1252", "cp1252": "cp1252", "windows1252": "cp1252", "xansi": "cp1252", "8bit": "cp1252",
    "iso88599": "cp1254", "latin5": "cp1254", "iso885911": "cp874", "tis620": "cp874", "gb2312": "gb18030",
    "gbk": "gb18030", "cp936": "gb18030", "xgbk": "gb18030", "ksc56011987": "cp949", "ksc5601": "cp949",
    "euckr": "cp949", "shiftjis": "cp932", "sjis": "cp932", "xsjis": "cp932", "windows31j": "cp932",
    "iso88598i": "iso8859-8", "unicode11utf7": "utf-7", "macintosh": "mac_roman", "xmacroman": "mac_roman",
    "iso2022jp": "iso2022_jp_ext", "utf8": "utf-8", "utf8mb4": "utf-8", "unicode": "utf-8",
}  # fmt: skip
# Python knows encodings that are none for mail: some of them cost time, none of them helps.
_USED_IN_MAIL = re.compile(r"(?:iso|windows|win|cp|koi|gb|big5|euc|utf|mac|latin|hz|johab|ibm|viscii)")


def decode(data: bytes, label: str | None) -> str:
    """`data` as text. Never raises: an unknown `label` counts as none, and what cannot be read becomes U+FFFD."""
    name = _codec(label)
    if name in {"utf-8", "cp1252"}:
        return _western(data, name)
    try:
        return data.decode(name, errors="replace")
    except (LookupError, ValueError):
        return _western(data, "utf-8")


def decode_head(data: bytes) -> tuple[str, str]:
    """(Text, the encoding it took) of a block of headers: UTF-8, else each byte for itself."""
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return data.decode("latin-1"), "latin-1"


def _codec(label: str | None) -> str:
    plain = re.sub(r"[^a-z0-9]", "", (label or "").lower()[:40])
    if known := _LARGER.get(plain):
        return known
    return (label or "").strip(" \"'").lower()[:40] if _USED_IN_MAIL.match(plain) else "utf-8"


def _western(data: bytes, name: str) -> str:
    """UTF-8 where it can be that, whatever the label says: text in another encoding is hardly ever valid UTF-8."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        replaced = data.decode("utf-8", errors="replace")
    wrong = replaced.count("\ufffd")
    if name == "utf-8" and len(data) - len(replaced) > wrong:
        return replaced  # cut or damaged, and UTF-8 for the most part
    return data.decode("cp1252", errors="replace")
