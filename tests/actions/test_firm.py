"""The firm's settings and its brands (SPEC D5)."""

from typing import Any

from flask import Flask
from sqlalchemy import func, select

from portal.actions import firm
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Brand, Event
from tests.actions.rows import at_once, disable, reads, refused
from tests.world import World


def test_only_admins_change_the_firm(app: Flask, world: World) -> None:
    for name in ("ines", "marie"):
        with refused(Forbidden):
            firm.update_firm(world.viewer(name), name="Mine", staff_names="full")
        with refused(Forbidden):
            save(world, name)
    for change, code in (({"name": ""}, "name_empty"), ({"staff_names": "none"}, "bad_staff_names")):
        with refused(Invalid, code):
            firm.update_firm(world.viewer("adam"), **({"name": "Delta", "staff_names": "full"} | change))
    firm.update_firm(world.viewer("adam"), name="Delta & Co", staff_names="first")
    save(world, "olga")


def test_d5_what_the_firm_chooses_is_what_clients_read_at_once(app: Flask, world: World) -> None:
    names = {"full": "Ines Agent", "first": "Ines", "brand": "North"}
    for choice, name in names.items():
        firm.update_firm(world.viewer("adam"), name="Delta", staff_names=choice)
        assert reads(world.viewer("marie"), world.permit)[0].author.name == name
        assert reads(world.viewer("hugo"), world.permit)[0].author.name == "Ines Agent"
    assert db.session.scalar(select(func.count()).where(Event.name == "firm.changed")) == 4  # one of them is South's


def test_a_brand_is_checked(app: Flask, world: World) -> None:
    for change, code in (
        ({"name": " "}, "name_empty"),
        ({"hue": 360}, "bad_hue"),
        ({"hue": -1}, "bad_hue"),
        ({"host": "not a host"}, "bad_host"),
        ({"host": "-x.example"}, "bad_host"),
        ({"owner_key": world.keys["marie"]}, "bad_brand_owner"),
    ):
        with refused(Invalid, code):
            save(world, "adam", **change)
    with refused(NotFound):
        save(world, "adam", owner_key="nobody")
    with refused(NotFound):
        save(world, "adam", key="nothing")
    disable(world, "nina")
    with refused(Invalid, "bad_brand_owner"):
        save(world, "adam", owner_key=world.keys["nina"])
    save(world, "adam", host=" https://West.Example.com/ ")
    assert db.session.scalar(select(Brand.host).where(Brand.name == "West")) == "west.example.com"


def test_a_host_is_one_brand_s(app: Flask, world: World) -> None:
    with refused(Conflict, "host_taken"):
        save(world, "adam", host="SOUTH.example.com")
    save(world, "adam", key=world.brands["South"], name="South", host="south.example.com")
    adam = world.viewer("adam")
    west = {"name": "West", "hue": 10, "host": "west.example.com", "owner_key": world.keys["ines"]}
    db.session.rollback()
    got = at_once(app, 5, lambda _: firm.save_brand(adam, "", **west))
    assert sorted(map(str, got)) == ["None"] + ["host_taken"] * 4


def test_brands_without_a_host_are_as_many_as_one_likes(app: Flask, world: World) -> None:
    for name in ("West", "East"):
        save(world, "adam", name=name)
    assert db.session.scalar(select(func.count()).where(Brand.host.is_(None))) == 3


def save(world: World, by: str, key: str = "", **change: Any) -> None:
    """Somebody saves the brand West."""
    west: dict[str, Any] = {"name": "West", "hue": 10, "host": "", "owner_key": world.keys["ines"]}
    firm.save_brand(world.viewer(by), key, **(west | change))
