"""Bytes that came in, as a `Mail`. Whatever they are: this never raises, and its time and memory are bounded."""

from email.message import Message

from portal.kernel.mime import headers, structure
from portal.kernel.mime.body import Body
from portal.kernel.mime.mail import Mail

SIZE = 50 * 1024 * 1024  # bytes; of what is larger, the headers alone are read


def parse(raw: bytes) -> Mail:
    """The mail in `raw`, as far as it can be understood; `cut` says what was not read."""
    raw = bytes(raw).removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if len(raw) > SIZE:
        return _mail(structure.headers(raw[: structure.HEAD]), None, ["size"])
    try:
        root, too_many = structure.read(raw)
        return _mail(root.head, Body(root), ["parts"] * too_many, root.type)
    except Exception:  # a mistake of ours must not stop the mails behind this one; the raw mail is kept
        return _mail(_safe_headers(raw), None, ["broken"])


def _safe_headers(raw: bytes) -> Message:
    try:
        return structure.headers(raw[: structure.HEAD])
    except Exception:
        return Message()


def _mail(head: Message, body: Body | None, cut: list[str], kind: str = "") -> Mail:
    fields = headers.fields(head)
    named: dict[str, tuple[str, ...]] = {}
    for name, value in fields:
        named[name] = (*named.get(name, ()), value)

    def values(*names: str) -> tuple[str, ...]:
        return tuple(value for name in names for value in named.get(name, ()))

    if len(fields) == headers.FIELDS:
        cut = [*cut, "headers"]
    if body and body.cut:
        cut = [*cut, "text"]
    return Mail(
        froms=headers.addresses(values("from")),
        author=headers.author(values("from")),
        reply_to=headers.addresses(values("reply-to")),
        sender=next(iter(headers.addresses(values("sender"))), None),
        return_path=headers.path(values("return-path")),
        to=headers.addresses(values("to")),
        cc=headers.addresses(values("cc")),
        delivered_to=headers.addresses(values("delivered-to", "x-original-to", "envelope-to")),
        subject=headers.line(next(iter(values("subject")), "")),
        message_id=next(iter(headers.ids(values("message-id"))), None),
        in_reply_to=next(iter(headers.ids(values("in-reply-to"))), None),
        references=headers.ids(values("references")),
        date=headers.date(values("date")),
        authentication_results=values("authentication-results"),
        text=body.text if body else "",
        attachments=tuple(body.attachments) if body else (),
        headers=fields,
        type=kind,
        cut=tuple(cut),
    )
