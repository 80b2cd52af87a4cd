"""SPEC Z4: whose turn it is follows from the texts, until staff say otherwise. On both databases."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from flask import Flask

from portal.actions import discussions, messages, pins, turns
from portal.kernel import clock
from portal.kernel.courtesies import only_courtesy
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.models import Fact
from portal.queries import discussions as lists
from portal.queries.discussions import Filter
from tests.actions.rows import add, conversation, facts, public_side, refused, remove, say
from tests.promises import Figure, rounds
from tests.world import World, token

BEGIN = datetime(2031, 3, 3, 8, tzinfo=UTC)


@pytest.fixture
def key(world: World) -> str:
    """A shared discussion with Ines, Hugo and Marie in which nothing was said."""
    key = discussions.create(world.viewer("ines"), title="Turns", audience="shared", brand_key=world.brands["North"])
    for name in ("hugo", "marie", "luc"):
        add(world, "ines", key, name)
    return key


def at(minute: int) -> datetime:
    """So many minutes after it began."""
    return BEGIN + timedelta(minutes=minute)


def said(world: World, minute: int, name: str, key: str, body: str, kind: str = "text") -> str:
    with clock.at(at(minute)):
        return say(world, name, key, body, kind)


def waits(key: str) -> tuple[str, datetime | None]:
    row = conversation(key)
    return row.turn, row.turn_since


def test_who_did_not_write_last_is_waited_for_since_the_first_unanswered_word(world: World, key: str) -> None:
    assert waits(key) == ("none", None)
    said(world, 1, "ines", key, "Please send the deed.")
    said(world, 2, "hugo", key, "And the plan.")
    assert waits(key) == ("client", at(1))
    said(world, 3, "marie", key, "Here they are.")
    said(world, 4, "luc", key, "And mine?")
    assert waits(key) == ("us", at(3))
    said(world, 5, "hugo", key, "We look.")
    assert waits(key) == ("client", at(5))


def test_a_note_changes_nothing(world: World, key: str) -> None:
    said(world, 1, "marie", key, "When?")
    said(world, 2, "ines", key, "Tuesday?", "note")
    assert waits(key) == ("us", at(1))


def test_a_courtesy_of_staff_ends_the_matter_but_not_what_they_asked(world: World, key: str) -> None:
    said(world, 1, "marie", key, "All arrived.")
    said(world, 2, "ines", key, "Thank you Marie, have a nice day!")
    assert waits(key) == ("none", at(2))
    said(world, 3, "ines", key, "Please sign page 3.")
    said(world, 4, "ines", key, "Thank you!")
    assert waits(key) == ("client", at(3))


def test_a_clients_thanks_wait_until_staff_have_seen_them(world: World, key: str) -> None:
    said(world, 1, "ines", key, "It is filed.")
    said(world, 2, "marie", key, "Thank you!")
    assert waits(key) == ("us", at(2))
    with clock.at(at(3)):
        turns.set_turn(world.viewer("hugo"), key, "none")
    assert waits(key) == ("none", at(3))
    said(world, 4, "marie", key, "One more thing")
    assert waits(key) == ("us", at(4))


def test_by_hand_it_waits_since_the_first_unanswered_word_or_since_now(world: World, key: str) -> None:
    said(world, 1, "marie", key, "When?")
    for minute, turn, since in ((5, "none", 5), (6, "us", 1), (7, "client", 7), (8, "us", 1)):
        with clock.at(at(minute)):
            turns.set_turn(world.viewer("ines"), key, turn)
        assert waits(key) == (turn, at(since))


def test_only_staff_in_it_say_so_and_only_where_clients_write(world: World, key: str) -> None:
    for name in ("marie", "luc"):
        with refused(Forbidden):
            turns.set_turn(world.viewer(name), key, "us")
    for name in ("nina", "olga", "paul"):
        with refused(NotFound):
            turns.set_turn(world.viewer(name), key, "us")
    with refused(Forbidden):
        turns.set_turn(world.viewer("ines"), world.inside, "us")
    with refused(Invalid, "bad_request"):
        turns.set_turn(world.viewer("ines"), key, "them")
    turns.set_turn(world.viewer("ines"), key, "us")
    assert waits(key)[0] == "us"


def test_an_internal_discussion_waits_for_nobody(world: World) -> None:
    say(world, "hugo", world.inside, "Anybody?")
    assert waits(world.inside) == ("none", None)
    assert lists.row(world.viewer("ines"), world.inside)[0].turn == ""


def test_what_was_archived_begins_anew_when_a_client_writes(world: World, key: str) -> None:
    said(world, 1, "marie", key, "Thanks")
    discussions.archive(world.viewer("ines"), key)
    assert lists.row(world.viewer("ines"), key)[0].turn == ""
    discussions.reopen(world.viewer("ines"), key)
    assert waits(key) == ("us", at(1))
    discussions.archive(world.viewer("ines"), key)
    second = said(world, 9, "marie", key, "Hello again")
    assert conversation(key).archived_at is None
    assert waits(key) == ("us", at(9))
    messages.delete(world.viewer("marie"), key, second)
    assert waits(key)[0] == "none"


def test_a_deleted_text_waits_for_nobody(world: World, key: str) -> None:
    said(world, 1, "marie", key, "When?")
    wrong = said(world, 2, "ines", key, "Please sign.")
    messages.delete(world.viewer("ines"), key, wrong)
    assert waits(key) == ("us", at(1))


def test_a_client_reads_only_that_we_wait_for_them(world: World, key: str) -> None:
    said(world, 1, "ines", key, "Please sign.")
    assert _shown(world, "marie", key) == ("client", at(1))
    said(world, 2, "luc", key, "Done.")
    assert _shown(world, "marie", key) == ("", None)
    assert _shown(world, "ines", key) == ("us", at(2))
    turns.set_turn(world.viewer("ines"), key, "none")
    assert _shown(world, "marie", key) == ("", None)


def test_who_cannot_read_what_was_asked_is_not_asked(world: World, key: str) -> None:
    remove(world, "ines", key, "luc")
    said(world, 1, "ines", key, "Please sign.")
    add(world, "ines", key, "luc", history="now")
    assert _shown(world, "luc", key) == ("", None)
    assert _shown(world, "marie", key)[0] == "client"
    said(world, 2, "ines", key, "Both of you.")
    assert _shown(world, "luc", key)[0] == "client"


def test_saying_so_moves_nothing_on_a_clients_side_that_they_do_not_see(world: World, key: str) -> None:
    said(world, 1, "marie", key, "When?")
    before = public_side(key)
    turns.set_turn(world.viewer("ines"), key, "none")
    assert facts(key)[-1] == Fact.TURN_SET
    turns.set_turn(world.viewer("ines"), key, "client")
    assert facts(key)[-1] == Fact.TURN_SHOWN
    assert public_side(key) == before


def test_what_is_archived_shows_clients_no_turn_and_tells_of_none(world: World, key: str) -> None:
    said(world, 1, "ines", key, "Please send the deed.")
    discussions.archive(world.viewer("ines"), key)
    turns.set_turn(world.viewer("hugo"), key, "none")
    turns.set_turn(world.viewer("hugo"), key, "client")
    assert facts(key)[-2:] == [Fact.TURN_SET, Fact.TURN_SET]
    discussions.reopen(world.viewer("ines"), key)
    turns.set_turn(world.viewer("hugo"), key, "none")
    assert facts(key)[-1] == Fact.TURN_SHOWN


def test_a_list_shows_whose_turn_it_is_and_clients_cannot_ask_for_it(world: World, key: str) -> None:
    said(world, 1, "marie", key, "When?")
    ines, marie = world.viewer("ines"), world.viewer("marie")
    for turn, there in (("us", True), ("client", False), ("none", False), ("x", False)):
        assert (key in _keys(lists.page(ines, Filter(turn=turn)))) is there
        assert key in _keys(lists.page(marie, Filter(turn=turn)))
    assert world.inside not in _keys(lists.page(ines, Filter(turn="none")))


def test_pinned_discussions_come_first_for_who_pinned_them(
    world: World, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines = world.viewer("ines")
    more = [
        discussions.create(ines, title=f"{n}", audience="internal", brand_key=world.brands["North"]) for n in range(4)
    ]
    for chosen in (more[0], more[2]):
        pins.pin(ines, chosen, pinned=True)
    everything = _keys(lists.page(ines, Filter()))
    assert everything[:3] == [more[2], more[0], more[3]]
    assert [row.pinned for row, _ in lists.page(ines, Filter()).rows][:3] == [True, True, False]
    monkeypatch.setattr(lists, "PAGE", 1)
    found: list[str] = []
    more_of = ""
    for _ in everything:
        page = lists.page(ines, Filter(), more_of)
        found, more_of = found + _keys(page), page.more or ""
    assert found == everything
    pins.pin(ines, more[0], pinned=False)
    assert not lists.row(ines, more[0])[0].pinned
    with refused(NotFound):
        pins.pin(world.viewer("hugo"), more[0], pinned=True)


def test_filters_combine(world: World, key: str) -> None:
    say(world, "marie", key, "When?")
    ines, hugo = world.viewer("ines"), world.viewer("hugo")
    both = Filter(unread=True, mine=True, turn="us")
    discussions.archive(ines, world.permit)  # which waits for us too
    assert _keys(lists.page(ines, both)) == [key]
    assert _keys(lists.page(hugo, both)) == []
    assert _keys(lists.page(hugo, Filter(unread=True, turn="us"))) == [key]


@pytest.mark.promise("Z4")
def test_any_sequence_gives_what_a_slow_reference_gives(app: Flask, world: World, figure: Figure) -> None:
    times = rounds(6, 300)
    done = sum(_sequence(world, seed) for seed in range(times))
    figure(f"{times} random sequences, {done} deeds: whose turn it is as the reference has it")


WORDS = ("Please send it.", "Thank you!", "When?", "Merci beaucoup", "Here it is.")


def _sequence(world: World, seed: int) -> int:
    chance, story = Random(seed), list[Any]()
    ines = world.viewer("ines")
    key = discussions.create(ines, title=f"{seed}", audience="shared", brand_key=world.brands["North"])
    add(world, "ines", key, "marie")
    sent: dict[str, tuple[str, int]] = {}
    for minute in range(1, 15):
        deed = chance.choices(("text", "note", "hand", "delete", "archive", "reopen"), (8, 2, 2, 3, 1, 1))[0]
        with clock.at(at(minute)):
            _do(world, key, deed, minute, chance, sent, story)
        assert waits(key) == _reference(story), (seed, story)
    return len(story)


def _do(
    world: World, key: str, deed: str, minute: int, chance: Random, sent: dict[str, tuple[str, int]], story: list[Any]
) -> None:
    ines, name = world.viewer("ines"), chance.choice(("ines", "marie"))
    if deed == "text":
        words = chance.choice(WORDS)
        if name == "marie" and conversation(key).archived_at:
            story.append(("anew", minute))
        sent[messages.post(world.viewer(name), key, body=words, token=token())] = (name, minute)
        story.append(("text", name, words, minute))
    elif deed == "note":
        messages.post(ines, key, body="note?", kind="note", token=token())
    elif deed == "hand":
        turn = chance.choice(("us", "client", "none"))
        if turn != _reference(story)[0]:
            texts = [(one[1], one[3]) for one in story if one[0] == "text"]
            story.append(("hand", turn, _by_hand(texts, turn, minute)))
        turns.set_turn(ines, key, turn)
    elif deed == "delete" and sent:
        which = chance.choice(sorted(sent))
        name, when = sent.pop(which)
        messages.delete(world.viewer(name), key, which)
        story[:] = [one for one in story if not (one[0] == "text" and one[-1] == when)]
    elif deed == "archive":
        discussions.archive(ines, key)
    elif deed == "reopen":
        discussions.reopen(ines, key)


def _reference(story: list[Any]) -> tuple[str, datetime | None]:
    """The rule as one would tell it, applied from the first word on, each time anew."""
    turn, since = "none", None
    for kind, *what in story:
        if kind == "anew":
            turn, since = "none", at(what[0])
        elif kind == "hand":
            turn, since = what
        elif kind == "text":
            name, words, minute = what
            thanks = name == "ines" and only_courtesy(words)
            wanted = "us" if name == "marie" else "none" if thanks else "client"
            if not (thanks and turn in {"client", "none"}) and wanted != turn:
                turn, since = wanted, at(minute)
    return turn, since


def _by_hand(texts: list[tuple[str, int]], turn: str, minute: int) -> datetime:
    side, since = {"us": "marie", "client": "ines"}.get(turn), minute
    for name, when in reversed(texts):
        if name != side:
            break
        since = when
    return at(since)


def _shown(world: World, name: str, key: str) -> tuple[str, datetime | None]:
    row, _ = lists.row(world.viewer(name), key)
    return row.turn, row.turn_since


def _keys(page: lists.ListPage) -> list[str]:
    return [row.id for row, _ in page.rows]
