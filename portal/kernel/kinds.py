"""What a file is: what its first bytes and its name agree on. A name or a header alone says nothing."""

import puremagic

HEAD = 4096  # bytes that are looked at
NEUTRAL = "application/octet-stream"
# What browsers may be told of a file, by the endings that go with it. HTML and SVG are programs, and not among them.
_TYPES = {
    "image/png": "png",
    "image/jpeg": "jpg jpeg jpe jfif",
    "image/gif": "gif",
    "image/webp": "webp",
    "application/pdf": "pdf",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/ogg": "ogg oga opus",
    "audio/wav": "wav",
    "audio/flac": "flac",
    "video/mp4": "mp4 m4v",
    "video/webm": "webm",
    "video/quicktime": "mov",
    "application/zip": "zip",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/vnd.oasis.opendocument.presentation": "odp",
    "application/msword": "doc",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "image/heic": "heic heif",
}
_OF_ENDING = {ending: kind for kind, endings in _TYPES.items() for ending in endings.split()}
_WORDS = {"txt", "csv", "md", "log"}
# Containers are told apart by their names alone: their first bytes are the same.
_LIKE = {"m4v": "mp4", "opus": "ogg", "oga": "ogg", "jpe": "jpg", "jfif": "jpg", "jpeg": "jpg", "heif": "heic"}
PICTURES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
PDF = "application/pdf"
PREVIEWED = PICTURES | {PDF}
# What a browser may open by itself, in a page that can do nothing. All else is saved.
OPENED = PREVIEWED | {kind for kind in _TYPES if kind.partition("/")[0] in {"audio", "video"}}
_DRAWN = {
    "docx": "document", "odt": "document", "doc": "document", "txt": "document", "md": "document", "log": "document",
    "xlsx": "sheet", "ods": "sheet", "xls": "sheet", "csv": "sheet", "pptx": "slides", "odp": "slides", "ppt": "slides",
    "zip": "archive", "heic": "picture", "heif": "picture",
}  # fmt: skip


def agreed(name: str, head: bytes) -> str:
    """The media type that both say of a file, whose first `HEAD` bytes are `head`; else the neutral one."""
    ending = _ending(name)
    if ending in _WORDS:
        return "text/plain" if b"\x00" not in head and ending not in _found(head) - _WORDS else NEUTRAL
    found, kind = _found(head), _OF_ENDING.get(ending, NEUTRAL)
    return kind if {ending, _LIKE.get(ending, ending)} & found else NEUTRAL


def look(kind: str, name: str) -> str:
    """As what a file of that type is shown: picture, pdf, audio, video, or by its name, document, sheet … or file."""
    if kind in PICTURES:
        return "image"
    if kind == PDF:
        return "pdf"
    return (
        kind.partition("/")[0] if kind in OPENED else _DRAWN.get(_ending(name), "file") if kind != NEUTRAL else "file"
    )


def _ending(name: str) -> str:
    return name.rpartition(".")[2].lower() if "." in name else ""


def _found(head: bytes) -> set[str]:
    """The endings that go with the first bytes."""
    try:
        return {match.extension.lower().removeprefix(".") for match in puremagic.magic_string(head)}
    except (puremagic.PureError, ValueError, IndexError):
        return set()
