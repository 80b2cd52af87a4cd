"""A page costs the same number of statements with three of everything and with thirty (PERFORMANCE)."""

from collections.abc import Callable
from functools import partial

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import insert, select

from portal.access import Viewer
from portal.actions import agreements, discussions, messages, reactions
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.clock import now
from portal.kernel.tokens import new_id
from portal.models import Account, Address, BrandStaff, Conversation, Participation, Person, SpaceMember
from portal.queries import candidates, discussions as lists, messages as stretches, people, reach
from portal.queries.discussions import Filter
from tests import sent
from tests.actions.rows import conversation, say
from tests.queries.statements import statements
from tests.world import World, token

Look = Callable[[Viewer, str], object]

LOOKS: dict[str, tuple[str, int, Look]] = {
    "the console's list": ("ines", 3, lambda viewer, key: lists.page(viewer, Filter())),
    "the portal's list": ("marie", 3, lambda viewer, key: lists.page(viewer, Filter())),
    "the unread marks": ("ines", 1, lambda viewer, key: lists.unread_marks(viewer)),
    "a row": ("ines", 3, lambda viewer, key: lists.row(viewer, key)),
    "a discussion": ("ines", 5, lambda viewer, key: lists.discussion(viewer, key)),
    "a client's discussion": ("marie", 3, lambda viewer, key: lists.discussion(viewer, key)),
    "a stretch": ("ines", 5, lambda viewer, key: stretches.page(viewer, key)),
    "a client's stretch": ("marie", 5, lambda viewer, key: stretches.page(viewer, key)),
    "what changed": ("ines", 3, lambda viewer, key: stretches.changes(viewer, key, 0)),
    "whom to add": ("ines", 3, lambda viewer, key: candidates.candidates(viewer, key, "")),
    "who gets it": ("ines", 2, lambda viewer, key: reach.reach(viewer, key, "text", ())),
    "colleagues": ("ines", 4, lambda viewer, key: people.people(viewer, "staff")),
}

PAGES = {
    "/console/discussions": ("ines", 10),
    "/console/discussions/{}": ("ines", 23),
    "/": ("marie", 10),
    "/discussions/{}": ("marie", 21),
}


def test_no_page_asks_more_where_there_is_more(app: Flask, world: World) -> None:
    viewers = {name: world.viewer(name) for name in ("ines", "marie")}
    doors = {name: _browser(app, world, name) for name in viewers}

    def counted() -> dict[str, int]:
        few = {what: statements(partial(look, viewers[name], world.permit)) for what, (name, _, look) in LOOKS.items()}
        return few | {path: _of_page(doors[name], path.format(world.permit)) for path, (name, _) in PAGES.items()}

    few = counted()
    assert few == {what: limit for what, (*_, limit, _) in LOOKS.items()} | {
        path: limit for path, (_, limit) in PAGES.items()
    }
    grown(world, 27)
    assert counted() == few


def test_what_comes_with_messages_is_asked_for_once_for_all_of_them(app: Flask, world: World) -> None:
    """Files, reactions, mentions, answers and requests for agreement: one of each, and ten."""
    doors = {f"/console/discussions/{world.permit}": "ines", f"/discussions/{world.permit}": "marie"}
    open_page = {path: partial(_of_page, _browser(app, world, name), path) for path, name in doors.items()}
    bare = {path: count() for path, count in open_page.items()}
    _laden(world, 1)
    few = {path: count() for path, count in open_page.items()}
    assert all(few[path] > bare[path] for path in doors)
    _laden(world, 9)
    assert {path: count() for path, count in open_page.items()} == few


def test_where_nothing_was_read_the_first_unread_is_not_looked_for(app: Flask, world: World) -> None:
    """All is new then: among ten thousand messages that look took longer than the rest of the page."""
    ines = world.viewer("ines")
    some, none = (statements(partial(stretches.page, ines, world.permit, read=read)) for read in (1, 0))
    assert none == some - 1


def _laden(world: World, number: int) -> None:
    """So many messages of the permit that have everything a message can have, and a request for agreement to each."""
    ines, marie = world.viewer("ines"), world.viewer("marie")
    for _ in range(number):
        files = [sent.brought(marie, world.permit)]
        said = messages.post(
            marie, world.permit, body="See it, @Ines Agent", token=token(), files=files, reply_to=world.text
        )
        for viewer, sign in ((ines, "👍"), (marie, "🎉")):
            reactions.put(viewer, world.permit, said, sign)
        agreements.ask(ines, world.permit, said, body="Do you agree?", token=token())


def _browser(app: Flask, world: World, name: str) -> FlaskClient:
    browser = app.test_client()
    with browser.session_transaction() as session:
        session["_user_id"] = world.cookie_secret(name)
    return browser


def _of_page(browser: FlaskClient, path: str) -> int:
    """Statements of a whole page, with all that is around: who it is, the brand, the unread marks."""
    assert browser.get(path).status_code == 200
    return statements(partial(browser.get, path))


def grown(world: World, number: int) -> None:
    """So many more people, messages and discussions, of and around the permit."""
    permit = conversation(world.permit)
    for index in range(number):
        say(world, "hugo", world.permit, f"number {index}", ("text", "note")[index % 2])
        if index % 3 == 0:
            discussions.rename(world.viewer("ines"), world.permit, title=f"Permit {index}")
    with transaction():
        _crowd(world, permit.id, number)
        _discussions(world, permit.id, number)


def _crowd(world: World, permit: int, number: int) -> None:
    """Staff and clients of North in turn: one third in the permit, the others to be found."""
    brand = db.session.scalar(select(Conversation.brand_id).where(Conversation.id == permit))
    space = db.session.scalar(select(SpaceMember.space_id).where(SpaceMember.person_id == world.person_id("marie")))
    for index in range(number * 3):
        face = ("staff", "client")[index % 2]
        person = Person(name=f"Person {index}", face=face)
        db.session.add(person)
        db.session.flush()
        db.session.add(Account(person_id=person.id, role="agent" if face == "staff" else "client", state="active"))
        db.session.add(Address(person_id=person.id, email=f"p{index}@example.com"))
        db.session.flush()
        belongs = (
            insert(BrandStaff).values(brand_id=brand, person_id=person.id)
            if face == "staff"
            else insert(SpaceMember).values(space_id=space, person_id=person.id)
        )
        db.session.execute(belongs)
        if index % 3 == 0:
            db.session.add(Participation(conversation_id=permit, person_id=person.id, face=face))


def _discussions(world: World, permit: int, number: int) -> None:
    """Copies of the permit, with Ines and Marie in them."""
    columns = [column for column in Conversation.__table__.columns if column.name != "id"]
    row = db.session.execute(select(*columns).where(Conversation.id == permit)).one()._asdict()
    for _ in range(number):
        copy = Conversation(**(row | {"public_id": new_id(), "active_at": now(), "public_active_at": now()}))
        db.session.add(copy)
        db.session.flush()
        for name, face in (("ines", "staff"), ("marie", "client")):
            db.session.add(Participation(conversation_id=copy.id, person_id=world.person_id(name), face=face))
