"""Who wrote, and to whom: where two readings are possible, nobody is said to have written (M4)."""

import pytest

from portal.kernel.mime import parse
from portal.kernel.mime.body import clean_name
from tests.kernel.mime.samples import raw


@pytest.mark.parametrize(
    "name",
    ["two-from", "two-in-one-from", "from-unquoted-at", "from-encoded-whole", "from-broken-literal"],
)
def test_an_author_that_can_be_read_as_two_is_nobody(name: str) -> None:
    mail = parse(raw("broken", name))
    assert mail.unclear
    assert mail.author is None


def test_two_authors_who_are_one_are_still_two() -> None:
    """Which of two headers another program looks at, nobody knows."""
    assert parse(b"From: ann@firm.example\r\nFrom: ann@firm.example\r\n\r\nhi").unclear
    assert not parse(b"From: ann@firm.example\r\n\r\nhi").unclear


@pytest.mark.parametrize(
    "value",
    [
        "ann@firm.example\0<eve@evil.example>",
        "",
        "Ann",
        "a@b@c, d@e",
        "ann@firm.example (eve@evil.example), x@y.example",
        '"ann@firm.example" <eve@evil.example>, <ann@firm.example>',
        "<ann@firm.example> <eve@evil.example>",
        "undisclosed:ann@firm.example,eve@evil.example;",
        "x" * 3000 + " <ann@firm.example>",
        "ann@firm.example)eve@evil.example",
    ],
)
def test_tricks_with_an_address_make_nobody_of_it(value: str) -> None:
    assert parse(f"From: {value}\r\n\r\nhi".encode()).unclear


@pytest.mark.parametrize(
    ("value", "name", "email"),
    [
        ("ann@firm.example", "", "ann@firm.example"),
        ("Ann Roy <ann@firm.example>", "Ann Roy", "ann@firm.example"),
        ('"Roy, Ann" <Ann@Firm.example>', "Roy, Ann", "Ann@Firm.example"),
        ("ann@firm.example (Ann Roy)", "Ann Roy", "ann@firm.example"),
        ("ann@firm.example <ann@firm.example>", "", "ann@firm.example"),
        ("=?utf-8?q?L=C3=A9a?= <lea@client.example>", "Léa", "lea@client.example"),
        ('"=?utf-8?b?TMOpYQ==?=" <lea@client.example>', "Léa", "lea@client.example"),
        ('"ann@firm.example" <eve@evil.example>', "ann@firm.example", "eve@evil.example"),
        ("=?utf-8?q?ann=40firm=2Eexample?= <eve@evil.example>", "ann@firm.example", "eve@evil.example"),
        ("Léa <lea@client.example>", "Léa", "lea@client.example"),
        ("=?utf-8?q?Ann=0D=0ABcc=3A_x?= <eve@evil.example>", "Ann Bcc: x", "eve@evil.example"),
    ],
)
def test_an_author_is_the_address_and_never_the_name(value: str, name: str, email: str) -> None:
    author = parse(f"From: {value}\r\n\r\nhi".encode()).author
    assert author is not None
    assert (author.name, author.email) == (name, email)


def test_a_subject_is_one_clean_line() -> None:
    mail = parse(raw("broken", "from-encoded-newline"))
    assert mail.subject == "a Bcc: x@y b txt.exe"
    assert parse(b"Subject: =?utf-8?b?8J+Y?=\r\n =?utf-8?b?gA==?=\r\n\r\n").subject == "😀"
    assert parse(b"Subject: =?x-unknown?q?caf=E9?= =?utf-8?b?!!!?=\r\n\r\n").subject.startswith("café")
    assert parse(b"Subject: " + b"a" * 3000 + b"\r\n\r\n").subject == "a" * 499 + "…"


def test_results_of_authentication_come_raw_and_in_order() -> None:
    mail = parse(b"Authentication-Results: mx.a;\r\n dmarc=pass\r\nauthentication-results: mx.b; dmarc=fail\r\n\r\n")
    assert mail.authentication_results == ("mx.a; dmarc=pass", "mx.b; dmarc=fail")


def test_everybody_it_went_to_is_found() -> None:
    mail = parse(
        b"To: Ann <a@x.example>, Group: b@x.example, c@x.example;\r\nCc: d@x.example\r\nDelivered-To: e@x.example\r\n"
        b"X-Original-To: f@x.example\r\nTo: g@x.example\r\n\r\n"
    )
    assert [address.email[0] for address in mail.recipients] == ["e", "f", "a", "b", "c", "g", "d"]


def test_the_null_path_differs_from_none() -> None:
    assert parse(b"Return-Path: <>\r\n\r\n").return_path == ""
    assert parse(b"Subject: x\r\n\r\n").return_path is None


def test_references_are_bounded_and_keep_the_first_and_the_newest() -> None:
    many = " ".join(f"<{number}@x.example>" for number in range(300))
    found = parse(f"References: {many}\r\n\r\n".encode()).references
    assert (len(found), found[0], found[-1]) == (100, "<0@x.example>", "<299@x.example>")


@pytest.mark.parametrize("value", ["", "yesterday", "99999999999", "Tue, 31 Feb 2026 25:61:00 +0100"])
def test_a_date_that_is_none_is_none(value: str) -> None:
    assert parse(f"Date: {value}\r\n\r\n".encode()).date is None


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\plans\\étage.pdf", "étage.pdf"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("..", ""),
        (".htaccess", "htaccess"),
        ("a\r\nb.txt", "a b.txt"),
        ("a" * 300 + ".pdf", "a" * 116 + ".pdf"),
        ('a<b>"c".txt', "abc.txt"),
    ],
)
def test_the_name_of_a_file_is_a_name_and_no_more(given: str, name: str) -> None:
    assert clean_name(given) == name
