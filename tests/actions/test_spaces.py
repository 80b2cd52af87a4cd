"""Spaces, who comes into discussions by themselves, and who is awaited (SPEC D2, D13, D15)."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import automatic, awaiting, discussions, invitations, people, spaces
from portal.actions.invitations import Into
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Awaited, Mail
from portal.queries import discussions as lists, joining, messages as stretches, spaces as queries
from tests.actions.rows import (
    add,
    at_once,
    bodies,
    conversation,
    decide,
    facts,
    public_side,
    refused,
    remove,
    say,
    stays,
)
from tests.world import PASSWORD, World


def invited(world: World, name: str = "Lea Delcourt", space: str = "Delcourt", **more: object) -> str:
    """A client whom Ines invited; gives the link's secret."""
    short = name.split()[0].lower()
    world.keys[short], secret = invitations.invite(
        world.viewer("ines"), name=name, email=f"{short}@example.com", role="client", language="fr", days=3,
        space_key=world.spaces[space], **more,
    )  # fmt: skip
    return secret


def accept(secret: str, name: str = "Lea") -> str:
    """They become active."""
    return invitations.accept(secret, name=name, password=PASSWORD, time_zone="UTC")


def welcomes(world: World, name: str) -> list[Mail]:
    """The welcome mails there are for somebody."""
    query = select(Mail).where(Mail.person_id == world.person_id(name), Mail.kind == "welcome")
    return list(db.session.scalars(query))


def test_d13_a_space_is_made_named_and_filled(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    key = spaces.create(ines, name="Tilleuls", brand_key=world.brands["North"])
    spaces.rename(ines, key, name="Les Tilleuls")
    spaces.add(ines, key, world.keys["paul"])
    spaces.add(ines, key, world.keys["hugo"])
    shown = queries.space(ines, key)
    assert (shown.name, [one.name for one in shown.clients]) == ("Les Tilleuls", ["Paul Brun"])
    assert [one.name for one in shown.staff] == ["Hugo Agent", "Ines Agent"]
    with refused(Conflict, "in_space_already"):
        spaces.add(ines, key, world.keys["paul"])
    for stranger in ("sam", "rosa"):  # of another brand
        with refused(NotFound):
            spaces.add(ines, key, world.keys[stranger])
    spaces.remove(ines, key, world.keys["paul"])
    with refused(Conflict, "last_space"):
        spaces.remove(ines, world.spaces["Brun"], world.keys["paul"])


def test_d13_a_new_name_is_told_in_the_current_discussions_of_the_space_to_staff_alone(
    app: Flask, world: World
) -> None:
    key, before = world.spaces["Delcourt"], public_side(world.permit)
    old = discussions.create(
        world.viewer("ines"), title="Old", audience="shared", brand_key=world.brands["North"], space_key=key
    )
    discussions.archive(world.viewer("ines"), old)
    spaces.rename(world.viewer("adam"), key, name="Delcourt & Fils")
    spaces.rename(world.viewer("adam"), key, name="Delcourt & Fils")
    assert facts(world.permit)[-1:] == ["space.renamed"]
    assert facts(world.permit).count("space.renamed") == 1
    assert "space.renamed" not in facts(old) + facts(world.inside)
    last = {name: stretches.page(world.viewer(name), world.permit).messages[-1] for name in ("hugo", "marie")}
    assert last["hugo"].line
    assert (last["hugo"].line.name, last["hugo"].line.title) == ("space.renamed", "Delcourt & Fils")
    assert last["marie"].line is None
    assert public_side(world.permit) == before


def test_d13_nobody_else_manages_spaces(app: Flask, world: World) -> None:
    key = world.spaces["Delcourt"]
    with refused(NotFound):
        spaces.rename(world.viewer("sam"), key, name="Mine")
    with refused(Forbidden):
        spaces.rename(world.viewer("marie"), key, name="Mine")
    decide(world, withheld=("manage_spaces",))
    for act in (
        lambda: spaces.rename(world.viewer("ines"), key, name="Mine"),
        lambda: spaces.create(world.viewer("ines"), name="Mine", brand_key=world.brands["North"]),
        lambda: spaces.add(world.viewer("ines"), key, world.keys["paul"]),
        lambda: spaces.remove(world.viewer("ines"), key, world.keys["luc"]),
    ):
        with refused(Forbidden, "withheld"):
            act()
    spaces.rename(world.viewer("adam"), key, name="Famille Delcourt")


def test_d13_its_owner_links_a_discussion_and_clients_are_told_nothing(app: Flask, world: World) -> None:
    before = public_side(world.permit), lists.page(world.viewer("marie"), lists.Filter())
    spaces.link(world.viewer("ines"), world.permit, world.spaces["Brun"])
    spaces.link(world.viewer("ines"), world.permit, "")
    spaces.link(world.viewer("ines"), world.permit, world.spaces["Delcourt"])
    assert (public_side(world.permit), lists.page(world.viewer("marie"), lists.Filter())) == before
    assert facts(world.permit)[-3:] == ["space.changed"] * 3
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            spaces.link(world.viewer(name), world.permit, "")
    with refused(NotFound):
        spaces.link(world.viewer("ines"), world.permit, world.spaces["Roche"])
    olga = world.viewer("olga")  # who sees both brands
    key = discussions.create(olga, title="S", audience="shared", brand_key=world.brands["South"])
    with refused(Invalid, "space_of_other_brand"):
        spaces.link(olga, key, world.spaces["Delcourt"])


@pytest.mark.promise("S2")
def test_d13_a_space_shows_the_discussions_that_one_is_in_and_tells_of_no_others(app: Flask, world: World) -> None:
    key, olga = world.spaces["Delcourt"], world.viewer("olga")
    before = queries.space(olga, key)
    assert [row.title for row, _ in queries.space(world.viewer("ines"), key).discussions] == ["Permit"]
    assert before.discussions == ()
    automatic.mark(world.viewer("ines"), world.permit)
    discussions.create(
        world.viewer("ines"), title="Hidden", audience="shared", brand_key=world.brands["North"], space_key=key
    )
    assert queries.space(olga, key) == before
    for stranger in ("sam",):
        with refused(NotFound):
            queries.space(world.viewer(stranger), key)
    decide(world, reach="own")
    assert queries.space(world.viewer("hugo"), key).clients[0].name == "Marie Delcourt"
    with refused(NotFound):
        queries.space(world.viewer("nina"), key)


def test_d15_new_clients_of_a_space_join_by_themselves_and_get_one_mail(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    other = discussions.create(
        ines, title="News", audience="shared", brand_key=world.brands["North"], space_key=world.spaces["Delcourt"]
    )
    spaces.welcome(ines, world.spaces["Delcourt"], welcomes=True, words="Come in.")
    automatic.mark(ines, world.permit, history="now")
    automatic.mark(ines, other)
    say(world, "ines", other, "The first news.")
    sides = public_side(world.permit), public_side(other)
    marie = lists.page(world.viewer("marie"), lists.Filter()), stretches.page(world.viewer("marie"), world.permit)
    accept(invited(world))
    assert bodies(world.viewer("lea"), other) == ["The first news."]
    assert bodies(world.viewer("lea"), world.permit) == []
    assert len(welcomes(world, "lea")) == 1
    assert (public_side(world.permit), public_side(other)) == sides
    assert (
        lists.page(world.viewer("marie"), lists.Filter()),
        stretches.page(world.viewer("marie"), world.permit),
    ) == marie
    assert facts(world.permit)[-1] == "participant.joined"
    (stay,) = stays(world, other, "lea")
    assert stay.read == stay.mailed == conversation(other).public_seq


def test_d15_who_comes_into_the_space_later_joins_then(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    automatic.mark(ines, world.permit)
    spaces.add(ines, world.spaces["Delcourt"], world.keys["paul"])
    assert bodies(world.viewer("paul"), world.permit) == ["Here is the plan.", "Thank you!"]
    assert welcomes(world, "paul") == [], "the space does not welcome"


def test_d15_marking_later_asks_who_joins_at_once(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    asked = joining.door(ines, world.permit)
    assert (asked.names, asked.messages) == (("Luc Delcourt",), 2)
    automatic.mark(ines, world.permit)
    assert stays(world, world.permit, "luc") == []
    automatic.mark(ines, world.permit, all_now=True)
    assert len(stays(world, world.permit, "luc")) == 1
    assert welcomes(world, "luc") == []


def test_d15_who_was_removed_does_not_come_back_by_themselves(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    remove(world, "ines", world.permit, "marie")
    automatic.mark(ines, world.permit, all_now=True)
    assert [stay.left_at is None for stay in stays(world, world.permit, "marie")] == [False]
    add(world, "ines", world.permit, "marie")
    assert stays(world, world.permit, "marie")[-1].left_at is None


def test_d15_without_an_owner_nobody_joins(app: Flask, world: World) -> None:
    automatic.mark(world.viewer("ines"), world.permit)
    people.disable(world.viewer("olga"), world.keys["ines"])
    world.keys["lea"], secret = invitations.invite(
        world.viewer("hugo"), name="Lea", email="lea@example.com", role="client", language="fr", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    accept(secret)
    assert stays(world, world.permit, "lea") == []


def test_d15_only_the_owner_marks_and_only_what_clients_may_be_in(app: Flask, world: World) -> None:
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            automatic.mark(world.viewer(name), world.permit)
    with refused(Forbidden, "internal_discussion"):
        automatic.mark(world.viewer("ines"), world.inside)
    automatic.mark(world.viewer("ines"), world.permit)
    automatic.unmark(world.viewer("ines"), world.permit)
    accept(invited(world))
    assert stays(world, world.permit, "lea") == []
    automatic.mark(world.viewer("ines"), world.permit)
    spaces.link(world.viewer("ines"), world.permit, "")
    assert facts(world.permit)[-2:] == ["automatic.ended", "space.changed"]
    with refused(Invalid, "space_missing"):
        automatic.mark(world.viewer("ines"), world.permit)


def test_d15_whoever_is_first_of_marking_and_becoming_active_the_client_is_in_it(app: Flask, world: World) -> None:
    secrets = [invited(world), invited(world, "Max Delcourt")]
    ines = world.viewer("ines")
    db.session.remove()

    def one(number: int) -> object:
        if number == 2:
            return automatic.mark(ines, world.permit, all_now=True)
        return accept(secrets[number], ("Lea", "Max")[number])

    found = at_once(app, 3, one)
    for number, name in enumerate(("lea", "max")):
        if found[number] == "database_busy":  # it says so, and the next try succeeds
            accept(secrets[number], name)
        assert len(stays(world, world.permit, name)) == 1, found


def test_d16_whom_one_can_add_is_offered_by_space_within_ones_reach(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    key = discussions.create(
        ines, title="Summer", audience="shared", brand_key=world.brands["North"], kind="announcement"
    )
    assert [(one.space, [name for _, name in one.people]) for one in joining.readers(ines, key)] == [
        ("Brun", ["Paul Brun", "Zoe Gone"]),
        ("Delcourt", ["Luc Delcourt", "Marie Delcourt"]),
    ]
    add(world, "ines", key, "luc")
    decide(world, reach="own")
    found = joining.readers(world.viewer("ines"), key)
    assert [(one.space, [name for _, name in one.people]) for one in found] == [
        ("Brun", ["Zoe Gone"]),
        ("Delcourt", ["Marie Delcourt"]),
    ]
    add(world, "ines", key, "hugo")
    with pytest.raises(Forbidden):
        joining.readers(world.viewer("hugo"), key)


def test_d2_one_step_invites_a_client_who_joins_when_active(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    with refused(Conflict, "second_client"):
        invited(world, into=Into(world.permit, "all", False))
    secret = invited(world, into=Into(world.permit, "now", True))
    side = public_side(world.permit)
    assert [one.name for one in lists.discussion(ines, world.permit).awaited] == ["Lea Delcourt"]
    assert lists.discussion(world.viewer("marie"), world.permit).awaited == ()
    say(world, "ines", world.permit, "Before she came.")
    accept(secret)
    assert bodies(world.viewer("lea"), world.permit) == []
    say(world, "ines", world.permit, "Hello Lea.")
    assert bodies(world.viewer("lea"), world.permit) == ["Hello Lea."]
    assert lists.discussion(ines, world.permit).awaited == ()
    assert facts(world.permit).count("participant.joined") == 1
    assert public_side(world.permit)[0] == side[0] + 2


def test_d2_who_is_awaited_can_be_taken_back(app: Flask, world: World) -> None:
    ines, secret = world.viewer("ines"), invited(world)
    awaiting.ask(ines, world.permit, world.keys["lea"], confirmed=True)
    with refused(Conflict, "awaited_already"):
        awaiting.ask(ines, world.permit, world.keys["lea"], confirmed=True)
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            awaiting.withdraw(world.viewer(name), world.permit, world.keys["lea"])
    awaiting.withdraw(ines, world.permit, world.keys["lea"])
    accept(secret)
    assert stays(world, world.permit, "lea") == []
    with refused(Conflict, "not_invited"):
        awaiting.ask(ines, world.permit, world.keys["lea"], confirmed=True)


def test_d2_nobody_is_awaited_where_they_could_not_be(app: Flask, world: World) -> None:
    invited(world)
    with refused(Forbidden, "internal_discussion"):
        awaiting.ask(world.viewer("ines"), world.inside, world.keys["lea"])
    with refused(Forbidden):
        awaiting.ask(world.viewer("hugo"), world.permit, world.keys["lea"])
    with refused(NotFound):
        awaiting.ask(world.viewer("sam"), world.permit, world.keys["lea"])
    awaiting.ask(world.viewer("ines"), world.permit, world.keys["lea"], confirmed=True)
    invitations.withdraw(world.viewer("ines"), world.keys["lea"])
    assert db.session.scalars(select(Awaited)).all() == []


def test_a_client_finds_by_spaces_only_their_own(app: Flask, world: World) -> None:
    marie = world.viewer("marie")
    spaces.link(world.viewer("ines"), world.permit, world.spaces["Brun"])
    assert lists.page(marie, lists.Filter(space=world.spaces["Brun"])).rows == ()
    spaces.link(world.viewer("ines"), world.permit, world.spaces["Delcourt"])
    (found,) = lists.page(marie, lists.Filter(space=world.spaces["Delcourt"])).rows
    assert (found[0].title, found[0].space) == ("Permit", None)
