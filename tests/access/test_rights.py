"""The table of rights, as one reads it: who may do what with which discussion and message (SPEC D4, M3, M6)."""

from dataclasses import replace

import pytest
from flask import Flask

from portal import access
from portal.access import Act
from portal.access.rules import ON_DISCUSSION, RIGHTS
from portal.actions import co_owners
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Forbidden
from portal.models import Account, Firm, Person, Role
from tests.actions.rows import decide, disable, facts
from tests.world import World

# In the shared discussion that Ines owns; outside it nobody gets as far as being asked.
ON_PERMIT = {
    "ines": {"write", "note", "rename", "add", "remove", "link_space", "leave", "archive", "turn", "delete_any"}
    | {"publish"},
    "hugo": {"write", "note", "leave", "archive", "turn", "publish"},
    "marie": {"write"},
}
# With her text, her note and Marie's answer in it.
ON_MESSAGES = {
    "ines": {"text": {"edit", "delete"}, "note": {"edit", "delete", "publish"}, "answer": {"delete"}},
    "hugo": {"text": set(), "note": {"publish"}, "answer": set()},
    "marie": {"text": set(), "answer": {"edit", "delete"}},
}
IN_THE_FIRM = {
    "olga": {"erase", "export", "create", "invite_client", "invite_staff", "manage_firm", "manage_spaces"},
    "adam": {"erase", "export", "create", "invite_client", "invite_staff", "manage_firm", "manage_spaces"},
    "hugo": {"export", "create", "invite_client", "manage_spaces"},
    "marie": {"start"},
}
# What these say of a discussion whose firm has co-owners, of which Hugo is one.
SHARED_OWNERSHIP = {
    "ines": ON_PERMIT["ines"] | {"share_ownership"},
    "hugo": ON_PERMIT["hugo"] | {"add", "remove"},
    "marie": ON_PERMIT["marie"],
}
FIRM_ACTS = (
    Act.EXPORT, Act.ERASE, Act.CREATE, Act.START, Act.INVITE_CLIENT, Act.INVITE_STAFF, Act.MANAGE_FIRM,
    Act.MANAGE_SPACES,
)  # fmt: skip
LOOKING = (Act.VERSIONS, Act.SEE_AS)  # what only staff look at, where they are


def test_on_a_shared_discussion(app: Flask, world: World) -> None:
    for name, acts in ON_PERMIT.items():
        viewer = world.viewer(name)
        assert access.permitted(viewer, access.conversation(viewer, world.permit)) == acts, name


def test_d4_on_one_with_a_co_owner_while_the_firm_has_them(app: Flask, world: World) -> None:
    for on, table in ((True, SHARED_OWNERSHIP), (False, ON_PERMIT), (True, SHARED_OWNERSHIP)):
        decide(world, co_owners=on)
        if "co_ownership.given" not in facts(world.permit):
            co_owners.make(world.viewer("ines"), world.permit, world.keys["hugo"])
        for name, acts in table.items():
            viewer = world.viewer(name)
            assert access.permitted(viewer, access.conversation(viewer, world.permit)) == acts, (name, on)


def test_p11_what_the_firm_keeps_from_agents_is_kept_from_agents_alone(app: Flask, world: World) -> None:
    kept = {"create", "invite_client", "export", "manage_spaces"}
    decide(world, withheld=kept | {"delete_any", "publish"})
    in_firm = IN_THE_FIRM | {"hugo": IN_THE_FIRM["hugo"] - kept}
    for name, acts in in_firm.items():
        assert {act for act in FIRM_ACTS if access.can(world.viewer(name), act)} == acts, name
        assert access.granted(world.viewer(name)) == acts, name
    for name in ("ines", "hugo", "marie"):
        viewer = world.viewer(name)
        standing = access.conversation(viewer, world.permit)
        assert access.permitted(viewer, standing) == ON_PERMIT[name] - {"delete_any", "publish"}, name
    ines = world.viewer("ines")
    standing = access.conversation(ines, world.permit)
    note, answer = (access.message(ines, standing, key) for key in (world.note, world.answer))
    assert not access.can(ines, Act.PUBLISH, (standing, note))
    assert not access.can(ines, Act.DELETE, (standing, answer)), "Marie's words, though the discussion is hers"
    assert access.can(ines, Act.DELETE, (standing, note)), "her own"


def test_what_is_not_for_the_firm_to_keep_cannot_be_kept(app: Flask, world: World) -> None:
    """Whatever the row may say."""
    with transaction():
        db.session.execute(db.update(Firm).values(withheld=["write", "leave", "create", "unheard_of"]))
    hugo = world.viewer("hugo")
    assert access.permitted(hugo, access.conversation(hugo, world.permit)) == ON_PERMIT["hugo"]
    assert access.granted(hugo) == IN_THE_FIRM["hugo"] - {"create"}


def test_a_refusal_says_when_it_is_the_firm_s_decision(app: Flask, world: World) -> None:
    decide(world, withheld={"create"})
    for name, act, code in (("hugo", Act.CREATE, "withheld"), ("marie", Act.CREATE, "forbidden"),
                            ("hugo", Act.INVITE_STAFF, "forbidden")):  # fmt: skip
        with pytest.raises(Forbidden) as caught:
            access.require(world.viewer(name), act)
        assert caught.value.code == code


def test_a_role_that_does_not_fit_its_face_may_nothing(app: Flask, world: World) -> None:
    """Whatever an account's row may say, a client stays one."""
    marie, olga = world.viewer("marie"), world.viewer("olga")
    for viewer in (replace(marie, role="owner"), replace(olga, role="client"), replace(olga, role="visitor")):
        assert not {act for act in FIRM_ACTS if access.can(viewer, act)}
        assert not access.can(viewer, Act.WRITE, access.conversation(marie, world.permit))
    assert access.can(olga, Act.CREATE)


def test_on_an_internal_one_a_note_would_say_nothing(app: Flask, world: World) -> None:
    for name in ("ines", "hugo"):
        viewer = world.viewer(name)
        assert access.permitted(viewer, access.conversation(viewer, world.inside)) == ON_PERMIT[name] - {
            "note",
            "publish",
            "turn",
        }


def test_on_messages(app: Flask, world: World) -> None:
    for name, things in ON_MESSAGES.items():
        viewer = world.viewer(name)
        standing = access.conversation(viewer, world.permit)
        for thing, acts in things.items():
            message = access.message(viewer, standing, getattr(world, thing))
            can = {act for act in (Act.EDIT, Act.DELETE, Act.PUBLISH) if access.can(viewer, act, (standing, message))}
            assert can == acts, (name, thing)


def test_what_staff_look_at_is_for_staff_who_are_there(app: Flask, world: World) -> None:
    """Earlier words, and a client's own page: no client's, and of no discussion that one is not in."""
    there = access.conversation(world.viewer("ines"), world.permit)
    for act in LOOKING:
        for name, may in (("ines", True), ("hugo", True), ("marie", False)):
            viewer = world.viewer(name)
            assert access.can(viewer, act, access.conversation(viewer, world.permit)) == may, (name, act)
        assert not access.can(world.viewer("ines"), act), act
        assert not access.can(world.viewer("luc"), act, there), act


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
    assert set(RIGHTS) == set(Act)
    on_messages, on_people = {Act.EDIT, Act.DELETE, Act.PUBLISH}, {Act.MANAGE_PERSON, Act.TAKE_OWNERSHIP}
    assert {*ON_DISCUSSION, *FIRM_ACTS, *LOOKING, *on_messages, *on_people} == set(Act)
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
