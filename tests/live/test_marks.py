"""What passes among open pages: who reads, who writes, what oneself typed elsewhere. Each hears what is theirs."""

import json
from collections.abc import Iterator

import pytest
from flask import Flask

from portal import access
from portal.actions import participants, read_marks
from portal.kernel.errors import Forbidden, NotFound
from portal.live import marks, typing
from portal.live.hub import hub
from portal.queries import facts, messages as stretches
from tests.actions.rows import add, conversation, remove, say
from tests.conftest import Stage
from tests.live.ears import Ear, listening, tell
from tests.world import World

ALL = 2**31 - 1
EVERYBODY = ("ines", "hugo", "marie", "luc", "zoe", "olga")
Heard = dict[str, list[dict[str, object]]]


@pytest.fixture
def world(play: Flask, stage: Stage) -> Iterator[World]:
    """The permit with two clients in it."""
    add(stage.world, "ines", stage.world.permit, "luc")
    typing.signs = typing.Signs()
    yield stage.world
    typing.signs = typing.Signs()


def test_m8_staff_hear_who_has_read_and_a_client_that_somebody_has(world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    number = conversation(world.permit).public_seq
    with listening(world, *EVERYBODY) as ears:
        marks.read(world.viewer("hugo"), world.permit, ALL)
        heard = fresh(ears)
        by = heard["ines"][0]["seen"][world.permit]
        assert (by["name"], by["number"]) == ("Hugo Agent", conversation(world.permit).seq)
        assert heard["marie"] == [{"seen": {world.permit: number}}]
        assert heard["luc"] == heard["zoe"] == heard["olga"] == heard["hugo"] == []
        marks.read(world.viewer("ines"), world.permit, ALL)
        heard = fresh(ears)
        assert [frame["seen"][world.permit]["name"] for frame in heard["hugo"]] == ["Ines Agent"]
        assert heard["marie"] == [], "how many have read is not for clients"
        marks.read(world.viewer("ines"), world.permit, ALL)
        assert not any(fresh(ears).values()), "fifty messages are one frame, and again is none"


def test_m8_clients_never_hear_of_one_another_s_reading(world: World) -> None:
    say(world, "ines", world.permit, "Hello")
    with listening(world, *EVERYBODY) as ears:
        marks.read(world.viewer("luc"), world.permit, ALL)
        heard = fresh(ears)
    assert heard["marie"] == heard["luc"] == []
    assert heard["ines"][0]["seen"][world.permit]["name"] == "Luc Delcourt"


def test_m8_what_is_heard_is_what_the_page_says(world: World) -> None:
    """A client's number is that of their text among staff's, also where notes stand between."""
    say(world, "ines", world.permit, "A note", "note")
    say(world, "ines", world.permit, "A text")
    say(world, "ines", world.permit, "A note", "note")
    with listening(world, "ines", "marie") as ears:
        marks.read(world.viewer("marie"), world.permit, ALL)
        by = fresh(ears)["ines"][0]["seen"][world.permit]
    (shown,) = stretches.page(world.viewer("ines"), world.permit).seen_by
    assert (by["key"], by["number"]) == (shown.key, shown.number)
    assert shown.number == conversation(world.permit).seq - 1


def test_m4_own_pages_alone_hear_what_is_marked_as_unread(world: World) -> None:
    read_marks.read(world.viewer("hugo"), world.permit, ALL)
    with listening(world, *EVERYBODY) as ears:
        marks.unread(world.viewer("hugo"), world.permit, world.note)
        heard = fresh(ears)
    assert heard.pop("hugo") == [{"unread": {world.permit: [1, 3]}}]
    assert not any(heard.values())


def test_m10_staff_hear_who_writes_clients_that_the_team_does_and_nobody_hears_a_client_but_staff(
    world: World,
) -> None:
    with listening(world, *EVERYBODY) as ears:
        typing.writes(world.viewer("ines"), world.permit, "text")
        heard = fresh(ears)
        assert heard["hugo"] == [{"typing": {world.permit: [world.keys["ines"], "Ines Agent", "text"]}}]
        assert heard["marie"] == heard["luc"] == [{"typing": {world.permit: True}}]
        assert heard["ines"] == heard["zoe"] == heard["olga"] == []
        typing.signs.end(world.permit)  # lest the sign of Ines's stand for one of Marie's
        typing.writes(world.viewer("marie"), world.permit, "text")
        heard = fresh(ears)
        assert heard["ines"] == heard["hugo"]
        assert heard["ines"][0]["typing"] == {world.permit: [world.keys["marie"], "Marie Delcourt", "text"]}
        assert heard["luc"] == heard["marie"] == heard["zoe"] == []


def test_m10_a_note_being_written_is_the_team_s(world: World) -> None:
    with listening(world, *EVERYBODY) as ears:
        typing.writes(world.viewer("ines"), world.permit, "note")
        typing.writes(world.viewer("hugo"), world.inside, "text")
        heard = fresh(ears)
    assert [frame["typing"] for frame in heard["hugo"]] == [{world.permit: [world.keys["ines"], "Ines Agent", "note"]}]
    assert heard["marie"] == heard["luc"] == []
    assert typing.signs.due(10**9) == []


def test_m10_two_who_write_are_to_clients_as_one(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The signs come at even distances from the first one, however many say that they write, and how often."""

    def signs(*writers: str) -> list[float]:
        typing.signs = typing.Signs()
        monkeypatch.setattr(typing.signs, "_run", lambda: None)
        told, clock = [], 1000.0
        monkeypatch.setattr(typing.time, "monotonic", lambda: clock)
        with listening(world, "marie") as ears:
            for tick in range(120):
                clock = 1000.0 + tick / 4
                for place, name in enumerate(writers):
                    if tick % 12 == 5 * place:
                        typing.writes(world.viewer(name), world.permit, "text")
                for key, sign in typing.signs.due(clock):
                    typing.tell_clients(key, sign.conversation_id)
                told += [clock - 1000.0] * len(fresh(ears)["marie"])
        return told

    alone = signs("ines")
    assert alone == signs("ines", "hugo") == [4.0 * number for number in range(8)]


def test_m10_it_ends_with_the_message_and_by_itself(world: World) -> None:
    with listening(world, "marie"):
        typing.writes(world.viewer("ines"), world.permit, "text")
        assert [key for key, _ in typing.signs.due(typing.time.monotonic() + typing.EVERY)] == [world.permit]
        assert typing.signs.due(typing.time.monotonic() + typing.LASTS + 1) == []
        typing.writes(world.viewer("ines"), world.permit, "text")
        typing.signs.end(world.permit)
        assert typing.signs.due(typing.time.monotonic() + typing.EVERY) == []


def test_m10_who_is_not_in_it_says_nothing_and_hears_nothing(world: World) -> None:
    with listening(world, *EVERYBODY) as ears:
        for name, kind, error in (("adam", "text", NotFound), ("zoe", "text", NotFound), ("marie", "note", Forbidden)):
            with pytest.raises(error):
                typing.writes(world.viewer(name), world.permit, kind)
        typing.writes(world.viewer("ines"), world.permit, "text")
        remove(world, "ines", world.permit, "marie")
        fresh(ears)
        typing.tell_clients(world.permit, conversation(world.permit).id)
        typing.writes(world.viewer("hugo"), world.permit, "text")
        heard = fresh(ears)
    assert heard["marie"] == heard["zoe"] == []
    assert heard["luc"] == [{"typing": {world.permit: True}}]


def test_m10_a_mail_s_link_shows_it_too_within_its_discussion(world: World) -> None:
    page = Ear(world.person_id("marie"))
    page.limit = conversation(world.permit).id
    elsewhere = Ear(world.person_id("marie"))
    elsewhere.limit = conversation(world.inside).id
    for ear in (page, elsewhere):
        hub.add(ear)
    try:
        say(world, "marie", world.permit, "Hello?")
        typing.writes(world.viewer("ines"), world.permit, "text")
        marks.read(world.viewer("ines"), world.permit, ALL)
    finally:
        for ear in (page, elsewhere):
            hub.remove(ear)
    heard = [json.loads(words)["mark"] for words in page.heard()]
    assert heard == [{"typing": {world.permit: True}}, {"seen": {world.permit: conversation(world.permit).public_seq}}]
    assert elsewhere.heard() == []


def test_m13_a_draft_is_told_to_its_author_s_pages_alone(world: World) -> None:
    with listening(world, *EVERYBODY) as ears:
        version = marks.draft(world.viewer("ines"), world.permit, "note", "osprey", base=0, page="one")["version"]
        heard = fresh(ears)
        assert heard.pop("ines") == [{"draft": [world.permit, "note", "osprey", version, "one", [], ""]}]
        assert not any(heard.values())


def test_what_frames_said_is_asked_for_again_by_a_page_that_lost_its_line(world: World) -> None:
    say(world, "marie", world.permit, "Hello?")
    with listening(world, *EVERYBODY) as ears:
        marks.read(world.viewer("hugo"), world.permit, ALL)
        marks.draft(world.viewer("ines"), world.permit, "note", "osprey", base=0, page="one")
        heard = fresh(ears)
    again = json.loads(json.dumps(marks.standing(world.viewer("ines"), world.permit)))
    note, text = (frame["draft"] for frame in again if "draft" in frame)
    assert heard["ines"][0] in again
    assert note == [*heard["ines"][1]["draft"][:4], "", [], ""]
    assert text == [world.permit, "text", "", 0, "", [], ""]
    told = marks.standing(world.viewer("marie"), world.permit)
    assert "note" not in json.dumps(told), "that there is another mode at all"
    assert [frame for frame in told if "seen" in frame] == heard["marie"]
    assert "osprey" not in json.dumps([told, marks.standing(world.viewer("hugo"), world.permit)])
    assert not any("seen" in frame for frame in marks.standing(world.viewer("luc"), world.permit))
    with pytest.raises(NotFound):
        marks.standing(world.viewer("zoe"), world.permit)


def test_m16_a_client_s_reaction_is_told_to_staff_and_to_themselves(world: World) -> None:
    with listening(world, *EVERYBODY) as ears:
        cursor = facts.newest()
        marks.react(world.viewer("marie"), world.permit, world.text, "👍", on=True)
        cursor = tell(cursor)
        assert [json.loads(words)["mark"] for words in ears["marie"].heard()] == [
            {"reaction": [world.text, "👍", True]}
        ]
        assert ears["luc"].heard() == ears["zoe"].heard() == ears["olga"].heard() == []
        for name in ("ines", "hugo"):
            assert [("👍" in words, "Marie Delcourt" in words) for words in ears[name].heard()] == [(True, True)]
        for ear in ears.values():
            ear.frames.clear()
        marks.react(world.viewer("hugo"), world.permit, world.text, "👍", on=True)
        cursor = tell(cursor)
        for name in ("marie", "luc"):
            (words,) = ears[name].heard()
            assert "👍" in words
            assert "Hugo" not in words
            assert world.keys["hugo"] not in words
        marks.react(world.viewer("ines"), world.permit, world.text, "👍", on=True)
        tell(cursor)
        assert len(ears["marie"].heard()) == len(ears["luc"].heard()) == 1


def test_who_was_removed_while_it_was_told_is_told_of_nothing(world: World) -> None:
    """Reading is told to those who are in it then; a reader who is out by then tells nobody anything."""
    _, reading = read_marks.move(world.viewer("hugo"), world.permit, ALL)
    assert reading is not None
    participants.remove(world.viewer("ines"), world.permit, world.keys["hugo"])
    with listening(world, *EVERYBODY) as ears:
        marks._tell_reading(world.viewer("hugo"), world.permit, reading)
        assert not any(fresh(ears).values())
    assert access.those_in(conversation(world.permit).id)


def fresh(ears: dict[str, Ear]) -> Heard:
    """What each heard for marks.js since one last asked; row frames are others' affair."""
    found = {
        name: [json.loads(words)["mark"] for words in ear.heard() if words.startswith('{"mark"')]
        for name, ear in ears.items()
    }
    for ear in ears.values():
        ear.frames.clear()
    return found
