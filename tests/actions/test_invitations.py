"""How people come in: invited, invited again, withdrawn, expired, used (SPEC P2)."""

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.actions import devices, invitations
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound, SignedOut
from portal.kernel.tokens import digest
from portal.models import Account, Address, Event, Invitation, Person
from portal.queries import people as pages
from tests.actions.rows import at_once, refused
from tests.world import PASSWORD, World


def test_who_may_invite_whom_and_where_to(app: Flask, world: World) -> None:
    client = {"role": "client", "space_key": world.spaces["Delcourt"]}
    agent = {"role": "agent", "brand_keys": (world.brands["North"],)}
    for name, where in (("hugo", agent), ("marie", client), ("marie", agent)):
        with refused(Forbidden):
            invite(world, name, **where)
    for name, where in (("sam", client), ("ines", client | {"space_key": world.spaces["Roche"]})):
        with refused(NotFound):
            invite(world, name, **where)
    for where, code in (
        (agent | {"role": "owner"}, "bad_role"),
        (agent | {"role": "visitor"}, "bad_role"),
        (agent | {"brand_keys": ()}, "brand_needed"),
        (client | {"space_key": ""}, "space_needed"),
    ):
        with refused(Invalid, code):
            invite(world, "adam", **where)
    invite(world, "hugo", **client)
    key, _ = invite(world, "adam", email="b@example.com", **agent)
    assert pages.person(world.viewer("adam"), key).brands == ("North",)


def test_a_new_space_is_made_with_the_inviter_among_its_staff(app: Flask, world: World) -> None:
    key, _ = invite(world, "ines", role="client", brand_keys=(world.brands["North"],), space_name="Novak")
    assert pages.person(world.viewer("ines"), key).spaces == ("Novak",)
    assert "Novak" in pages.person(world.viewer("ines"), world.keys["ines"]).spaces


def test_the_link_s_secret_is_nowhere_in_the_database(app: Flask, world: World) -> None:
    _, secret = invite_client(world)
    stored = db.session.scalars(select(Invitation.digest)).all()
    assert digest(secret) in stored
    assert secret not in stored


def test_accepting_makes_active_once(app: Flask, world: World) -> None:
    key, secret = invite_client(world)
    assert invitations.invitation(secret).email == "lea@example.com"
    with refused(Invalid, "bad_password"):
        invitations.accept(secret, name="Lea", password="short", time_zone="UTC")
    assert devices.sign_in("lea@example.com", PASSWORD, "") is None
    assert invitations.accept(secret, name="Lea D.", password=PASSWORD, time_zone="Europe/Paris") == key
    row = db.session.execute(
        select(Person.name, Account.state, Address.verified_at.is_not(None))
        .join(Account).join(Address, Address.person_id == Person.id).where(Person.public_id == key)
    ).one()  # fmt: skip
    assert tuple(row) == ("Lea D.", "active", True)
    assert db.session.scalar(select(Event.name).order_by(Event.id.desc()).limit(1)) == "account.activated"
    assert devices.sign_in("lea@example.com", PASSWORD, "") is not None
    over(secret)


def test_a_wrong_secret_opens_nothing(app: Flask, world: World) -> None:
    _, secret = invite_client(world)
    for guess in ("", "guess", secret[:-1], secret + "x", secret.swapcase()):
        with refused(NotFound):
            invitations.invitation(guess)
    over(digest(secret))
    invitations.invitation(secret)


def test_an_invitation_ends_in_time(app: Flask, world: World) -> None:
    _, secret = invite_client(world, days=3)
    with clock.at(clock.now() + timedelta(days=3, seconds=1)):
        over(secret)
    with clock.at(clock.now() + timedelta(days=2)):
        invitations.accept(secret, name="Lea", password=PASSWORD, time_zone="UTC")


def test_inviting_again_ends_the_earlier_link(app: Flask, world: World) -> None:
    key, first = invite_client(world)
    with refused(NotFound):
        invitations.invite_again(world.viewer("sam"), key, 3)
    second = invitations.invite_again(world.viewer("ines"), key, 3)
    over(first)
    invitations.accept(second, name="Lea", password=PASSWORD, time_zone="UTC")
    with refused(Conflict, "not_invited"):
        invitations.invite_again(world.viewer("ines"), key, 3)


def test_a_withdrawn_invitation_is_over_until_another_is_made(app: Flask, world: World) -> None:
    key, secret = invite_client(world)
    invitations.withdraw(world.viewer("hugo"), key)
    over(secret)
    assert pages.invitation_ends(world.viewer("ines"), key) is None
    with refused(Conflict, "not_invited"):
        invitations.withdraw(world.viewer("ines"), world.keys["marie"])
    invitations.invitation(invitations.invite_again(world.viewer("ines"), key, 3))


def test_h8_two_who_open_one_link_at_once_are_one(app: Flask, world: World) -> None:
    _, secret = invite_client(world)
    db.session.rollback()
    got = at_once(app, 4, lambda n: invitations.accept(secret, name=f"Lea {n}", password=PASSWORD, time_zone="UTC"))
    assert got.count("not_found") == 3
    assert db.session.scalar(select(func.count()).where(Event.name == "account.activated")) == 1


def test_one_address_invited_twice_at_once_is_one_person(app: Flask, world: World) -> None:
    olga, north = world.viewer("olga"), world.brands["North"]
    lea = {"name": "Lea", "email": "lea@example.com", "role": "agent", "language": "en", "days": 1}
    db.session.rollback()
    got = at_once(app, 6, lambda _: invitations.invite(olga, brand_keys=(north,), **lea))
    assert got.count("email_taken") == 5
    assert db.session.scalar(select(func.count()).where(Address.email == "lea@example.com")) == 1


def test_who_is_invited_is_nobody_until_they_accept(app: Flask, world: World) -> None:
    key, secret = invite_client(world)
    assert key not in [one.id for one in pages.people(world.viewer("sam"), "client")]
    with pytest.raises(SignedOut):
        access.as_person(key)
    invitations.accept(secret, name="Lea", password=PASSWORD, time_zone="UTC")
    assert access.as_person(key).face == "client"


def invite(world: World, by: str, **where: Any) -> tuple[str, str]:
    """Somebody invites Lea."""
    lea: dict[str, Any] = {"name": "Lea Delcourt", "email": "lea@example.com", "language": "fr", "days": 3}
    return invitations.invite(world.viewer(by), **(lea | where))


def invite_client(world: World, days: int = 3) -> tuple[str, str]:
    """Lea is invited into the space Delcourt."""
    return invite(world, "ines", role="client", space_key=world.spaces["Delcourt"], days=days)


def over(secret: str) -> None:
    """The link shows nothing and does nothing."""
    with refused(NotFound):
        invitations.invitation(secret)
    with refused(NotFound):
        invitations.accept(secret, name="Eve", password=PASSWORD, time_zone="UTC")
