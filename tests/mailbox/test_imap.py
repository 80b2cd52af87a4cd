"""SPEC E8: a mailbox is looked into: each mail is taken once, whoever has read it, and none is deleted there."""

import logging
import os
from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.mailbox import imap
from portal.mailbox.imap import Poller
from portal.models import Incoming
from portal.storage import storage
from tests.actions.rows import at_once
from tests.conftest import Stage
from tests.mailbox.desk import HOUSE, bound, letter, posted, settle
from tests.mailbox.dovecot import Mailbox, Missing, dovecot

REPLY = HOUSE.reply_address


@pytest.fixture(scope="module")
def server() -> Iterator[Mailbox]:
    """One for all tests of this file."""
    try:
        with dovecot() as box:
            yield box
    except Missing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing), pytrace=False)
        pytest.skip(str(missing))


@pytest.fixture
def box(server: Mailbox) -> Mailbox:
    """Empty."""
    with server.opened() as link:
        if link.select("INBOX")[1] != [b"0"]:
            link.store("1:*", "+FLAGS", "\\Deleted")
            link.expunge()
    return server


@pytest.mark.usefixtures("play")
def test_a_reply_in_the_mailbox_is_a_message_and_stays_there_as_read(stage: Stage, box: Mailbox) -> None:
    raw = letter(bound(stage.world, "marie"), body="By IMAP.")
    box.put(raw)
    assert Poller(box.url, REPLY).look() is False
    settle()
    assert posted(stage.world, "marie") == [("text", "By IMAP.")]
    assert box.flags() == [True]
    came = db.session.scalars(select(Incoming)).one()
    with storage().open(came.file) as kept:
        assert kept.read() == raw


@pytest.mark.usefixtures("play")
def test_who_has_read_it_does_not_matter_and_a_new_poller_takes_nothing_twice(stage: Stage, box: Mailbox) -> None:
    box.put(letter(bound(stage.world, "marie"), body="Read before."))
    with box.opened() as link:
        link.select("INBOX")
        link.store("1:*", "+FLAGS", "\\Seen")
    for _ in range(2):
        poller = Poller(box.url, REPLY)
        poller.look()
        poller.close()
    assert len(_all()) == 1
    poller = Poller(box.url, REPLY)
    poller.look()
    box.put(letter("someone@example.net"))
    poller._at = 0
    poller.look()
    assert len(_all()) == 2


@pytest.mark.usefixtures("stage")
def test_two_pollers_take_each_mail_once(play: Flask, stage: Stage, box: Mailbox) -> None:
    to = bound(stage.world, "marie")
    for number in range(5):
        box.put(letter(to, body=f"Number {number}"))
    db.session.rollback()
    at_once(play, 4, lambda _: Poller(box.url, REPLY).look())
    assert len(_all()) == 5
    settle()
    assert len(posted(stage.world, "marie")) == 5


@pytest.mark.usefixtures("play")
def test_what_cannot_be_taken_stays_unread_and_is_taken_later(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    box.put(letter("someone@example.net"))

    def full(*_: object, **__: object) -> str:
        raise OSError(28, "No space left on device")

    poller = Poller(box.url, REPLY)
    with monkeypatch.context() as away, caplog.at_level(logging.WARNING):
        away.setattr(imap.incoming, "take", full)
        poller.look()
    assert box.flags() == [False]
    assert box.password not in caplog.text
    assert "example" not in caplog.text
    assert poller.look() is False, "it waits a while"
    poller._at = 0
    poller.look()
    assert (box.flags(), len(_all())) == ([True], 1)


@pytest.mark.usefixtures("play")
def test_one_that_is_too_large_stays_in_the_mailbox_and_admins_see_its_head(
    box: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(imap, "SIZE", 5_000)
    box.put(letter("someone@example.net", subject="A large one", body="x " * 9_000))
    Poller(box.url, REPLY).look()
    settle()
    (came,) = _all()
    assert (came.fate, came.reason, came.subject) == ("unknown", "too_large", "A large one")
    assert box.flags() == [False]


@pytest.mark.usefixtures("play")
def test_a_server_that_is_away_is_asked_again_and_its_password_told_to_nobody(
    caplog: pytest.LogCaptureFixture,
) -> None:
    poller = Poller("imap://someone:s3cret@127.0.0.1:1/INBOX", REPLY)
    with caplog.at_level(logging.WARNING):
        assert poller.look() is False
    assert "could not be looked into" in caplog.text
    assert "s3cret" not in caplog.text


def _all() -> list[Incoming]:
    db.session.rollback()
    return list(db.session.scalars(select(Incoming)))
