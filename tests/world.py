"""The cast: a small firm in which every kind of person stands in every relation to one discussion.

The firm is *Delta*, with the brands *North* and *South*. In North, Olga (the firm's owner), Adam
(admin), Ines and Hugo (agents); in South, Sam. North's space *Delcourt* has the clients Marie and
Luc; its space *Brun* has Paul; South's space *Roche* has Rosa. `permit` is a shared discussion that
Ines owns, with Hugo and Marie; `inside` is internal, with Ines and Hugo.
"""

import secrets
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from sqlalchemy import delete, select, update

from portal import access
from portal.access import Viewer
from portal.actions import devices, discussions, firm, invitations, messages, participants, people
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import passwords
from portal.kernel.clock import now
from portal.models import Account, Address, Mail, Person, Space, State
from portal.queries.firm import brands
from tests import faces

PASSWORD = "correct horse battery"


@cache
def password_hash() -> str:
    """One hash for the whole cast: argon2 is slow by design."""
    return passwords.hashed(PASSWORD)


@dataclass
class World:
    """Who and what there is, by name. People are keys; `viewer` makes one into a Viewer."""

    keys: dict[str, str] = field(default_factory=dict)
    brands: dict[str, str] = field(default_factory=dict)
    spaces: dict[str, str] = field(default_factory=dict)
    permit: str = ""
    inside: str = ""
    text: str = ""
    note: str = ""
    answer: str = ""
    news: str = ""  # an announcement, where a test makes one
    faces: dict[str, str] = field(default_factory=dict)  # the pictures of some, by name; the others have none
    files: Path = Path()  # where those lie

    def viewer(self, name: str) -> Viewer:
        """A system viewer of that person, as the database knows them now."""
        return access.as_person(self.keys[name])

    def person_id(self, name: str) -> int:
        """The internal id of that person."""
        return db.session.scalars(select(Person.id).where(Person.public_id == self.keys[name])).one()

    def cookie_secret(self, name: str) -> str:
        """A signed-in device of that person."""
        return devices.open_device(self.person_id(name), "Test browser")


def token() -> str:
    """A page's idempotency token."""
    return secrets.token_hex(16)


def build() -> World:
    """Fill an empty database with the cast and its two discussions."""
    world = World()
    _found(world)
    for name, role, brand in (
        ("Adam Admin", "admin", "North"),
        ("Ines Agent", "agent", "North"),
        ("Hugo Agent", "agent", "North"),
        ("Nina Agent", "agent", "North"),
        ("Sam South", "agent", "South"),
    ):
        invite(world, name, role=role, brand_keys=(world.brands[brand],))
    for name, brand, space in (
        ("Marie Delcourt", "North", "Delcourt"),
        ("Luc Delcourt", "North", "Delcourt"),
        ("Paul Brun", "North", "Brun"),
        ("Zoe Gone", "North", "Brun"),
        ("Dora Disabled", "North", "Brun"),
        ("Rosa Roche", "South", "Roche"),
    ):
        _client(world, name, brand, space)
    _talk(world)
    names = ("olga", "ines", "hugo", "nina", "marie", "paul")
    given = faces.give(*(world.keys[name] for name in names))
    world.faces, world.files = {name: given[world.keys[name]] for name in names}, faces.folder()
    return world


def _found(world: World) -> None:
    people.found(
        firm="Delta", brand="North", name="Olga Owner", email="olga@example.com",
        password=PASSWORD, language="en", time_zone="Europe/Paris",
    )  # fmt: skip
    world.keys["olga"] = db.session.scalars(select(Person.public_id)).one()
    firm.save_brand(
        world.viewer("olga"), "", name="South", hue=30, host="south.example.com", owner_key=world.keys["olga"]
    )
    world.brands = {brand.name: brand.id for brand in brands(world.viewer("olga"))}


def invite(world: World, name: str, **where: object) -> None:
    """Somebody more, active; their key is their first name."""
    short = name.split()[0].lower()
    key, _ = invitations.invite(
        world.viewer("olga"), name=name, email=f"{short}@example.com", language="en", days=3, **where
    )
    world.keys[short] = key
    with transaction():
        person = select(Person.id).where(Person.public_id == key).scalar_subquery()
        db.session.execute(
            update(Account).where(Account.person_id == person).values(state=State.ACTIVE, password_hash=password_hash())
        )
        db.session.execute(update(Address).where(Address.person_id == person).values(verified_at=now()))
        db.session.execute(delete(Mail).where(Mail.person_id == person))  # the cast came in long ago


def _client(world: World, name: str, brand: str, space: str) -> None:
    if space in world.spaces:
        invite(world, name, role="client", space_key=world.spaces[space])
        return
    invite(world, name, role="client", brand_keys=(world.brands[brand],), space_name=space)
    world.spaces[space] = db.session.scalars(select(Space.public_id).where(Space.name == space)).one()


def _talk(world: World) -> None:
    ines, marie = world.viewer("ines"), world.viewer("marie")
    north = world.brands["North"]
    world.permit = discussions.create(
        ines, title="Permit", audience="shared", brand_key=north, space_key=world.spaces["Delcourt"]
    )
    for name in ("hugo", "marie", "zoe", "dora"):
        participants.add(ines, world.permit, world.keys[name], confirmed=True)
    world.text = messages.post(ines, world.permit, body="Here is the plan.", token=token())
    world.note = messages.post(ines, world.permit, body="She pays late.", kind="note", token=token())
    world.answer = messages.post(marie, world.permit, body="Thank you!", token=token())
    participants.remove(ines, world.permit, world.keys["zoe"])
    people.disable(world.viewer("olga"), world.keys["dora"])
    world.inside = discussions.create(ines, title="Inside", audience="internal", brand_key=north)
    participants.add(ines, world.inside, world.keys["hugo"])
    messages.post(world.viewer("hugo"), world.inside, body="Between us.", token=token())
