"""SPEC E12 and Z3: what became of a message for each who may read it. On both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import update

from portal.actions import people, read_marks
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.mailer import notices, outbox
from portal.mailer.outbox import Post
from portal.models import Mail, Message
from portal.queries import delivery
from tests.actions.rows import add, disable, remove
from tests.mailer.post_office import post_office
from tests.mailer.told import HOUSE, say, told
from tests.queries.statements import statements
from tests.world import World

MINUTE = 60


@pytest.fixture(autouse=True)
def _from_now_on(app: Flask, world: World) -> None:
    """Ines writes in Permit, where Hugo and Marie are."""
    notices.look()


def test_who_read_it_before_the_mail_needed_none(world: World) -> None:
    text = say(world, "ines", "The plans are ready.")
    assert _of(world, text, "Marie") == ["waiting"]
    with clock.at(clock.now() + timedelta(seconds=20)):
        read_marks.read(world.viewer("marie"), world.permit, 2**40)
        read_at = clock.now()
    told(MINUTE + 1)
    assert _of(world, text, "Marie") == ["read_only"]
    (part,) = _line(world, text, "Marie").parts
    assert part.at is not None
    assert abs(part.at - read_at) < timedelta(seconds=1)


def test_who_was_sent_one_and_read_it_later_and_who_was_not(world: World) -> None:
    text = say(world, "ines", "The plans are ready.")
    told(MINUTE + 1)
    assert _of(world, text, "Marie") == ["queued"]
    _send()
    (part,) = _line(world, text, "Marie").parts
    assert (part.word, part.words) == ("sent", "marie@example.com")
    with clock.at(clock.now() + timedelta(minutes=5)):
        read_marks.read(world.viewer("marie"), world.permit, 2**40)
    assert _of(world, text, "Marie") == ["sent", "read"]
    assert _of(world, text, "Hugo") == ["sent"]


@pytest.mark.parametrize("origin", ["mail", "link"])
def test_an_answer_by_mail_or_link_says_so(world: World, origin: str) -> None:
    text = say(world, "ines", "The plans are ready.")
    told(MINUTE + 1)
    _send()
    answer = say(world, "marie", "Thank you.", seconds=5 * MINUTE)
    with transaction():
        db.session.execute(update(Message).where(Message.public_id == answer).values(origin=origin))
    assert _of(world, text, "Marie") == ["sent", f"answered_{origin}"]


@pytest.mark.parametrize(
    ("rcpt", "said"), [("550 5.1.1 No such user", "bounced"), ("450 Later", "put_off"), ("552 Full", "failed")]
)
def test_what_the_mail_server_said_is_told(world: World, rcpt: str, said: str) -> None:
    text = say(world, "ines", "The plans are ready.")
    told(MINUTE + 1)
    _send(rcpt=lambda email: rcpt if email.startswith("marie") else "250 OK")
    (part,) = _line(world, text, "Marie").parts
    assert part.word == said
    assert rcpt in part.words
    assert _of(world, text, "Hugo") == ["sent"]


@pytest.mark.parametrize(
    ("why", "before", "after"),
    [
        ("muted", "muted", "muted"),
        ("off", "off", "off"),
        ("mentions", "mentions_only", "mentions_only"),
        ("digest", "digest", "digest"),
        ("disabled", None, None),
    ],
)
def test_why_there_is_none_is_said_before_and_after(
    world: World, why: str, before: str | None, after: str | None
) -> None:
    text = say(world, "ines", "The plans are ready.")
    _make(world, why)
    assert _of(world, text, "Hugo") == [before or "disabled"]
    told(MINUTE + 1)
    assert _of(world, text, "Hugo") == [after or "disabled"]


def test_a_digest_that_went_out_counts(world: World) -> None:
    text = say(world, "ines", "The plans are ready.")
    people.set_mails(world.viewer("hugo"), "digest")
    told(MINUTE + 1)
    _send()
    assert _of(world, text, "Hugo") == ["digest_sent"]


def test_only_who_may_read_it_has_a_line(world: World) -> None:
    text = say(world, "ines", "For all.")
    note = say(world, "ines", "Among us.", kind="note")
    remove(world, "ines", world.permit, "hugo")
    add(world, "ines", world.permit, "nina")
    add(world, "ines", world.permit, "luc", history="now")
    assert _names(world, text) == ["Dora Disabled", "Marie Delcourt", "Nina Agent"]
    assert _names(world, note) == ["Nina Agent"]
    assert _of(world, text, "Nina") == ["joined"]


def test_clients_and_staff_outside_learn_nothing(world: World) -> None:
    for name in ("marie", "luc", "nina", "adam", "olga"):
        with pytest.raises(NotFound):
            delivery.delivery(world.viewer(name), world.permit, world.text)
    assert delivery.delivery(world.viewer("hugo"), world.permit, world.text) != ()


def test_it_takes_the_same_statements_however_many_they_are(world: World) -> None:
    text = say(world, "ines", "For all.")
    told(MINUTE + 1)
    few = statements(lambda: delivery.delivery(world.viewer("ines"), world.permit, text))
    for name in ("nina", "adam", "olga", "luc", "paul", "zoe"):
        add(world, "ines", world.permit, name)
    assert statements(lambda: delivery.delivery(world.viewer("ines"), world.permit, text)) == few
    assert len(_names(world, text)) == 8, "Zoe missed it while she was out"


def test_reading_again_writes_nothing(world: World) -> None:
    text = say(world, "ines", "The plans are ready.")
    marie = world.viewer("marie")
    read_marks.read(marie, world.permit, 2**40)
    (first,) = _line(world, text, "Marie").parts
    with clock.at(clock.now() + timedelta(hours=1)):
        read_marks.read(marie, world.permit, 2**40)
    assert _line(world, text, "Marie").parts == (first,)


def test_nothing_of_a_mail_is_kept_but_what_is_shown(world: World) -> None:
    """The record names no other discussion, nor any words."""
    text = say(world, "ines", "The plans are ready.")
    told(MINUTE + 1)
    assert {mail.kind for mail in db.session.query(Mail).all()} == {"notice"}
    assert "plans" not in repr(delivery.delivery(world.viewer("ines"), world.permit, text))


def _make(world: World, why: str) -> None:
    hugo = world.viewer("hugo")
    match why:
        case "muted" | "mentions":
            read_marks.set_notify(hugo, world.permit, {"muted": "none", "mentions": "mentions"}[why])
        case "off" | "digest":
            people.set_mails(hugo, {"off": "none", "digest": "digest"}[why])
        case "disabled":
            disable(world, "hugo")


def _send(**how: object) -> None:
    with post_office(**how) as office, clock.at(clock.now() + timedelta(minutes=2)):
        while outbox.send(Post(office.way, HOUSE)):
            pass
    db.session.rollback()


def _line(world: World, text: str, name: str) -> delivery.DeliveryLine:
    db.session.rollback()
    found = delivery.delivery(world.viewer("ines"), world.permit, text)
    return next(line for line in found if line.name.startswith(name))


def _of(world: World, text: str, name: str) -> list[str]:
    return [part.word for part in _line(world, text, name).parts]


def _names(world: World, text: str) -> list[str]:
    return [line.name for line in delivery.delivery(world.viewer("ines"), world.permit, text)]
