"""One sending is one message, however often and by how many at once it arrives (SPEC M2, RELIABILITY R3)."""

from flask import Flask
from sqlalchemy import func, select

from portal.actions import messages
from portal.extensions import db
from portal.kernel.errors import Conflict, Invalid
from portal.kernel.text import MESSAGE_LIMIT
from portal.models import Message
from tests.actions.rows import (
    at_once,
    conversation,
    facts,
    refused,
    say,
)
from tests.world import World, token


def test_no_other_kind_can_be_written(app: Flask, world: World) -> None:
    for kind in ("event", "", "Note", "memo"):
        with refused(Invalid, "bad_request"):
            say(world, "ines", world.permit, "Ann added Ben", kind)


def test_nothing_and_too_much_are_not_sent(app: Flask, world: World) -> None:
    for body in ("", " \n\t", "\u200b\u2060", "\u3164"):
        with refused(Invalid, "message_empty"):
            say(world, "ines", world.permit, body)
    with refused(Invalid, "message_too_long"):
        say(world, "ines", world.permit, "é" * (MESSAGE_LIMIT + 1))
    say(world, "ines", world.permit, "é" * MESSAGE_LIMIT)


def test_a_token_that_no_page_made_is_refused(app: Flask, world: World) -> None:
    for sent in ("", "0" * 31, "x" * 32):
        with refused(Invalid, "bad_token"):
            messages.post(world.viewer("ines"), world.permit, body="Hi", token=sent)


def test_ten_sendings_of_one_token_post_once(app: Flask, world: World) -> None:
    ines, sent = world.viewer("ines"), token()
    before = conversation(world.permit).seq
    posted = {messages.post(ines, world.permit, body="Once\r\n", token=sent) for _ in range(10)}
    assert len(posted) == 1
    assert conversation(world.permit).seq == before + 1
    assert facts(world.permit).count("message.posted") == 4


def test_fifty_sendings_of_one_token_at_once_post_once(app: Flask, world: World) -> None:
    ines, sent, before = world.viewer("ines"), token(), conversation(world.permit).seq
    db.session.rollback()
    got = at_once(app, 50, lambda _: messages.post(ines, world.permit, body="Once", token=sent))
    assert len(set(got)) == 1
    assert conversation(world.permit).seq == before + 1
    assert db.session.scalar(select(func.count()).where(Message.token == sent)) == 1


def test_thirty_writers_at_once_get_thirty_numbers(app: Flask, world: World) -> None:
    writers = [world.viewer(name) for name in ("ines", "hugo", "marie")]
    before = conversation(world.permit)
    seq, public_seq = before.seq, before.public_seq
    db.session.rollback()
    at_once(app, 30, lambda n: messages.post(writers[n % 3], world.permit, body=f"number {n}", token=token()))
    numbers = select(Message.seq).where(Message.body.startswith("number ")).order_by(Message.seq)
    assert list(db.session.scalars(numbers)) == list(range(seq + 1, seq + 31))
    assert conversation(world.permit).public_seq == public_seq + 30


def test_the_same_token_with_anything_else_is_a_conflict(app: Flask, world: World) -> None:
    ines, sent = world.viewer("ines"), token()
    first = messages.post(ines, world.permit, body="Once", token=sent)
    for key, body, kind in (
        (world.permit, "Twice", "text"),
        (world.permit, "Once", "note"),
        (world.inside, "Once", "text"),
    ):
        with refused(Conflict, "token_reused"):
            messages.post(ines, key, body=body, kind=kind, token=sent)
    assert messages.post(ines, world.permit, body="Once", token=sent) == first


def test_a_late_retry_after_an_edit_is_still_the_same_sending(app: Flask, world: World) -> None:
    ines, sent = world.viewer("ines"), token()
    first = messages.post(ines, world.permit, body="Once", token=sent)
    messages.edit(ines, world.permit, first, body="Edited")
    messages.edit(ines, world.permit, first, body="Edited again")
    assert messages.post(ines, world.permit, body="Once", token=sent) == first
    with refused(Conflict, "token_reused"):
        messages.post(ines, world.permit, body="Edited again", token=sent)
    messages.delete(ines, world.permit, first)
    assert messages.post(ines, world.permit, body="Once", token=sent) == first


def test_two_people_may_have_the_same_token(app: Flask, world: World) -> None:
    sent = token()
    posted = {messages.post(world.viewer(n), world.permit, body="Same", token=sent) for n in ("ines", "marie")}
    assert len(posted) == 2
