"""SPEC E8: LMTP, SMTP, a pipe and a webhook: whoever is told that a mail is kept, it is on disk and in the database."""

import hashlib
import hmac
import smtplib
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import incoming
from portal.extensions import db
from portal.kernel.errors import Unavailable
from portal.mailbox import listener, webhook
from portal.models import Incoming, Message
from portal.storage import storage
from tests.actions.rows import at_once
from tests.cli.terminal import Terminal
from tests.conftest import Stage
from tests.mailbox.desk import HOUSE, TO_NOBODY, bound, letter, posted, settle
from tests.serving import free_port, install
from tests.world import World

SECRET = "s" * 32
WAYS = {"lmtp": smtplib.LMTP, "smtp": smtplib.SMTP}
Theatre = Callable[..., Flask]


@contextmanager
def _listening(theatre: Theatre, scheme: str) -> Iterator[smtplib.SMTP]:
    port = free_port()
    app = theatre(MAIL_LISTEN=f"{scheme}://127.0.0.1:{port}", REPLY_ADDRESS=HOUSE.reply_address)
    with app.app_context():
        desk = listener.listen(app)
        try:
            yield WAYS[scheme]("127.0.0.1", port)
        finally:
            desk.stop()
            db.session.remove()
            db.engine.dispose()


@pytest.mark.parametrize("scheme", WAYS)
def test_a_mail_server_hands_over_a_reply(theatre: Theatre, stage: Stage, scheme: str) -> None:
    with _listening(theatre, scheme) as link:
        to = bound(stage.world, "marie")
        raw = letter(to, body="..\r\nA line with a dot.\r\n.")
        assert link.sendmail("marie@example.com", [to], raw) == {}
        (came,) = _all()
        assert (came.sender, came.recipients, came.fate) == ("marie@example.com", [to], "new")
        with storage().open(came.file) as kept:
            assert kept.read() == raw
        settle()
        assert len(posted(stage.world, "marie")) == 1


@pytest.mark.parametrize("scheme", WAYS)
def test_mail_for_others_is_refused_at_once(theatre: Theatre, scheme: str) -> None:
    with _listening(theatre, scheme) as link:
        for other in ("someone@example.com", "reply@example.net", "reply+x@example.com.evil.example", "reply@x"):
            with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
                link.sendmail("a@example.net", [other], letter(other))
            assert refused.value.recipients[other][0] == 550
            link.rset()
        assert link.sendmail("a@example.net", ["REPLY@Example.com"], letter("x")) == {}
        assert len(_all()) == 1


def test_one_mail_to_two_reply_addresses_answers_both(theatre: Theatre, stage: Stage) -> None:
    with _listening(theatre, "lmtp") as link:
        to = [bound(stage.world, "marie"), bound(stage.world, "marie")]
        assert link.sendmail("marie@example.com", to, letter(", ".join(to), body="Both.")) == {}
        settle()
        assert [one.recipients for one in _all()] == [[one] for one in to]
        assert len(posted(stage.world, "marie")) == 2
        assert link.noop()[0] == 250, "LMTP was told of each"


@pytest.mark.parametrize("scheme", WAYS)
@pytest.mark.parametrize("error", [OSError(28, "full"), Unavailable("database_busy"), ZeroDivisionError()])
def test_what_cannot_be_kept_is_brought_again(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch, scheme: str, error: Exception
) -> None:
    def fails(*_: object, **__: object) -> str:
        raise error

    with _listening(theatre, scheme) as link:
        with monkeypatch.context() as away:
            away.setattr(listener.incoming, "take", fails)
            with pytest.raises(smtplib.SMTPDataError) as put_off:
                link.sendmail("a@example.net", [TO_NOBODY], letter(TO_NOBODY))
        assert put_off.value.smtp_code == 451
        assert _all() == []
        assert link.sendmail("a@example.net", [TO_NOBODY], letter(TO_NOBODY)) == {}
        assert len(_all()) == 1


def test_a_null_sender_is_known_as_one(theatre: Theatre, stage: Stage) -> None:
    with _listening(theatre, "lmtp") as link:
        to = bound(stage.world, "marie")
        link.sendmail("", [to], letter(to))
        settle()
        assert [(one.fate, one.reason) for one in _all()] == [("automatic", "null-sender")]


def test_too_much_is_refused_and_long_lines_are_not(theatre: Theatre, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listener, "SIZE", 200_000)
    with _listening(theatre, "smtp") as link:
        with pytest.raises((smtplib.SMTPDataError, smtplib.SMTPSenderRefused)) as refused:
            link.sendmail("a@example.net", [TO_NOBODY], b"Subject: x\r\n\r\n" + b"x" * 300_000)
        assert refused.value.smtp_code == 552
        link.rset()
        assert link.sendmail("a@example.net", [TO_NOBODY], b"Subject: x\r\n\r\n" + b"x" * 100_000 + b"\r\n") == {}


def test_more_connections_than_there_may_be_are_asked_to_come_again(
    theatre: Theatre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "CONNECTIONS", 3)
    with _listening(theatre, "lmtp") as link:
        port = link.sock.getpeername()[1]
        many = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
        said = [one.recv(100)[:3] for one in many]
        assert sorted(said) == [b"220", b"220", b"421", b"421", b"421"]
        for one in many:
            one.close()
        time.sleep(0.2)
        assert smtplib.LMTP("127.0.0.1", port).noop()[0] == 250


@pytest.fixture
def hooked(theatre: Theatre) -> Iterator[Flask]:
    """An installation with a webhook."""
    app = theatre(WEBHOOK_SECRET=SECRET, REPLY_ADDRESS=HOUSE.reply_address)
    app.config["WTF_CSRF_ENABLED"] = True
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def _signed(
    raw: bytes, *, key: str = "1", at: float | None = None, secret: str = SECRET, **more: str
) -> dict[str, Any]:
    stamp = str(int(time.time() if at is None else at))
    envelope = f"{more.get('X-Comptoir-To', '')}\n{more.get('X-Comptoir-From', '')}\n"
    signature = hmac.new(secret.encode(), f"{stamp}\n{key}\n{envelope}".encode() + raw, hashlib.sha256).hexdigest()
    headers = {"X-Comptoir-Timestamp": stamp, "X-Comptoir-Signature": signature, "X-Comptoir-Id": key} | more
    return {"data": raw, "headers": headers, "content_type": "message/rfc822"}


def test_a_signed_request_brings_a_mail_once(hooked: Flask, stage: Stage) -> None:
    to = bound(stage.world, "marie")
    sent = _signed(letter(to), **{"X-Comptoir-To": to, "X-Comptoir-From": "marie@example.com"})
    answers = [hooked.test_client().post("/mailbox", **sent) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200] * 3
    assert len({answer.json["kept"] for answer in answers}) == 1
    settle()
    assert [(one.way, one.fate) for one in _all()] == [("webhook", "posted")]


def test_whoever_has_no_secret_brings_nothing(hooked: Flask) -> None:
    raw = letter(TO_NOBODY)
    good = _signed(raw)
    bad: list[dict[str, Any]] = [
        _signed(raw, secret="x" * 32),
        _signed(raw, at=time.time() - 400),
        _signed(raw, at=time.time() + 400),
        good | {"data": raw + b" "},
        good | {"headers": good["headers"] | {"X-Comptoir-Id": "2"}},
        good | {"headers": good["headers"] | {"X-Comptoir-To": "reply+other@example.com"}},
        good | {"headers": good["headers"] | {"X-Comptoir-From": "else@example.com"}},
        good | {"headers": good["headers"] | {"X-Comptoir-Signature": ""}},
        good | {"headers": good["headers"] | {"X-Comptoir-Signature": "é"}},
        good | {"headers": good["headers"] | {"X-Comptoir-Timestamp": "²"}},
        good | {"headers": good["headers"] | {"X-Comptoir-Id": ""}},
        {"data": raw},
    ]
    for request in bad:
        assert hooked.test_client().post("/mailbox", **request).status_code in {403, 422}
    assert _all() == []
    assert hooked.test_client().get("/mailbox").status_code == 404
    assert hooked.test_client().post("/mailbox", **good).status_code == 200


def test_without_a_secret_there_is_no_such_address(play: Flask) -> None:
    assert play.test_client().post("/mailbox", **_signed(letter(TO_NOBODY))).status_code == 404


def test_a_webhook_that_could_not_keep_it_says_so(hooked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> str:
        raise OSError(28, "full")

    with monkeypatch.context() as away:
        away.setattr(incoming, "take", fails)
        assert hooked.test_client().post("/mailbox", **_signed(letter(TO_NOBODY))).status_code == 503
    assert hooked.test_client().post("/mailbox", **_signed(letter(TO_NOBODY))).status_code == 200


def test_too_much_by_webhook_is_refused(hooked: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(webhook, "SIZE", 100_000)
    assert hooked.test_client().post("/mailbox", **_signed(b"x" * 100_001)).status_code == 413
    assert _all() == []


def test_the_same_mark_at_once_is_one_mail(app: Flask, world: World) -> None:
    db.session.rollback()
    found = at_once(app, 6, lambda _: incoming.take(b"From: a@b.c\r\n\r\nHi", "webhook", mark="webhook 1"))
    assert len(set(found)) == 1
    assert len(_all()) == 1
    assert len([name for name in storage().names(-60) if name not in _lent(world)]) == 1


def test_a_mail_is_piped_in(tmp_path: Path, stage: Stage) -> None:
    terminal = Terminal(tmp_path, REPLY_ADDRESS=HOUSE.reply_address).with_cast(stage)
    options = ("mail", "receive", "--to", TO_NOBODY, "--from", "marie@example.com")
    assert terminal.comptoir(*options, input=letter(TO_NOBODY)).exit_code == 0
    assert terminal.ask("SELECT way || sender || recipients FROM incoming") == f'pipemarie@example.com["{TO_NOBODY}"]'


def test_a_pipe_that_cannot_keep_it_has_it_brought_again(tmp_path: Path, stage: Stage) -> None:
    terminal = Terminal(tmp_path, REPLY_ADDRESS=HOUSE.reply_address).with_cast(stage)
    terminal.tell("ALTER TABLE incoming RENAME TO gone")
    result = terminal.comptoir("mail", "receive", input=letter(TO_NOBODY))
    assert result.exit_code == 75
    assert "Traceback" not in result.output


def test_listening_needs_to_know_where_and_for_whom(tmp_path: Path, stage: Stage) -> None:
    result = Terminal(tmp_path).with_cast(stage).comptoir("mail", "listen")
    assert result.exit_code == 1
    assert "COMPTOIR_MAIL_LISTEN" in result.output


def test_the_server_listens_by_itself_and_a_reply_is_a_message_within_a_second(tmp_path: Path, stage: Stage) -> None:
    port = free_port()
    server = install(stage, tmp_path, MAIL_LISTEN=f"lmtp://127.0.0.1:{port}", REPLY_ADDRESS=HOUSE.reply_address)
    server.start()
    try:
        with server.beside():
            to = bound(stage.world, "marie")
            smtplib.LMTP("127.0.0.1", port).sendmail("marie@example.com", [to], letter(to))
            until = time.monotonic() + 30
            while not posted(stage.world, "marie"):
                assert time.monotonic() < until, server.log()
                time.sleep(0.05)
            (came,) = _all()
            message = db.session.get_one(Message, came.message_id)
            took = (message.created_at - came.received_at).total_seconds()
            assert took < 5, "a busy machine is allowed some seconds more; what was not looked for would take ten"
    finally:
        server.stop()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=1)


def _all() -> list[Incoming]:
    db.session.rollback()
    return list(db.session.scalars(select(Incoming).order_by(Incoming.id)))


def _lent(world: World) -> set[str]:
    return {path.name for path in world.files.glob("*/*")}
