"""The table of rights, as one reads it: who may do what with which discussion and message (SPEC D4, M3, M6)."""

import pytest
from flask import Flask

from portal import access
from portal.access import Act
from portal.access.rules import ON_DISCUSSION, RULES
from portal.extensions import db
from portal.models import Account, Person, Role
from tests.actions.rows import disable
from tests.world import World

# In the shared discussion that Ines owns; outside it nobody gets as far as being asked.
ON_PERMIT = {
    "ines": {"write", "note", "rename", "add", "remove", "leave", "archive", "delete_any"},
    "hugo": {"write", "note", "leave", "archive"},
    "marie": {"write"},
}
# With her text, her note and Marie's answer in it.
ON_MESSAGES = {
    "ines": {"text": {"edit", "delete"}, "note": {"edit", "delete", "publish"}, "answer": {"delete"}},
    "hugo": {"text": set(), "note": {"publish"}, "answer": set()},
    "marie": {"text": set(), "answer": {"edit", "delete"}},
}
IN_THE_FIRM = {
    "olga": {"create", "invite_client", "invite_staff", "manage_firm"},
    "adam": {"create", "invite_client", "invite_staff", "manage_firm"},
    "hugo": {"create", "invite_client"},
    "marie": {"start"},
}
FIRM_ACTS = (Act.CREATE, Act.START, Act.INVITE_CLIENT, Act.INVITE_STAFF, Act.MANAGE_FIRM)


def test_on_a_shared_discussion(app: Flask, world: World) -> None:
    for name, acts in ON_PERMIT.items():
        viewer = world.viewer(name)
        assert access.permitted(viewer, access.conversation(viewer, world.permit)) == acts, name


def test_on_an_internal_one_a_note_would_say_nothing(app: Flask, world: World) -> None:
    for name in ("ines", "hugo"):
        viewer = world.viewer(name)
        assert access.permitted(viewer, access.conversation(viewer, world.inside)) == ON_PERMIT[name] - {"note"}


def test_on_messages(app: Flask, world: World) -> None:
    for name, things in ON_MESSAGES.items():
        viewer = world.viewer(name)
        standing = access.conversation(viewer, world.permit)
        for thing, acts in things.items():
            message = access.message(viewer, standing, getattr(world, thing))
            can = {act for act in (Act.EDIT, Act.DELETE, Act.PUBLISH) if access.can(viewer, act, (standing, message))}
            assert can == acts, (name, thing)


def test_in_the_firm(app: Flask, world: World) -> None:
    for name, acts in IN_THE_FIRM.items():
        assert {act for act in FIRM_ACTS if access.can(world.viewer(name), act)} == acts, name


def test_of_accounts_an_owner_s_is_an_owner_s_and_nobody_s_own(app: Flask, world: World) -> None:
    managed = {"olga": {"adam", "ines", "marie"}, "adam": {"ines", "marie"}, "ines": set(), "marie": set()}
    for name, whom in managed.items():
        things = {other: _account(world, other) for other in managed}
        can = {other for other, thing in things.items() if access.can(world.viewer(name), Act.MANAGE_PERSON, thing)}
        assert can == whom, name


def test_taking_over_is_for_admins_and_for_what_has_no_owner(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    conversation = access.conversation(ines, world.permit).conversation
    assert not access.can(world.viewer("adam"), Act.TAKE_OWNERSHIP, conversation)
    disable(world, "ines")
    db.session.refresh(conversation)
    assert [access.can(world.viewer(n), Act.TAKE_OWNERSHIP, conversation) for n in ("olga", "adam", "hugo")] == [
        True, True, False,
    ]  # fmt: skip


def test_every_act_has_its_rule_and_is_in_a_table_above() -> None:
    """Deny by default: an act without a rule is a KeyError, never a yes."""
    assert set(RULES) == set(Act)
    tested = {*ON_DISCUSSION, *FIRM_ACTS, Act.EDIT, Act.DELETE, Act.PUBLISH, Act.MANAGE_PERSON, Act.TAKE_OWNERSHIP}
    assert set(Act) - tested == {Act.VERSIONS}
    with pytest.raises(KeyError):
        access.can(None, "invented")  # type: ignore[arg-type]


def test_a_role_is_staff_or_client_and_nothing_between(app: Flask, world: World) -> None:
    faces = {role: "client" if role == Role.CLIENT else "staff" for role in Role}
    query = db.select(Account.role, Person.face).join(Person, Person.id == Account.person_id)
    for role, face in db.session.execute(query):
        assert faces[role] == face


def _account(world: World, name: str) -> tuple[Person, Account]:
    person = world.person_id(name)
    return db.session.get_one(Person, person), db.session.get_one(Account, person)
