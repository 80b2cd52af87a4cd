"""Whom one can add, what they would see, and who gets what is being written (SPEC D2, D7, Z1)."""

from flask import Flask

from portal.actions import invitations
from portal.kernel.errors import Forbidden, NotFound
from portal.queries import candidates, firm, people, reach
from tests.actions.rows import add, disable, refused, remove, say
from tests.world import World


def test_offered_are_the_brand_s_people_who_are_not_in(app: Flask, world: World) -> None:
    assert names(world, "") == ["Luc Delcourt", "Paul Brun", "Zoe Gone", "Adam Admin", "Nina Agent", "Olga Owner"]
    add(world, "ines", world.permit, "luc")
    disable(world, "nina")
    assert names(world, "") == ["Paul Brun", "Zoe Gone", "Adam Admin", "Olga Owner"]


def test_an_internal_discussion_is_offered_no_client(app: Flask, world: World) -> None:
    found = candidates.candidates(world.viewer("ines"), world.inside, "")
    assert {one.face for one in found} == {"staff"}
    with refused(NotFound):
        candidates.preview(world.viewer("ines"), world.inside, world.keys["marie"])
    candidates.preview(world.viewer("ines"), world.inside, world.keys["nina"])


def test_the_search_looks_at_names_and_addresses_in_any_order_and_case(app: Flask, world: World) -> None:
    for words, found in (
        ("LUC", ["Luc Delcourt"]),
        ("delcourt lu", ["Luc Delcourt"]),
        ("Délcoùrt", ["Luc Delcourt"]),
        ("nina@", ["Nina Agent"]),
        ("%", []),
        ("_", []),
        ("sam", []),
        ("rosa", []),
        ("\x00", names(world, "")),
    ):
        assert names(world, words) == found, words


def test_an_invited_client_is_offered_and_said_to_be_invited(app: Flask, world: World) -> None:
    key, _ = invitations.invite(
        world.viewer("ines"), name="Lea", email="lea@example.com", role="client", language="fr", days=3,
        space_key=world.spaces["Delcourt"],
    )  # fmt: skip
    assert [one.state for one in candidates.candidates(world.viewer("ines"), world.permit, "lea")] == ["invited"]
    assert candidates.preview(world.viewer("ines"), world.permit, key).person.state == "invited"


def test_only_who_may_add_is_offered_anybody(app: Flask, world: World) -> None:
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            candidates.candidates(world.viewer(name), world.permit, "")
        with refused(Forbidden):
            candidates.preview(world.viewer(name), world.permit, world.keys["luc"])
    for name in ("adam", "sam", "luc"):
        with refused(NotFound):
            candidates.candidates(world.viewer(name), world.permit, "")


def test_d7_the_dialog_says_what_they_will_see(app: Flask, world: World) -> None:
    for name, count in (("luc", 2), ("nina", 3)):
        shown = candidates.preview(world.viewer("ines"), world.permit, world.keys[name])
        assert (shown.title, shown.messages, shown.was_here, shown.missed) == ("Permit", count, False, 0)
        assert shown.since is not None
    assert set(candidates.preview(world.viewer("ines"), world.permit, world.keys["luc"]).other_clients) == {
        "Marie Delcourt", "Dora Disabled",
    }  # fmt: skip
    assert candidates.preview(world.viewer("ines"), world.permit, world.keys["nina"]).other_clients == ()


def test_d7_who_was_here_is_said_to_have_been_and_what_they_missed(app: Flask, world: World) -> None:
    for name, missed in (("marie", 1), ("hugo", 2)):
        remove(world, "ines", world.permit, name)
        say(world, "ines", world.permit, "A text")
        say(world, "ines", world.permit, "A note", "note")
        shown = candidates.preview(world.viewer("ines"), world.permit, world.keys[name])
        assert (shown.was_here, shown.missed) == (True, missed)
        add(world, "ines", world.permit, name)


def test_z1_the_line_names_the_clients_and_counts_the_colleagues(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "nina")
    text = reach.reach(world.viewer("ines"), world.permit, "text", {world.person_id("marie")})
    assert [(one.name, one.online) for one in text.people] == [("Marie Delcourt", True)]
    assert (text.colleagues, text.mode) == (2, "text")
    note = reach.reach(world.viewer("ines"), world.permit, "note", ())
    assert (note.people, note.colleagues, note.mode) == ((), 2, "note")
    assert reach.reach(world.viewer("ines"), world.permit, "anything", ()).mode == "text"


def test_z1_who_is_disabled_or_gone_gets_nothing(app: Flask, world: World) -> None:
    disable(world, "hugo")
    remove(world, "ines", world.permit, "marie")
    line = reach.reach(world.viewer("ines"), world.permit, "text", ())
    assert (line.people, line.colleagues) == ((), 0)


def test_z1_no_client_is_ever_told_who_gets_it(app: Flask, world: World) -> None:
    for name in ("marie", "luc"):
        with refused(NotFound):
            reach.reach(world.viewer(name), world.permit, "text", ())
    reach.reach(world.viewer("hugo"), world.permit, "text", ())


def test_people_are_listed_to_staff_of_their_brand_and_never_to_clients(app: Flask, world: World) -> None:
    assert [one.name for one in people.people(world.viewer("sam"), "client")] == ["Rosa Roche"]
    assert "Rosa Roche" not in [one.name for one in people.people(world.viewer("ines"), "client")]
    assert len(people.people(world.viewer("adam"), "client")) == 6
    for face in ("staff", "client"):
        assert people.people(world.viewer("marie"), face) == ()
    with refused(NotFound):
        people.person(world.viewer("sam"), world.keys["marie"])
    with refused(NotFound):
        people.person(world.viewer("marie"), world.keys["ines"])
    assert people.person(world.viewer("ines"), world.keys["marie"]).email == "marie@example.com"


def test_the_firm_s_settings_are_for_admins_and_brands_for_their_staff(app: Flask, world: World) -> None:
    for look in (people.firm_settings, people.brands):
        for name in ("ines", "marie"):
            with refused(NotFound):
                look(world.viewer(name))
        look(world.viewer("adam"))
    assert [brand.name for brand in firm.brands(world.viewer("sam"))] == ["South"]
    assert firm.brands(world.viewer("marie")) == ()
    assert [name for _, name, _ in firm.spaces(world.viewer("marie"))] == ["Delcourt"]
    assert [name for _, name, _ in firm.spaces(world.viewer("ines"))] == ["Brun", "Delcourt"]


def test_a_client_s_page_wears_their_brand_whatever_the_host(app: Flask, world: World) -> None:
    for name, brand in (("marie", "North"), ("rosa", "South")):
        for host in ("south.example.com", "elsewhere.example.com"):
            worn = firm.brand_of_client(world.viewer(name), host)
            assert worn is not None
            assert worn.name == brand
    stranger = firm.brand_for_host("south.example.com"), firm.brand_for_host("elsewhere.example.com")
    assert [brand.name for brand in stranger if brand] == ["South", "North"]


def names(world: World, search: str) -> list[str]:
    """Whom Ines is offered for the permit."""
    return [one.name for one in candidates.candidates(world.viewer("ines"), world.permit, search)]
