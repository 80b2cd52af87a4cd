"""First run, disabling and enabling, profiles (SPEC P1, P7, D4)."""

import time

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.actions import discussions, invitations, messages, people
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, SignedOut
from portal.models import Account, Brand, Device, Event, Firm, Person
from portal.queries import discussions as lists, people as pages
from portal.queries.discussions import Filter
from tests.actions.rows import add, at_once, browsing, conversation, disable, last_fact, refused, say
from tests.world import PASSWORD, World, token

FIRST = {
    "firm": "Delta", "brand": "North", "name": "Olga", "email": "Olga@Example.com",
    "password": PASSWORD, "language": "en", "time_zone": "Europe/Paris",
}  # fmt: skip


def test_p1_the_first_run_makes_firm_brand_and_owner_once(app: Flask) -> None:
    for change, code in (
        ({"firm": " "}, "name_empty"),
        ({"name": "x" * 81}, "name_too_long"),
        ({"email": "olga"}, "bad_email"),
        ({"password": "short"}, "bad_password"),
    ):
        with refused(Invalid, code):
            people.found(**(FIRST | change))
    people.found(**FIRST)
    with refused(NotFound):
        people.found(**(FIRST | {"email": "eve@example.com"}))
    owner = db.session.execute(select(Person.name, Account.role, Account.state).join(Account)).one()
    assert tuple(owner) == ("Olga", "owner", "active")
    assert db.session.scalar(select(Brand.is_default)) is True


def test_p1_two_first_runs_at_once_make_one_firm(app: Flask) -> None:
    at_once(app, 4, lambda n: people.found(**(FIRST | {"email": f"olga{n}@example.com"})))
    for table in (Firm, Brand, Person, Account):
        assert db.session.scalar(select(func.count()).select_from(table)) == 1


def test_p7_who_is_disabled_is_signed_out_everywhere_at_once(app: Flask, world: World) -> None:
    secrets = [world.cookie_secret("hugo") for _ in range(2)]
    hugo = browsing(world, "hugo")
    disable(world, "hugo")
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert (event.name, event.person_id, event.device_id) == ("account.disabled", world.person_id("hugo"), None)
    assert [access.principal(secret) for secret in secrets] == [None, None]
    still_in = select(func.count()).where(Device.person_id == world.person_id("hugo"), Device.revoked_at.is_(None))
    assert db.session.scalar(still_in) == 0
    with refused(SignedOut, "signed_out"):
        messages.post(hugo, world.permit, body="I was in already", token=token())
    with pytest.raises(SignedOut):
        world.viewer("hugo")
    messages.post(browsing(world, "ines"), world.permit, body="I still am", token=token())


def test_who_is_disabled_gets_nothing_more(app: Flask, world: World) -> None:
    say(world, "ines", world.permit, "Hello both")
    assert world.person_id("hugo") in {one.person_id for one in access.recipients(last_fact(world.permit))}
    disable(world, "hugo")
    say(world, "ines", world.permit, "Hello Marie")
    event = last_fact(world.permit)
    told = {one.person_id for one in (*access.recipients(event), *access.participants(event))}
    assert told == {world.person_id("ines"), world.person_id("marie")}


def test_d4_the_discussions_of_who_is_disabled_stand_without_owner(app: Flask, world: World) -> None:
    disable(world, "ines")
    for key in (world.permit, world.inside):
        assert conversation(key).owner_id is None
        assert last_fact(key).name == "ownership.lost"
    assert len(lists.ownerless(world.viewer("adam"))) == 2
    people.enable(world.viewer("adam"), world.keys["ines"])
    with refused(Forbidden):
        discussions.rename(world.viewer("ines"), world.permit, title="Mine again?")
    say(world, "ines", world.permit, "I am in, and own it no more")


def test_disabling_is_for_admins_and_an_owner_is_an_owners(app: Flask, world: World) -> None:
    for name, whom in (("hugo", "nina"), ("ines", "marie"), ("adam", "olga"), ("adam", "adam"), ("olga", "olga")):
        with refused(Forbidden):
            people.disable(world.viewer(name), world.keys[whom])
    for name, whom in (("marie", "luc"), ("sam", "marie")):
        with refused(NotFound):
            people.disable(world.viewer(name), world.keys[whom])
    people.disable(world.viewer("adam"), world.keys["nina"])
    people.disable(world.viewer("olga"), world.keys["adam"])
    people.disable(world.viewer("olga"), world.keys["adam"])
    facts = select(func.count()).where(Event.name == "account.disabled", Event.person_id == world.person_id("adam"))
    assert db.session.scalar(facts) == 1


def test_enabling_brings_no_device_back(app: Flask, world: World) -> None:
    secret = world.cookie_secret("marie")
    disable(world, "marie")
    with refused(Forbidden):
        people.enable(world.viewer("ines"), world.keys["marie"])
    people.enable(world.viewer("adam"), world.keys["marie"])
    assert access.principal(secret) is None
    say(world, "marie", world.permit, "Here again")


def test_who_never_had_a_password_is_invited_again_instead(app: Flask, world: World) -> None:
    key, secret = invitations.invite(
        world.viewer("olga"), name="Lea", email="lea@example.com", role="client", language="fr", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    people.disable(world.viewer("olga"), key)
    with refused(NotFound):
        invitations.accept(secret, name="Lea", password=PASSWORD, time_zone="UTC")
    people.enable(world.viewer("olga"), key)
    assert pages.person(world.viewer("olga"), key).state == "invited"
    with refused(NotFound):
        invitations.accept(secret, name="Lea", password=PASSWORD, time_zone="UTC")
    again = invitations.invite_again(world.viewer("olga"), key, 3)
    assert invitations.accept(again, name="Lea", password=PASSWORD, time_zone="UTC") == key


def test_p8_a_profile_is_ones_own_and_checked(app: Flask, world: World) -> None:
    mine = {"name": " Marie  D. ", "language": "fr", "time_zone": "Europe/Paris", "enter_sends": False}
    marie = browsing(world, "marie")
    for change, code in (({"name": ""}, "name_empty"), ({"language": "xx"}, "bad_language")):
        with refused(Invalid, code):
            people.update_profile(marie, **(mine | change))
    people.update_profile(marie, **mine)
    marie = browsing(world, "marie")
    assert (marie.name, marie.language, marie.time_zone, marie.enter_sends) == ("Marie D.", "fr", "Europe/Paris", False)
    people.update_profile(marie, **(mine | {"time_zone": "Mars/Olympus"}))
    assert browsing(world, "marie").time_zone == "UTC"


def test_an_address_is_folded_and_belongs_to_one_person(app: Flask, world: World) -> None:
    assert people.checked_email("  MARIE@Example.COM ") == "marie@example.com"
    for email in ("", "marie", "marie@", "a@b c.example", "marie@example.com\nBcc: all@example.com", "a\x00@b.example"):
        with pytest.raises(Invalid):
            people.checked_email(email)
    invited = {"name": "M", "role": "agent", "language": "en", "days": 1, "brand_keys": (world.brands["North"],)}
    with refused(Conflict, "email_taken"):
        invitations.invite(world.viewer("olga"), email="MARIE@example.com", **invited)
    invitations.invite(world.viewer("olga"), email="m@example.com", **invited)


def test_a_disabled_client_is_still_named_on_what_they_wrote(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")
    disable(world, "marie")
    shown = [row.last for row, _ in lists.page(world.viewer("luc"), Filter()).rows]
    assert [line.author_name for line in shown if line] == ["Marie"]


def test_an_address_that_is_far_too_long_is_refused_without_being_read(world: World) -> None:
    """Reading it takes a time that grows with the square of its length: minutes, for half a megabyte."""
    began = time.process_time()
    long = "a" + "\u0301\u0323" * 250_000 + "@example.com"
    with refused(Invalid, "bad_email"):
        invitations.invite(
            world.viewer("olga"), name="New", email=long, role="agent", language="en", days=7,
            brand_keys=(world.brands["North"],),
        )  # fmt: skip
    assert time.process_time() - began < 2
