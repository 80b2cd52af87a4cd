"""SPEC E6: what opens something of ours is blanked in files too, whatever their programs called them."""

import base64

import pytest

from portal.kernel import tokens
from portal.kernel.mime.blanking import blank_file
from portal.kernel.mime.mail import Attachment

LINK = f"https://portal.example.com/l/{'a' * 26}{'b' * 26}"
ANSWERED = f"reply+{'c' * 26}@example.com"
MAIL = f"From: Ines <portal@example.com>\r\nReply-To: {ANSWERED}\r\n\r\nRead it: {LINK}\r\n"
ENCODED = f"Subject: Permit\r\nContent-Transfer-Encoding: base64\r\n\r\n{base64.b64encode(LINK.encode()).decode()}\r\n"


@pytest.mark.promise("S1")
@pytest.mark.parametrize("kind", ["application/octet-stream", "application/x-eml", "message/rfc822"])
@pytest.mark.parametrize("words", [MAIL, ENCODED], ids=["plain", "encoded"])
def test_a_mail_that_is_sent_on_as_a_file_holds_no_link(kind: str, words: str) -> None:
    found = blank_file(Attachment("Permit.eml", kind, words.encode(), "", inline=False))
    said = b"".join(file.content for file in found)
    for secret in ("a" * 26, "b" * 26, "c" * 26, base64.b64encode(LINK.encode()).decode()):
        assert secret.encode() not in said


@pytest.mark.promise("S1")
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "latin-1"])
def test_a_text_holds_none_in_any_encoding(encoding: str) -> None:
    (found,) = blank_file(Attachment("mail.txt", "text/plain", f"Été: {MAIL}".encode(encoding), "", inline=False))
    said = found.content.decode("utf-16" if encoding == "utf-16" else "utf-8", "replace")
    assert "Read it" in said
    assert "aaa" not in said
    assert "ccc" not in said


def test_what_is_no_text_stays_byte_for_byte() -> None:
    content = bytes(range(256)) + tokens.seal("key", "link", tokens.new_id()).encode()
    for name in ("plan.pdf", "plan", "photo.jpg"):
        file = Attachment(name, "application/octet-stream", content, "", inline=False)
        assert blank_file(file) == (file,)
    for words in ("Rien à voir.".encode("utf-16"), b"\xff\xfe\x00"):
        (found,) = blank_file(Attachment("a.txt", "text/plain", words, "", inline=False))
        assert found.content == words
