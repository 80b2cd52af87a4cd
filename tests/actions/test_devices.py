"""Signing in and out, and passwords (SPEC P3, P7)."""

from datetime import timedelta

from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.actions import devices, messages
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Invalid, NotFound, SignedOut
from portal.kernel.tokens import digest
from portal.models import Device, Event
from portal.queries import people as pages
from tests.actions.rows import browsing, disable, refused
from tests.world import PASSWORD, World, token

OTHER = "another battery horse"


def test_p3_a_wrong_password_an_unknown_address_and_a_disabled_account_are_one_answer(app: Flask, world: World) -> None:
    before = _devices()
    for email, password in (
        ("marie@example.com", "wrong horse battery"),
        ("nobody@example.com", PASSWORD),
        ("dora@example.com", PASSWORD),
        ("", PASSWORD),
    ):
        assert devices.sign_in(email, password, "") is None
    assert _devices() == before
    secret = devices.sign_in(" Marie@Example.com ", PASSWORD, "Firefox" * 50)
    assert secret is not None
    viewer = access.principal(secret)
    assert viewer is not None
    assert viewer.key == world.keys["marie"]


def test_of_a_device_s_secret_only_the_digest_is_kept(app: Flask, world: World) -> None:
    secret = world.cookie_secret("marie")
    stored = db.session.scalars(select(Device.digest)).all()
    assert digest(secret) in stored
    assert secret not in stored
    assert access.principal(digest(secret)) is None


def test_p7_changing_the_password_signs_all_other_devices_out(app: Flask, world: World) -> None:
    others = [world.cookie_secret("marie") for _ in range(2)]
    hugos = world.cookie_secret("hugo")
    here = browsing(world, "marie")
    with refused(Invalid, "wrong_password"):
        devices.change_password(here, current="wrong horse", new=OTHER)
    with refused(Invalid, "bad_password"):
        devices.change_password(here, current=PASSWORD, new="short")
    assert all(access.principal(secret) for secret in others)
    devices.change_password(here, current=PASSWORD, new=OTHER)
    assert [access.principal(secret) for secret in others] == [None, None]
    assert access.principal(hugos) is not None
    assert [device.this for device in pages.devices(here)] == [True]
    revoked = select(Event.device_id, Event.person_id).where(Event.name == "device.revoked")
    told = db.session.execute(revoked).all()
    assert {row.person_id for row in told} == {world.person_id("marie")}
    assert here.device_id not in {row.device_id for row in told}
    assert len(told) == 2, "each device's sockets are told to close"
    assert devices.sign_in("marie@example.com", PASSWORD, "") is None
    assert devices.sign_in("marie@example.com", OTHER, "") is not None


def test_p7_one_signs_out_each_of_ones_own_devices_and_nobody_elses(app: Flask, world: World) -> None:
    here, away = browsing(world, "marie"), browsing(world, "marie")
    key = next(device.id for device in pages.devices(here) if not device.this)
    for other in (browsing(world, "hugo"), browsing(world, "olga")):
        with refused(NotFound):
            devices.revoke(other, key)
    devices.revoke(here, key)
    with refused(SignedOut, "signed_out"):
        messages.post(away, world.permit, body="Too late", token=token())
    with refused(NotFound):
        devices.revoke(here, key)
    messages.post(here, world.permit, body="In time", token=token())


def test_signing_out_ends_this_device_and_all_others_the_others(app: Flask, world: World) -> None:
    here, away = browsing(world, "marie"), browsing(world, "marie")
    devices.revoke_others(here)
    with refused(SignedOut, "signed_out"):
        devices.sign_out(away)
    devices.sign_out(here)
    with refused(SignedOut, "signed_out"):
        messages.post(here, world.permit, body="Too late", token=token())


def test_when_a_device_was_seen_is_written_now_and_then(app: Flask, world: World) -> None:
    marie = browsing(world, "marie")
    first = pages.devices(marie)[0].seen_at
    devices.seen(marie)
    assert pages.devices(marie)[0].seen_at == first
    with clock.at(first + timedelta(hours=1)):
        devices.seen(marie)
    assert pages.devices(marie)[0].seen_at == first + timedelta(hours=1)


def test_who_was_disabled_between_two_clicks_is_signed_out(app: Flask, world: World) -> None:
    hugo = browsing(world, "hugo")
    devices.seen(hugo)
    disable(world, "hugo")
    with refused(SignedOut, "signed_out"):
        devices.sign_out(hugo)


def _devices() -> int:
    return db.session.scalar(select(func.count()).select_from(Device)) or 0
