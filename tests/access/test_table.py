"""The table of rights on its screen, against the answers that the rules give (SPEC P11)."""

import re
from collections.abc import Callable
from itertools import product

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal import access
from portal.access import RIGHTS, SWITCHABLE, Act, Mark, Standing, Viewer
from portal.access.rules import IN_FIRM
from portal.access.viewer import Limits
from portal.console.rights import WORDS, table
from portal.models import Account, Conversation, Message, Participation, Person, Role
from tests.actions.rows import decide
from tests.conftest import Stage

FACES = {"owner": "staff", "admin": "staff", "agent": "staff", "client": "client"}
ME, OTHER = 1, 2
KINDS = (("shared", "discussion"), ("shared", "announcement"), ("internal", "discussion"))
ON_MESSAGES = {Act.EDIT, Act.DELETE, Act.PUBLISH}
CELL = re.compile(r'<tr id="right-(\w+)">(.*?)</tr>', re.S)
BrowserOf = Callable[[str | None], FlaskClient]


def viewer_of(role: str, withheld: frozenset[str] = frozenset()) -> Viewer:
    """Somebody with a role, in a firm that keeps `withheld` from its agents."""
    return Viewer.system(ME, "me", "Me", FACES[role], role, Limits.of(role, None, withheld, "all"))


def standings(co_owners: bool) -> list[Standing]:
    """Every standing that there is, in a firm with or without co-owners."""
    return [
        Standing(
            Conversation(owner_id=owner, audience=audience, kind=kind),
            Participation(person_id=ME, co_owner=shared),
            co_owners,
        )
        for owner, (audience, kind), shared in product((ME, OTHER, None), KINDS, (True, False))
    ]


def things(act: Act, co_owners: bool) -> list[object]:
    """Everything that an act may be asked of, and nothing at all."""
    if act in IN_FIRM:
        return [None]
    if act == Act.TAKE_OWNERSHIP:
        return [None, *(Conversation(owner_id=owner) for owner in (ME, OTHER, None))]
    if act == Act.MANAGE_PERSON:
        return [None, *((Person(id=who), Account(role=role)) for who, role in product((ME, OTHER), Role))]
    if act not in ON_MESSAGES:
        return [None, *standings(co_owners)]
    said = [Message(author_id=author, kind=kind) for author, kind in product((ME, OTHER), ("text", "note", "event"))]
    return [None, *product(standings(co_owners), said)]


@pytest.mark.parametrize("co_owners", [True, False])
def test_every_cell_says_what_the_rules_answer(co_owners: bool) -> None:
    """Never, always, or on a condition: asked of everything there is."""
    meaning = {Mark.NO: {False}, Mark.YES: {True}, Mark.WHEN: {True, False}}
    for act, role in product(Act, Role):
        answers = {access.can(viewer_of(role), act, thing) for thing in things(act, co_owners)}
        assert answers == meaning[access.mark(act, role, co_owners=co_owners)], (act, role)


def test_a_switch_takes_a_right_from_agents_whole_and_from_nobody_else() -> None:
    for act, role in product(SWITCHABLE, Role):
        kept = viewer_of(role, frozenset({act}))
        answers = {access.can(kept, act, thing) for thing in things(act, True)}
        free = {access.can(viewer_of(role), act, thing) for thing in things(act, True)}
        assert answers == ({False} if role == Role.AGENT else free), (act, role)
        for other in set(Act) - {act, Act.DELETE}:  # deleting is of one's own, and of others'
            for thing in things(other, True):
                assert access.can(kept, other, thing) == access.can(viewer_of(role), other, thing), (act, other, role)


def test_only_what_agents_have_can_be_kept_from_them() -> None:
    for act in SWITCHABLE:
        assert access.mark(act, "agent", co_owners=True) != Mark.NO, act
        assert {"owner", "admin"} <= RIGHTS[act].roles, act


def test_every_act_has_its_line_and_its_words_once(play: Flask) -> None:
    named = [act for _, acts in WORDS for act in acts]
    assert sorted(named) == sorted(Act)
    with play.test_request_context():
        lines = [line for _, lines in table(True) for line in lines]
    assert len({line.name for line in lines}) == len(Act)
    for line in lines:
        assert (len(line.name) > 4, len(line.behind) > 10) == (True, True), line.act


@pytest.mark.parametrize("co_owners", [True, False])
def test_the_screen_draws_the_rules(browser_of: BrowserOf, stage: Stage, co_owners: bool) -> None:
    """Byte by byte what a browser gets: a mark for each role, and a switch where the firm decides."""
    decide(stage.world, withheld={"create"}, co_owners=co_owners)
    drawn = dict(CELL.findall(browser_of("adam").get("/console/settings/rights").text))
    assert set(drawn) == set(Act)
    for act in Act:
        marks = [access.mark(act, role, co_owners=co_owners) for role in ("owner", "admin", "agent", "client")]
        switched = [marks[0], marks[1], marks[3]] if act in SWITCHABLE else marks
        assert re.findall(r'data-mark="(\w+)"', drawn[act]) == switched, act
        assert len(re.findall(r"<td data-role", drawn[act])) == 4, act
        boxes = re.findall(r'<input class="switch"[^>]*value="(\w+)"([^>]*)>', drawn[act])
        assert [(name, "checked" in rest) for name, rest in boxes] == (
            [(act.value, act != Act.CREATE)] if act in SWITCHABLE else []
        )
