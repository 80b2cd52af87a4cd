"""`comptoir bench-seed`: rooms full of signed-in people for a load test, and nothing else it could be used for."""

import json
import os
from collections.abc import Iterable
from typing import Any

import click
from flask import Flask, current_app, g, session
from flask.cli import with_appcontext
from flask_wtf.csrf import generate_csrf
from sqlalchemy import select

from portal.actions.unit import transaction
from portal.cli.data import require_schema
from portal.extensions import db
from portal.kernel.tokens import digest, new_secret
from portal.models import (
    Account,
    Audience,
    Brand,
    Conversation,
    Device,
    Face,
    Firm,
    Participation,
    Person,
    Role,
    State,
)

Rooms = dict[str, list[str]]


@click.command("bench-seed", hidden=True)
@with_appcontext
def bench_seed() -> None:
    """Fill an empty database with the rooms of SEED_ROOMS, and print their addresses and cookies.

    SEED_ROOMS is JSON, {room: [user, …]}; in each room every second user, from the first on, is staff.
    What is printed: {"rooms": {room: {"post", "ws"}}, "users": {user: {"cookie", "csrf", "door"}}}.
    """
    require_schema()
    if db.session.scalar(select(Firm.id)) is not None:
        # Whoever runs this gets everybody's cookies: never where a firm is at work.
        raise click.ClickException("The database is not empty.")
    rooms: Rooms = json.loads(os.environ.get("SEED_ROOMS", "{}"))
    with transaction():
        people, secrets = _people(rooms)
        keys = _rooms(rooms, people)
    users = {name: _way_in(current_app, people[name], secret) for name, secret in secrets.items()}
    addresses = {name: {"post": f"/discussions/{key}/messages", "ws": "/live"} for name, key in keys.items()}
    click.echo(json.dumps({"rooms": addresses, "users": users}))


def _people(rooms: Rooms) -> tuple[dict[str, Person], dict[str, str]]:
    """{user: person} and {user: secret of a device}."""
    people = {name: _person(name, place) for users in rooms.values() for place, name in enumerate(users)}
    _add(people.values())
    secrets = {name: new_secret() for name in people}
    _add(
        Account(person_id=person.id, role=Role.AGENT if person.face == Face.STAFF else Role.CLIENT, state=State.ACTIVE)
        for person in people.values()
    )
    _add(Device(person_id=people[name].id, digest=digest(secret), label="Bench") for name, secret in secrets.items())
    return people, secrets


def _person(name: str, place: int) -> Person:
    return Person(name=name, face=Face.CLIENT if place % 2 else Face.STAFF)


def _rooms(rooms: Rooms, people: dict[str, Person]) -> dict[str, str]:
    """{room: public id of its shared discussion}."""
    owner = next(iter(people.values()))
    brand = Brand(name="Bench", hue=200, owner_id=owner.id)
    _add([Firm(name="Bench"), brand])
    made = {name: _room(name, brand, people[users[0]]) for name, users in rooms.items()}
    _add(made.values())
    _add(
        Participation(conversation_id=made[name].id, person_id=people[user].id, face=people[user].face)
        for name, users in rooms.items()
        for user in users
    )
    return {name: room.public_id for name, room in made.items()}


def _room(name: str, brand: Brand, owner: Person) -> Conversation:
    return Conversation(audience=Audience.SHARED, brand_id=brand.id, title=name, creator_id=owner.id, owner_id=owner.id)


def _add(rows: Iterable[Any]) -> None:
    db.session.add_all(rows)
    db.session.flush()


def _way_in(app: Flask, person: Person, secret: str) -> dict[str, str]:
    """The cookie and the CSRF token of a browser, as the server itself makes them, and the door it goes by."""
    with app.test_request_context():
        g.pop("csrf_token", None)
        token = generate_csrf()
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        cookie = signer.dumps(dict(session) | {"_user_id": secret, "_permanent": True})
    return {
        "cookie": f"{app.config['SESSION_COOKIE_NAME']}={cookie}",
        "csrf": token,
        "door": "/console" if person.face == Face.STAFF else "",
    }
