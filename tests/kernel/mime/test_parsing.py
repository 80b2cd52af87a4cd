"""Whatever comes in is read as far as it can be, and never stops the reader (M1)."""

import base64
import random
import tracemalloc
from datetime import UTC, datetime
from functools import partial

import pytest
from hypothesis import given, strategies as st

from portal.kernel.mime import Mail, automatic, bounce, fold, parse, parsing
from tests.kernel.mime.samples import everything, names, raw
from tests.promises import Figure, rounds
from tests.timing import timed, within

HEAD = b"From: lea@client.example\r\nSubject: Devis\r\n"
MIXED = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"


def broken(name: str) -> Mail:
    return parse(raw("broken", name))


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("no-body", ""),
        ("null-bytes", "Bonjour"),
        ("eight-bit-utf8", "Déjà vu"),
        ("eight-bit-latin", "Déjà vu"),
        ("cr-only", "Bonjour\nLea"),
        ("lf-only", "Bonjour\nLea"),
        ("no-boundary", "Bonjour"),
        ("never-closed", "Bonjour"),
        ("no-blank-line", "Bonjour à tous\n\nEncore"),
        ("garbage-header", "Bonjour"),
        ("unknown-charset", "Déjà vu"),
        ("cp1252-as-latin1", "C’est 5 € – “oui”"),
        ("cp1252-as-utf8", "C’est 5 € – déjà"),
        ("delsp", "Bonjour à tous"),
        ("stub-plain", "Bonjour Ann"),
        ("everything-attached", "Bonjour"),
    ],
)
def test_the_text_of_a_broken_mail_is_read(name: str, text: str) -> None:
    assert broken(name).text == text
    assert broken(name).cut == ()


@pytest.mark.parametrize("name", ["eight-bit-utf8", "eight-bit-latin"])
def test_headers_with_bare_bytes_are_read(name: str) -> None:
    assert broken(name).subject == "Été à la plage"
    assert broken(name).froms[0].name == "Léa"


def test_what_is_no_text_is_an_attachment_in_order() -> None:
    found = broken("everything-attached").attachments
    assert [(file.name, file.type, file.inline) for file in found] == [
        ("logo.png", "image/png", True),
        ("invite.ics", "text/calendar", False),
        ("signature.asc", "application/pgp-signature", False),
        ("Le plan définitif.eml", "message/rfc822", False),
        ("winmail.dat", "application/ms-tnef", False),
        ("étage.pdf", "application/pdf", False),
    ]
    assert found[0].content_id == "logo@x"
    assert found[0].content.startswith(b"\x89PNG")
    assert found[3].content.startswith(b"From: paul@client.example\r\n")
    assert found[3].content.endswith(b"--b2--")
    assert found[5].content == b"%PDF"


def test_the_headers_of_an_answer_are_read() -> None:
    mail = parse(raw("replies", "gmail-web-fr"))
    assert (mail.message_id, mail.in_reply_to) == ("<gmail-web-fr@client.example>", "<m1.k7m2@mail.example.com>")
    assert mail.references == ("<m1.k7m2@mail.example.com>",)
    assert mail.date == datetime(2026, 3, 3, 13, 20, 11, tzinfo=UTC)
    assert mail.return_path == "lea.martin@client.example"
    assert mail.author is not None
    assert (mail.author.name, mail.author.email) == ("Léa Martin", "lea.martin@client.example")
    assert [address.email for address in mail.recipients] == ["reply+k7m2qx4v9t3n8c5b2r6w1d@mail.example.com"]


def test_two_hundred_parts_in_each_other_are_read_to_the_last() -> None:
    opening = "Content-Type: multipart/mixed; boundary=b{0}\r\n\r\n--b{0}\r\n"
    deep = "".join(opening.format(level) for level in range(199))
    assert parse(f"Subject: x\r\n{deep}\r\nBonjour".encode()).text == "Bonjour"
    deeper = "".join(opening.format(level) for level in range(5000))
    assert parse(f"Subject: x\r\n{deeper}\r\nBonjour".encode()).cut == ("parts",)


def test_ten_thousand_parts_are_read_up_to_a_limit_that_is_said() -> None:
    part = b"--b\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nx\r\n"
    mail = quickly(MIXED + part * 10_000)
    assert len(mail.attachments) == 999
    assert mail.cut == ("parts",)


def test_a_line_of_five_megabytes_is_cut_and_kept_whole_beside() -> None:
    mail = quickly(HEAD + b"\r\n" + b"a" * 5_000_000)
    assert (len(mail.text), mail.cut) == (1_000_000, ("text",))
    assert [len(file.content) for file in mail.attachments] == [5_000_000]


def test_a_large_file_takes_little_more_memory_than_itself() -> None:
    content = base64.encodebytes(b"x" * 20_000_000)
    mail = MIXED + b"--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n"
    tracemalloc.start()
    try:
        read = parse(mail + content + b"\r\n--b--\r\n")
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert (read.text, len(read.attachments[0].content)) == ("hi", 20_000_000)
    assert most < 100_000_000, "the file, and the mail once more"


def test_of_a_mail_beyond_the_limit_the_headers_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parsing, "SIZE", 1000)
    mail = parse(HEAD + b"\r\n" + b"a" * 2000)
    assert (mail.subject, mail.text, mail.cut) == ("Devis", "", ("size",))


def test_a_mistake_of_our_own_leaves_the_headers(monkeypatch: pytest.MonkeyPatch) -> None:
    """It must not stop the mails behind this one."""
    monkeypatch.setattr(parsing, "Body", lambda root: 1 // 0)
    mail = parse(HEAD + b"\r\nBonjour")
    assert (mail.subject, mail.text, mail.cut) == ("Devis", "", ("broken",))


@pytest.mark.parametrize(
    "line",
    [
        b"--b\n",
        b"\n--bb",
        b"From: a@b\r\n",
        b"a@b, ",
        b"(",
        b"=?a?q?",
        b"<div>",
        b"<",
        b"&",
        b"=41= \n",
        b"\0",
        b"\xff",
        b"\r",
    ],
)
def test_ten_megabytes_of_anything_take_less_than_a_second(line: bytes) -> None:
    many = line * (10_000_000 // len(line))
    for before in (b"", MIXED, b"From: ", HEAD + b"Content-Type: text/html\r\n\r\n"):
        quickly(before + many)


@pytest.mark.parametrize("how", ["base64", "quoted-printable", "x-uuencode"])
def test_ten_megabytes_in_any_encoding_take_less_than_a_second(how: str) -> None:
    head = f"Content-Type: application/pdf\r\nContent-Transfer-Encoding: {how}\r\n\r\nbegin 644 a\n".encode()
    for line in (b"=41= \n", b"a==b\n", b"#86)C\n"):
        quickly(HEAD + head + line * (10_000_000 // len(line)))


@given(st.binary(max_size=400))
def test_no_bytes_raise(noise: bytes) -> None:
    for before in (b"", HEAD, MIXED + b"--b\r\n", b"From: ", b"Content-Type: ", b"Content-Type: text/html; charset="):
        _through(before + noise)


@pytest.mark.promise("M1")
def test_mutants_of_every_mail_are_read(figure: Figure) -> None:
    chance, mails = random.Random(4), everything()
    count, slowest = 0, 0.0
    for mail in mails:
        for mutant in (mail, *(_mutant(mail, chance) for _ in range(rounds(6, 300)))):
            read, seconds = timed(partial(_through, mutant), 1)
            assert read.cut in {(), ("text",), ("headers",)}
            slowest = max(slowest, seconds)
            count += 1
    figure(
        f"{count} mails and mutants of {len(mails)} mails of our own: 0 exceptions, the slowest {slowest * 1000:.0f} ms"
    )
    assert len(mails) == sum(len(names(folder)) for folder in ("replies", "automatic", "human", "bounces", "broken"))
    assert slowest < 1


def quickly(mail: bytes) -> Mail:
    return within(1, partial(parse, mail))


def _through(mail: bytes) -> Mail:
    """All that this room does with a mail; a mistake that `parse` survived would be told by `cut`."""
    read = parse(mail)
    automatic(read)
    bounce(read)
    assert "".join(piece.text for piece in fold(read.text)) == read.text
    assert "\x00" not in read.text + read.subject
    assert "broken" not in read.cut
    return read


def _mutant(mail: bytes, chance: random.Random) -> bytes:
    kind = chance.randrange(6)
    if kind == 0:
        return mail[: chance.randrange(len(mail))]
    if kind == 1:
        return mail[chance.randrange(len(mail)) :]
    if kind == 2:
        flipped = bytearray(mail)
        for _ in range(chance.randrange(1, 40)):
            flipped[chance.randrange(len(mail))] = chance.randrange(256)
        return bytes(flipped)
    if kind == 3:
        head, _, body = mail.partition(b"\r\n\r\n")
        fields = head.split(b"\r\n")
        return b"\r\n".join(chance.choices(fields, k=len(fields) * 2)) + b"\r\n\r\n" + body
    return mail.replace(b"\r\n", b"\r" if kind == 4 else b"\n")
