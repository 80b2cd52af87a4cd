"""SPEC Z4: once a week a client is told what we need from them; nothing where nothing waits. On both databases."""

import re
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest
from flask import Flask
from sqlalchemy import delete, select, update

from portal import access
from portal.actions import discussions, links, messages, participants, people, read_marks, turns, weekly as actions
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.weeks import is_moment, next_moment
from portal.mailer import outbox, weekly
from portal.mailer.outbox import Post
from portal.models import Mail, Notice, Person
from portal.queries import links as link_queries, needs
from tests.actions.rows import at_once, disable
from tests.mailer.post_office import post_office
from tests.mailer.told import HOUSE
from tests.world import World, token

MONDAY = datetime(2031, 3, 3, 8, tzinfo=UTC)  # nine o'clock in Paris
WEEK = timedelta(days=7)


@pytest.fixture(autouse=True)
def _asked(app: Flask, world: World) -> None:
    """On the Friday before, Ines asks something of Marie; no other mail waits."""
    with transaction():
        db.session.execute(update(Person).values(time_zone="Europe/Paris"))
        db.session.execute(delete(Notice))
    _say(world, "ines", "Please sign page 3.", MONDAY - timedelta(days=3))
    _look(MONDAY - timedelta(days=3))


def test_at_the_firms_hour_there_is_one_mail_and_in_a_week_the_next(world: World) -> None:
    assert _sent(MONDAY - timedelta(seconds=1)) == []
    (mail,) = _sent(MONDAY)
    assert mail["To"] == "marie@example.com"
    assert mail["Subject"] == "What we need from you: North"
    assert "Permit" in _words(mail)
    assert "Please sign page 3." in _words(mail)
    assert "28 February" in _words(mail)
    assert _sent(MONDAY + timedelta(days=6)) == []
    assert len(_sent(MONDAY + WEEK)) == 1


def test_it_names_whom_its_reader_may_know_and_the_team_for_others(world: World) -> None:
    """A name that a message mentions stands in no message: it is drawn in this mail, too."""
    _say(world, "ines", "Please ask @Marie Delcourt or @Hugo Agent.", MONDAY - timedelta(days=2))
    (mail,) = _sent(MONDAY)
    assert "Please ask @Marie Delcourt or @the team." in _words(mail)


def test_what_was_answered_before_it_leaves_is_not_in_it(world: World) -> None:
    _look(MONDAY)
    _say(world, "marie", "Signed.", MONDAY + timedelta(seconds=1))
    assert _delivered(MONDAY + timedelta(seconds=2)) == []
    assert _states() == [("none", "over")]


@pytest.mark.parametrize("how", ["answered", "settled", "archived", "removed", "off", "unwanted", "muted", "disabled"])
def test_there_is_none_where_nothing_is_expected_or_wanted(world: World, how: str) -> None:
    ines, marie = world.viewer("ines"), world.viewer("marie")
    {
        "answered": lambda: _say(world, "marie", "Signed.", MONDAY - timedelta(days=1)),
        "settled": lambda: turns.set_turn(ines, world.permit, "none"),
        "archived": lambda: discussions.archive(ines, world.permit),
        "removed": lambda: participants.remove(ines, world.permit, world.keys["marie"]),
        "off": lambda: people.set_mails(marie, "none"),
        "unwanted": lambda: people.set_mails(marie, "each", weekly=False),
        "muted": lambda: read_marks.set_notify(marie, world.permit, "none"),
        "disabled": lambda: disable(world, "marie"),
    }[how]()
    assert _sent(MONDAY) == []


def test_the_firm_chooses_the_moment_or_none(world: World) -> None:
    actions.update_weekly(world.viewer("olga"), day=None, hour=9)
    assert _sent(MONDAY) == []
    with clock.at(MONDAY):
        actions.update_weekly(world.viewer("olga"), day=2, hour=15)
    assert _sent(MONDAY + timedelta(seconds=1)) == []
    assert len(_sent(MONDAY + timedelta(days=2, hours=6))) == 1
    with clock.at(MONDAY + timedelta(days=2, hours=7)):
        actions.update_weekly(world.viewer("olga"), day=3, hour=9)
    _look(MONDAY + timedelta(days=2, hours=7))
    assert _sent(MONDAY + timedelta(days=3)) == [], "never two within a week"
    assert len(_sent(MONDAY + WEEK + timedelta(days=3))) == 1


def test_of_many_workers_one_writes_it(app: Flask, world: World) -> None:
    at_once(app, 4, lambda _: _look(MONDAY))
    db.session.rollback()
    assert len(db.session.scalars(select(Mail).where(Mail.kind == "needs")).all()) == 1


def test_a_moment_long_past_is_left_to_the_next(world: World) -> None:
    assert _sent(MONDAY + timedelta(days=3)) == []
    assert len(_sent(MONDAY + WEEK)) == 1


def test_each_link_opens_its_own_discussion_and_shows_what_was_asked(world: World) -> None:
    second = discussions.create(
        world.viewer("ines"), title="Second", audience="shared", brand_key=world.brands["North"]
    )
    participants.add(world.viewer("ines"), second, world.keys["marie"])
    with clock.at(MONDAY - timedelta(days=2)):
        messages.post(world.viewer("ines"), second, body="Which colour?", token=token())
    (mail,) = _sent(MONDAY)
    tokens = dict.fromkeys(re.findall(r"/l/([\w.-]+)", _words(mail)))
    with clock.at(MONDAY):
        held = [access.by_link(one) for one in tokens]
        assert [one.discussion for one in held] == [world.permit, second]
        assert [[view.body for view in link_queries.told(one)] for one in held] == [
            ["Please sign page 3."], ["Which colour?"],
        ]  # fmt: skip
        participants.remove(world.viewer("ines"), second, world.keys["marie"])
        assert access.by_link(next(iter(tokens))).discussion == world.permit
    assert "[[" not in _words(mail)


def test_what_another_client_said_last_is_neither_in_it_nor_behind_its_link(world: World) -> None:
    """On a device that gave no code: to whom the mail is sent on, nobody said that."""
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    _say(world, "luc", "The roof leaks.", MONDAY - timedelta(days=2))
    with clock.at(MONDAY - timedelta(days=1)):
        turns.set_turn(world.viewer("ines"), world.permit, "client")
    (mail,) = (one for one in _sent(MONDAY) if "marie" in one["To"])
    assert "roof" not in _words(mail)
    with clock.at(MONDAY):
        (held,) = (access.by_link(one) for one in dict.fromkeys(re.findall(r"/l/([\w.-]+)", _words(mail))))
        assert (held.discussion, link_queries.told(held)) == (world.permit, ())


def test_one_click_ends_these_and_no_others(world: World) -> None:
    (mail,) = _sent(MONDAY)
    address = mail["List-Unsubscribe"].strip("<>")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    with clock.at(MONDAY):
        links.unsubscribe(address.rpartition("/")[2])
    person = db.session.scalars(select(Person).where(Person.public_id == world.keys["marie"])).one()
    assert (person.weekly, person.mails) == (False, "each")
    assert _sent(MONDAY + WEEK) == []
    with clock.at(MONDAY + WEEK):
        links.unsubscribe(address.rpartition("/")[2], wanted=True)
    assert len(_sent(MONDAY + 2 * WEEK)) == 1


def test_the_page_that_ends_them_is_the_brands(world: World) -> None:
    (mail,) = _sent(MONDAY)
    standing = link_queries.subscription(mail["List-Unsubscribe"].strip("<>").rpartition("/")[2])
    assert standing.brand is not None
    assert standing.brand.name == standing.sender == "North"


def test_it_names_nobody_and_tells_no_secret(world: World) -> None:
    ines = world.viewer("ines")
    participants.add(ines, world.permit, world.keys["luc"], confirmed=True)
    with clock.at(MONDAY - timedelta(days=2)):
        messages.post(ines, world.permit, body="zebranote", kind="note", token=token())
    _look(MONDAY - timedelta(days=1))
    mails = _sent(MONDAY)
    assert {mail["To"] for mail in mails} == {"marie@example.com", "luc@example.com"}
    for mail in mails:
        other = "Luc" if "marie" in mail["To"] else "Marie"
        for secret in ("zebranote", other, "Hugo", "Ines", "Inside", "pays late"):
            assert secret not in mail.as_string() + _words(mail)


def test_one_who_cannot_read_what_was_asked_is_not_told(world: World) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], history="now", confirmed=True)
    assert needs.count(world.viewer("luc")) == 0
    assert needs.count(world.viewer("marie")) == 1
    assert {mail["To"] for mail in _sent(MONDAY)} == {"marie@example.com"}


def test_in_french(world: World) -> None:
    with transaction():
        db.session.execute(update(Person).values(language="fr"))
    (mail,) = _sent(MONDAY)
    assert "28 février" in _words(mail)


def test_it_comes_at_the_hour_of_the_readers_clock() -> None:
    winter, summer = datetime(2031, 3, 24, 8, tzinfo=UTC), datetime(2031, 3, 31, 7, tzinfo=UTC)
    assert next_moment(MONDAY, "Europe/Paris", 0, 9) == MONDAY + WEEK
    assert next_moment(MONDAY - timedelta(seconds=1), "Europe/Paris", 0, 9) == MONDAY
    assert next_moment(winter, "Europe/Paris", 0, 9) == summer
    assert is_moment(summer, "Europe/Paris", 0, 9)
    assert not is_moment(summer, "America/New_York", 0, 9)


def _say(world: World, name: str, body: str, at: datetime) -> None:
    with clock.at(at):
        messages.post(world.viewer(name), world.permit, body=body, token=token())


def _look(at: datetime) -> None:
    with clock.at(at):
        weekly.write(HOUSE)


def _sent(at: datetime) -> list[EmailMessage]:
    """The weekly mails that arrive at that moment."""
    _look(at)
    return _delivered(at)


def _delivered(at: datetime) -> list[EmailMessage]:
    with transaction():
        db.session.execute(delete(Notice))
    with post_office() as office, clock.at(at):
        outbox.send(Post(office.way, HOUSE))
    return office.taken


def _words(mail: EmailMessage) -> str:
    parts = [mail.get_body((kind,)) for kind in ("plain", "html")]
    return "".join(part.get_content() for part in parts if part)


def _states() -> list[tuple[str, str]]:
    query = select(Mail.state, Mail.reason).where(Mail.kind == "needs")
    return [(state, reason) for state, reason in db.session.execute(query)]
