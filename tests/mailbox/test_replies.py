"""SPEC E4, E6, M6: who answers a mail of ours writes in its discussion, once, with their files; a note stays a note."""

from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import discussions
from portal.extensions import db
from portal.kernel import clock, mime
from portal.mailbox import processing
from portal.models import File, Incoming, Message, Original
from portal.queries import messages as stretches
from portal.storage import storage
from tests.actions.rows import at_once, conversation
from tests.mailbox.desk import (
    arrive,
    count,
    fate,
    letter,
    nothing_said,
    posted,
    settle,
    told,
)
from tests.promises import Figure, rounds
from tests.world import World, token

pytestmark = pytest.mark.usefixtures("world")


def test_a_client_who_answers_a_notice_has_written_in_the_discussion(world: World) -> None:
    came = arrive(letter(told(world, "marie")))
    assert (came.fate, came.reason) == ("posted", "")
    assert posted(world, "marie") == [("text", "Thank you, all is well.")]
    newest = stretches.page(world.viewer("hugo"), world.permit).messages[-1]
    assert (newest.author.name, newest.origin) == ("Marie Delcourt", "mail")


def test_the_envelope_says_whom_it_is_for_whatever_the_headers_say(world: World) -> None:
    to = told(world, "marie")
    assert fate(letter("someone@example.net"), to.upper()) == ("posted", "")


def test_a_reply_to_a_mail_without_any_note_is_a_text(world: World) -> None:
    to = told(world, "hugo", by="marie")
    assert fate(letter(to, "hugo@example.com")) == ("posted", "")
    assert [kind for kind, _ in posted(world, "hugo")] == ["note"], "she pays late: an earlier note stands in the mail"


@pytest.mark.promise("S3")
def test_a_reply_to_a_mail_with_any_note_in_it_is_a_note(world: World) -> None:
    to = told(world, "hugo", note=True)
    assert fate(letter(to, "hugo@example.com", "She paid.")) == ("posted", "")
    assert posted(world, "hugo") == [("note", "She paid.")]
    assert "She paid." not in [one.body for one in stretches.page(world.viewer("marie"), world.permit).messages]


def test_quoted_words_are_folded_counted_and_kept(world: World) -> None:
    to = told(world, "marie")
    link = f"https://portal.example.com/l/{'a' * 52}"
    quoted = f"Yes!\n\nOn Monday, Ines wrote:\n> The plans are ready.\n> {link}\n> {to}\n"
    came = arrive(letter(to, body=quoted))
    assert posted(world, "marie") == [("text", "Yes!")]
    original = db.session.get_one(Original, came.message_id)
    whole = "".join(piece[0] for piece in original.pieces)
    assert original.lines == 4
    assert "The plans are ready." in whole
    assert "a" * 52 not in whole
    assert to not in whole
    assert db.session.get_one(Message, came.message_id).quoted == 4


def test_our_own_links_never_stand_in_the_words(world: World) -> None:
    to = told(world, "marie")
    arrive(letter(to, body=f"Look: https://portal.example.com/l/{'b' * 52} and {to}"))
    ((_, body),) = posted(world, "marie")
    assert "b" * 52 not in body
    assert to.partition("@")[0] not in body


def test_files_come_with_the_message_byte_for_byte(world: World) -> None:
    to, content = told(world, "marie"), bytes(range(256)) * 10
    came = arrive(with_files(to, "See the plan.", ("plan.pdf", content), ("../../x.txt", b"hello")))
    files = db.session.scalars(select(File).where(File.message_id == came.message_id)).all()
    assert [file.name for file in files] == ["plan.pdf", "x.txt"]
    with storage().open(files[0].file) as kept:
        assert kept.read() == content
    assert db.session.get_one(Message, came.message_id).files == 2


def test_files_without_words_are_a_message_that_names_them(world: World) -> None:
    arrive(with_files(told(world, "marie"), "", ("plan.pdf", b"%PDF")))
    assert posted(world, "marie") == [("text", "📎 plan.pdf")]


def test_a_mail_longer_than_a_message_goes_on_in_a_file(world: World) -> None:
    words = "a long word or two " * 1000
    came = arrive(letter(told(world, "marie"), body=words))
    ((_, body),) = posted(world, "marie")
    assert body.endswith("message.txt")
    file = db.session.scalars(select(File).where(File.message_id == came.message_id)).one()
    with storage().open(file.file) as kept:
        assert kept.read().decode().split() == words.split()


def test_who_answers_from_another_of_their_addresses_is_who_they_are(world: World) -> None:
    to = told(world, "marie")
    assert fate(letter(to, "MARIE@Example.COM")) == ("posted", "")


@pytest.mark.promise("R3")
def test_the_same_mail_five_times_at_once_is_one_message(app: Flask, world: World, figure: Figure) -> None:
    full = rounds(2, 60)
    for _ in range(full):
        to = told(world, "marie")
        raw, before = letter(to), count()
        db.session.rollback()
        at_once(app, 5, lambda _, raw=raw, to=to: arrive(raw, to))
        settle()
        assert count() == before + 1
    fates = db.session.scalars(select(Incoming.fate)).all()
    assert (fates.count("posted"), fates.count("repeated")) == (full, full * 4)
    figure(f"the same mail five times in parallel, {full} rounds: each once")


def test_the_same_words_another_day_are_another_message(world: World) -> None:
    to = told(world, "marie")
    assert [fate(letter(to, body="ok")), fate(letter(to, body="ok"))] == [("posted", "")] * 2
    assert posted(world, "marie") == [("text", "ok")] * 2


def test_a_client_who_writes_reopens_an_archived_discussion_and_a_machine_does_not(world: World) -> None:
    to = told(world, "marie")
    discussions.archive(world.viewer("ines"), world.permit)
    with nothing_said():
        assert fate(letter(to, Auto_Submitted="auto-replied"))[0] == "automatic"
    assert conversation(world.permit).archived_at is not None
    assert fate(letter(to)) == ("posted", "")
    assert conversation(world.permit).archived_at is None


def test_an_answer_may_come_long_after_the_next_notice(world: World) -> None:
    first = told(world, "marie")
    assert told(world, "marie", hours=9) != first
    assert fate(letter(first)) == ("posted", "")


def test_what_fails_is_tried_again_and_then_shown_and_holds_up_nobody(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    to = told(world, "marie")
    good, real = letter(to, body="good"), mime.reply

    def breaks(mail: mime.Mail) -> mime.Reply:
        if "bad" in mail.text:
            raise ZeroDivisionError
        return real(mail)

    monkeypatch.setattr(processing.mime, "reply", breaks)
    assert fate(letter(to, body="bad"), to)[0] == "new"
    assert fate(good, to) == ("posted", "")
    for hours in range(1, 10):
        with clock.at(clock.now() + timedelta(hours=hours)):
            settle()
    db.session.rollback()
    assert db.session.scalars(select(Incoming.fate).order_by(Incoming.id)).all() == ["unknown", "posted"]


def with_files(to: str, body: str, *files: tuple[str, bytes]) -> bytes:
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Message-ID"] = "marie@example.com", to, f"<{token()}@x.example>"
    mail.set_content(body)
    for name, content in files:
        mail.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()
