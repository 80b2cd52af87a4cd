"""Search finds what one's pages show, by its words, and nothing else; on both databases alike (SPEC M15)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select, text, update

from portal.actions import discussions, messages, participants
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import NotFound
from portal.models import Conversation, Firm, Message
from portal.queries.search import hits, wanted
from tests.queries.statements import statements
from tests.world import World, token


def found(world: World, name: str, typed: str, before: str = "") -> list[str]:
    """The ids of what somebody finds."""
    return [hit.id for hit in hits(world.viewer(name), wanted(typed, "Europe/Paris"), before).hits]


def post(world: World, name: str, body: str, **more: str) -> str:
    return messages.post(world.viewer(name), more.pop("key", world.permit), body=body, token=token(), **more)


@pytest.mark.parametrize(
    ("said", "typed"),
    [
        ("La facture est payée", "facture"),
        ("La facture est payée", "FACTURES"),
        ("La facture est payée", "fact"),
        ("La facture est payée", "payee facture"),
        ("Nous l’avons envoyé", "envoyer"),
        ("Nous l’avons envoye", "envoyée"),
        ("Les taxes", "taxe"),
        ("All taxes", "tax"),
        ("La facture est payée", '"facture est"'),
        ("Voici vos œuvres", "oeuvres"),
        ("Voici vos oeuvres", "ŒUVRE"),
        ("Cet été", "l'été"),
        ("L’été dernier", "ete"),
        ("We signed all documents", "sign document"),
        ("Two companies", "company"),
        ("The client's papers", "client paper"),
        ("File 2024-17 is open", "2024-17"),
        ("We write C++ here", "C++"),
        ("Ask info@example.com", "info@example.com"),
        ("Straße", "strasse"),
    ],
)
def test_words_are_found_in_all_their_forms(world: World, said: str, typed: str) -> None:
    key = post(world, "ines", said)
    assert found(world, "marie", typed) == [key]
    assert found(world, "hugo", typed) == [key]
    assert key not in found(world, "marie", f"{typed} nowhere")


def test_words_that_only_begin_alike_are_not_forms_of_one(world: World) -> None:
    post(world, "ines", "Un joint devant la cantine")
    quote = post(world, "ines", "Le devis")
    assert found(world, "marie", "devis") == [quote]


def test_a_phrase_is_said_as_it_is_typed(world: World) -> None:
    key = post(world, "ines", "The annual accounts are signed")
    assert found(world, "marie", '"annual accounts"') == [key]
    assert found(world, "marie", '"accounts annual"') == []
    assert found(world, "marie", '"annual account"') == [], "as it is typed"


@pytest.mark.parametrize(
    "typed",
    ['"', '""', "*", "NEAR", "NEAR(a b)", "AND", "OR NOT", "-", "+", "(", "a:", ":", "'", "l'", "\\", "%", "_", "😀",
     "\x00", "a\x00b", "from:", "before:never", "before:2024-13-45", "has:", "words : x", "{", "a" * 10_000,
     "mot " * 2_500, "🙂" * 3_000, "\ud800", "½", "before:0001", "after:9999-12-31", "c1", "@m", "^her", "~plan"],
)  # fmt: skip
def test_nothing_that_is_typed_raises_or_reaches_the_query_language(world: World, typed: str) -> None:
    assert set(found(world, "marie", typed)) <= {world.text, world.answer}
    found(world, "ines", typed)


def test_what_search_says_about_messages_cannot_be_typed(world: World) -> None:
    for typed in ("m", "c1", "a1", "c2", "a2", "@m", "@c1", "about:m"):
        assert found(world, "ines", typed) == []


def test_notes_are_found_by_staff_alone(world: World) -> None:
    assert found(world, "ines", "pays late") == [world.note]
    assert found(world, "marie", "pays late") == []
    assert found(world, "nina", "pays late") == [], "who is not in it"


def test_what_was_edited_is_found_by_its_new_words(world: World) -> None:
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Here is the drawing.")
    assert found(world, "marie", "drawing") == [world.text]
    assert found(world, "marie", "plan") == found(world, "ines", "plan") == []


def test_what_was_deleted_is_gone(world: World) -> None:
    assert found(world, "marie", "plan") == [world.text]
    messages.delete(world.viewer("ines"), world.permit, world.text)
    assert found(world, "marie", "plan") == found(world, "ines", "plan") == []


def test_archived_discussions_are_still_searched(world: World) -> None:
    discussions.archive(world.viewer("ines"), world.permit)
    assert found(world, "marie", "plan") == found(world, "ines", "plan") == [world.text]


def test_who_was_removed_finds_nothing_and_who_comes_back_not_the_gap(world: World) -> None:
    ines, hugo = world.viewer("ines"), world.keys["hugo"]
    assert found(world, "hugo", "plan") == [world.text]
    participants.remove(ines, world.permit, hugo)
    assert found(world, "hugo", "plan") == []
    missed = post(world, "ines", "Missed by Hugo")
    participants.add(ines, world.permit, hugo, history="all", confirmed=True)
    assert found(world, "hugo", "missed") == []
    assert found(world, "hugo", "plan") == [world.text]
    assert found(world, "ines", "missed") == [missed]


def test_from_now_on_begins_now(world: World) -> None:
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], history="now", confirmed=True)
    assert found(world, "luc", "plan") == []
    later = post(world, "ines", "Another plan")
    assert found(world, "luc", "plan") == [later]


def test_older_hits_follow_without_a_hole(world: World) -> None:
    posted = [post(world, "ines", f"Brick number {number}") for number in range(45)][::-1]
    page, got = hits(world.viewer("marie"), wanted("brick", "UTC")), []
    while True:
        got += [hit.id for hit in page.hits]
        if page.older is None:
            break
        page = hits(world.viewer("marie"), wanted("brick", "UTC"), page.older)
    assert got == posted
    with pytest.raises(NotFound):
        found(world, "marie", "brick", world.note)


def test_operators_narrow(world: World) -> None:
    ines = world.viewer("ines")
    other = discussions.create(ines, title="Jardin d'été", audience="shared", brand_key=world.brands["North"])
    participants.add(ines, other, world.keys["marie"], confirmed=True)
    there = post(world, "ines", "The plan of the garden", key=other)
    mine = post(world, "marie", "My plan")
    assert found(world, "marie", "plan in:permit") == [mine, world.text]
    assert found(world, "marie", "plan dans:ete") == [there]
    assert found(world, "marie", "plan from:me") == found(world, "marie", "plan de:moi") == [mine]
    assert found(world, "marie", "plan from:ines") == [there, world.text]
    assert found(world, "hugo", "plan from:ines") == [world.text]
    assert found(world, "marie", "from:marie") == [mine, world.answer]
    assert found(world, "marie", "plan has:file") == found(world, "marie", "a:fichier") == []


def test_days_bound_what_is_found(world: World) -> None:
    last_year = datetime(2019, 12, 31, 23, 30, tzinfo=UTC)  # in Paris the new year has begun
    with transaction():
        db.session.execute(update(Conversation).values(created_at=last_year))
    with clock.at(last_year):
        old = post(world, "ines", "An old plan")
    for typed in ("before:2020-01-02", "avant:02/01/2020", "avant:2021", "before:yesterday", "avant:hier after:2020"):
        assert found(world, "marie", f"plan {typed}") == [old], typed
    for typed in ("after:2020-01-02", "après:2020-02", "after:02.01.2020", "after:hier"):
        assert found(world, "marie", f"plan {typed}") == [world.text], typed
    assert found(world, "marie", "plan before:2020") == []
    assert found(world, "marie", "before:2020-01-02") == [old]
    assert found(world, "marie", "plan after:2030 before:2020") == []


@pytest.mark.parametrize(("shown", "finds"), [
    ("full", {"ines": True, "agent": True, "team": False}),
    ("first", {"ines": True, "agent": False, "team": False}),
    ("brand", {"ines": False, "agent": False, "team": True, "équipe": True, "north": True, "south": False}),
])  # fmt: skip
def test_a_client_finds_authors_by_the_names_that_are_shown_to_them(
    world: World, shown: str, finds: dict[str, bool]
) -> None:
    with transaction():
        db.session.execute(update(Firm).values(staff_names=shown))
    for name, yes in finds.items():
        assert found(world, "marie", f"plan from:{name}") == ([world.text] if yes else []), name
    assert found(world, "hugo", "plan from:agent") == [world.text], "staff know their names"


def test_a_link_finds_nothing(world: World) -> None:
    with pytest.raises(NotFound):
        hits(replace(world.viewer("marie"), limit=1), wanted("plan", "UTC"))


def test_what_takes_a_message_away_takes_its_words(world: World) -> None:
    key = post(world, "ines", "Ephemeral")
    number = db.session.scalars(select(Message.id).where(Message.public_id == key)).one()
    statement = {
        "sqlite": "SELECT count(*) FROM search_entry WHERE rowid = :id",
        "postgresql": "SELECT count(*) FROM search_entry WHERE message_id = :id",
    }[db.engine.dialect.name]
    assert db.session.scalar(text(statement), {"id": number}) == 1
    with transaction():
        db.session.execute(text("UPDATE conversation SET last_message_id = NULL, last_public_message_id = NULL"))
        db.session.execute(text("DELETE FROM event WHERE message_id = :id"), {"id": number})
        db.session.execute(text("DELETE FROM message WHERE id = :id"), {"id": number})
    assert db.session.scalar(text(statement), {"id": number}) == 0


@pytest.mark.parametrize("typed", ["wildebeest", "from:nina plan", "plan from:nina"])
def test_what_is_hidden_costs_a_client_as_much_as_what_is_not_there(world: World, typed: str) -> None:
    """A word of a note, or the name of somebody unknown to them, makes no question more: none could be timed."""
    asked = (typed, typed.replace("wildebeest", "gnu").replace("nina", "nobody"))
    marie = world.viewer("marie")
    post(world, "hugo", "A wildebeest!", kind="note")
    counts = {statements(lambda one=one: hits(marie, wanted(one, "UTC"))) for one in asked}
    assert len(counts) == 1
    assert [found(world, "marie", one) for one in asked] == [[], []]
