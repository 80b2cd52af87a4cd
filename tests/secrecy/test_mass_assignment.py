"""RELIABILITY S5: what nobody asked for in a form is not taken from it."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select

from portal.extensions import db
from portal.models import Conversation, Message, Person
from tests.conftest import Stage, signed_in
from tests.doors.cells import Booth, contents, uploads
from tests.promises import Figure
from tests.secrecy.writes import HTMX, Write, given, known
from tests.world import token

# Whatever a row may have, and what a form of another door takes; each with a value that shows.
EXTRA = {
    "role": "owner", "kind": "event", "author": "{olga}", "author_id": "1", "person_id": "1", "creator_id": "1",
    "created_at": "1999-01-01", "posted_at": "1999-01-01", "edited_at": "1999-01-01", "deleted_at": "1999-01-01",
    "archived_at": "1999-01-01", "active_at": "1999-01-01", "seq": "4242", "public_seq": "4242", "rev": "4242",
    "public_rev": "4242", "position": "4242", "id": "4242", "public_id": "intruder", "owner": "{nina}", "owner_id": "1",
    "audience": "internal", "staff": "1", "face": "staff", "state": "disabled", "is_admin": "1", "is_default": "1",
    "brand": "{south}", "brands": "{south}", "brand_id": "2", "space": "{roche}", "space_id": "2",
    "conversation_id": "2", "discussion_id": "{inside}", "password_hash": "intruder", "verified_at": "1999-01-01",
    "since": "0", "until": "1",
    "read": "4242", "history": "gap", "confirmed": "1", "successor": "{hugo}", "person": "{nina}", "number": "1",
    "origin": "portal", "html": "<b>intruder</b>", "versions": "42", "device_id": "1", "days": "9999", "language": "fr",
    "email": "intruder@example.com", "staff_names": "brand", "host": "intruder.example", "hue": "42",
    "enter_sends": "y", "key": "{inside}", "viewer": "{olga}", "via": "system", "_method": "DELETE",
}  # fmt: skip

# What these doors do ask for, though the request of the table leaves it out.
ASKED = {
    "console.create_message": {"kind"},
    "console.add_participant": {"history", "confirmed"},
    "console.leave": {"successor"},
    "console.expect": {"history"},
    "console.send_invitation": {"history"},
    "console.add_readers": {"history"},
    "account.save_profile": {"enter_sends"},
    "account.found": {"brand"},
}
WRITES = known()
# Numbers of clients begin anywhere; those of the forms do not look like it.
STARTED, MOST_SAID = {"public_seq", "public_rev", "since", "until", "read", "seen", "mailed"}, 10_000
SOON, LATELY = timedelta(minutes=10), timedelta(hours=3)  # the cast is made once for a whole run of the tests
RANDOM = {"public_id", "digest", "password_hash", "token", "xid", "picture", "file", "part", "sha256", "reply"}
RANDOM |= {"browser"}
AHEAD = {"expires_at", "ends_at", "link_ends_at", "due_at", "look_at", "wanted_until"}  # so long from now on, or before
# In the record of an agreement: the moment, and the hash of what was agreed to.
RECORDED = re.compile(r"\b(?:[0-9a-f]{64}|\d{4}-\d\d-\d\dT[\d:.]+Z?)")
PLACE = re.compile(r"\[\[\w+:\w+\]\]")  # of a secret, in a mail's words


@pytest.mark.promise("S5")
@pytest.mark.parametrize(("endpoint", "method"), WRITES, ids=lambda part: part)
def test_forty_fields_too_many_change_nothing(open_booth: Booth, endpoint: str, method: str) -> None:
    bare, laden = (_after(open_booth, endpoint, method, extra) for extra in (False, True))
    assert bare == laden


@pytest.mark.promise("S5")
def test_there_are_forty_of_them(figure: Figure) -> None:
    least = min(len(EXTRA.keys() - ASKED.get(endpoint, set())) for endpoint, _ in WRITES)
    assert least >= 40
    figure(f"{len(WRITES)} writes with {least} and more fields too many: 0 accepted")


@pytest.mark.parametrize("kind", ["note", "event", "NOTE", "internal", ""])
def test_a_client_writes_texts_whatever_they_call_them(play: Flask, stage: Stage, kind: str) -> None:
    address = f"/discussions/{stage.world.permit}/messages"
    form = {"body": "crane", "kind": kind, "token": token(), "audience": "internal"}
    assert signed_in(play, stage, "marie").post(address, data=form, headers=HTMX).status_code == 201
    found = db.session.scalars(select(Message).where(Message.body == "crane")).one()
    assert (found.kind, found.origin, found.public_seq is None) == ("text", "portal", False)


@pytest.mark.parametrize("kind", ["event", "NOTE", "note ", "internal", "tex", ""])
def test_staff_write_texts_and_notes_and_nothing_else(play: Flask, stage: Stage, kind: str) -> None:
    """A kind that nobody knows is refused: it might have been meant as a note."""
    address, ines = f"/console/discussions/{stage.world.permit}/messages", signed_in(play, stage, "ines")
    before = contents(play)
    refused = ines.post(address, data={"body": "crane", "kind": kind, "token": token()}, headers=HTMX)
    assert refused.status_code == 422
    assert contents(play) == before
    for good in ("note", "text"):
        answer = ines.post(address, data={"body": "crane", "kind": good, "token": token()}, headers=HTMX)
        assert answer.status_code == 201


def test_several_kinds_are_the_first_of_them(play: Flask, stage: Stage) -> None:
    """`kind=note&kind=text` must not be a note to one reader of the form and a text to another."""
    address, ines = f"/console/discussions/{stage.world.permit}/messages", signed_in(play, stage, "ines")
    form = {"body": "crane", "kind": ["note", "text"], "token": token()}
    assert ines.post(address, data=form, headers=HTMX).status_code == 201
    assert db.session.scalars(select(Message.kind).where(Message.body == "crane")).one() == "note"


def test_a_note_stays_one_and_an_audience_too(play: Flask, stage: Stage) -> None:
    world, ines = stage.world, signed_in(play, stage, "ines")
    note = f"/console/discussions/{world.permit}/messages/{world.note}"
    extra = {"kind": "text", "public_seq": "1", "audience": "shared"}
    assert ines.post(f"{note}/text", data={"body": "crane"} | extra, headers=HTMX).status_code == 200
    own = f"/console/discussions/{world.inside}"
    assert ines.post(f"{own}/title", data={"title": "Other"} | extra, headers=HTMX).status_code == 204
    assert ines.post(f"{own}/archive", data=extra, headers=HTMX).status_code == 200
    assert ines.delete(f"{own}/archive", data=extra, headers=HTMX).status_code == 204
    message = db.session.scalars(select(Message).where(Message.public_id == world.note)).one()
    assert (message.kind, message.public_seq, message.body) == ("note", None, "crane")
    inside = db.session.scalars(select(Conversation).where(Conversation.public_id == world.inside)).one()
    assert (inside.audience, inside.title) == ("internal", "Other")


@pytest.mark.parametrize("role", ["owner", "client", "visitor", "ADMIN", ""])
def test_nobody_is_invited_into_a_role_that_is_not_offered(play: Flask, stage: Stage, role: str) -> None:
    form = {"name": "New", "email": "new@example.com", "language": "en", "role": role}
    form |= {"brands": stage.world.brands["North"]}
    answer = signed_in(play, stage, "adam").post("/console/invitations/staff", data=form, headers=HTMX)
    assert answer.status_code == 422
    assert db.session.scalar(select(Person.id).where(Person.name == "New")) is None


@pytest.mark.parametrize("name", ["ines", "hugo", "nina", "sam"])
def test_an_agent_gives_roles_to_nobody(play: Flask, stage: Stage, name: str) -> None:
    """Neither by the colleagues' door, nor by way of the clients'."""
    world, agent = stage.world, signed_in(play, stage, name)
    brand = world.brands["South" if name == "sam" else "North"]
    form = {"name": "New", "email": "new@example.com", "language": "en", "role": "admin", "face": "staff"}
    answer = agent.post("/console/invitations/staff", data=form | {"brands": brand}, headers=HTMX)
    assert answer.status_code == 403
    answer = agent.post("/console/invitations/clients", data=form | {"brand": brand, "space": ""}, headers=HTMX)
    assert answer.status_code == 201
    assert db.session.scalars(select(Person.face).where(Person.name == "New")).one() == "client"


def _after(booth: Booth, endpoint: str, method: str, extra: bool) -> dict[str, Any]:
    """Every row after the write, and after the same with all that nobody asked for."""
    with given(booth, endpoint, method) as write:
        answer = _send(booth, write, ASKED.get(endpoint, set()) if extra else None)
        assert answer == write.ok
        with booth.app.app_context():
            tables = {table.name: db.session.execute(table.select()).all() for table in db.metadata.sorted_tables}
            rows = {name: [_steady(row._mapping) for row in found] for name, found in tables.items()}
            db.session.remove()
    return rows


def _send(booth: Booth, write: Write, asked: set[str] | None) -> int:
    browser = booth.browser(write.who)
    if asked is None:
        return write.send(browser).status_code
    world = booth.world
    names = world.keys | {name.lower(): key for name, key in (world.brands | world.spaces).items()}
    more = {name: value.format(**names, inside=world.inside) for name, value in EXTRA.items() if name not in asked}
    # What the form has already stands first, and again in the address, where nothing is read.
    data = write.body or more | write.form | uploads(write.files)
    return write.send(browser, data=data, query_string=more).status_code


def _steady(row: Any) -> dict[str, object]:
    """A row without what chance or the clock decides; but a time that is not now stays what it is."""
    now = datetime.now(UTC)
    shown: dict[str, object] = {}
    for name, value in row.items():
        if isinstance(value, datetime) and -LATELY < value - now < SOON:
            value = "now"
        elif isinstance(value, datetime) and name in AHEAD:
            value = round((value - now) / timedelta(minutes=5))
        elif name in STARTED and isinstance(value, int) and value > MOST_SAID:
            value = "by chance"
        elif name in RANDOM and isinstance(value, str):
            value = "intruder" if "intruder" in value else re.sub(r".", "?", value)
        elif isinstance(value, str):
            value = PLACE.sub("secret", RECORDED.sub("?", value) if name == "record" else value)
        shown[name] = value
    return shown
