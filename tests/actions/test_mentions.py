"""Whom a message mentions: references, drawn for each face (SPEC M5, D5, D6, E10)."""

import pytest
from flask import Flask
from sqlalchemy import select

from portal.actions import firm, messages, people
from portal.extensions import db
from portal.kernel.text import TEAM_SIGN
from portal.models import Mention
from portal.queries import discussions, mentions, messages as stretches
from tests.actions.rows import add, message, reads, remove, say
from tests.world import World, invite, token

TEAM = f"@{TEAM_SIGN}"


def last(world: World, name: str) -> str:
    """What somebody reads of the newest message of `permit`, as it is put into plain mails and edit forms."""
    return reads(world.viewer(name), world.permit)[-1].body


def where(world: World, name: str) -> list[str]:
    """The messages that somebody's list of mentions has."""
    return [found.message_id for found in mentions.page(world.viewer(name)).found]


def test_no_name_is_stored_and_each_face_reads_what_it_may(app: Flask, world: World) -> None:
    key = say(world, "ines", world.permit, "Hello @Marie Delcourt, ask @hugo or @Nina Agent.")
    stored = message(key)
    for name in ("Marie", "Hugo", "Nina", world.keys["hugo"]):
        assert name.lower() not in (stored.body + stored.html).lower()
    assert last(world, "hugo") == "Hello @Marie Delcourt, ask @Hugo Agent or @Nina Agent."
    assert last(world, "marie") == f"Hello @Marie Delcourt, ask {TEAM} or {TEAM}."


def test_a_colleague_who_has_written_is_named_to_clients_from_then_on(app: Flask, world: World) -> None:
    before = say(world, "ines", world.permit, "@Hugo Agent will call.")
    say(world, "hugo", world.permit, "I will.")
    assert last(world, "marie") == "I will."
    say(world, "ines", world.permit, "@Hugo Agent did call.")
    assert last(world, "marie") == "@Hugo Agent did call."
    drawn = stretches.message(world.viewer("marie"), world.permit, before).body
    assert drawn == f"{TEAM} will call.", "what a page shows already does not change unseen"
    messages.edit(world.viewer("ines"), world.permit, before, body="@Hugo Agent will call you.")
    assert stretches.message(world.viewer("marie"), world.permit, before).body == "@Hugo Agent will call you."


def test_a_client_learns_of_another_only_once_that_one_wrote(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")
    say(world, "ines", world.permit, "And @Luc Delcourt?")
    assert last(world, "hugo") == "And @Luc Delcourt?"
    assert last(world, "marie") == f"And {TEAM}?"
    say(world, "luc", world.permit, "Here.")
    say(world, "ines", world.permit, "Thank you, @Luc Delcourt.")
    assert last(world, "marie") == "Thank you, @Luc Delcourt."


def test_who_reads_from_now_on_reads_no_name_of_before(app: Flask, world: World) -> None:
    say(world, "hugo", world.permit, "I am Hugo.")
    add(world, "ines", world.permit, "luc", history="now")
    say(world, "ines", world.permit, "Ask @Hugo Agent.")
    assert last(world, "luc") == f"Ask {TEAM}."
    say(world, "hugo", world.permit, "Still here.")
    say(world, "ines", world.permit, "Ask @Hugo Agent.")
    assert last(world, "luc") == "Ask @Hugo Agent."


def test_an_edit_names_nobody_to_who_read_the_message_from_now_on_and_left(app: Flask, world: World) -> None:
    """Who left still reads, once they are back, what they read then: as it is now."""
    say(world, "hugo", world.permit, "I am Hugo.")
    add(world, "ines", world.permit, "luc", history="now")
    key = say(world, "ines", world.permit, "Ask @Hugo Agent.")
    remove(world, "ines", world.permit, "luc")
    messages.edit(world.viewer("ines"), world.permit, key, body="Do ask @Hugo Agent.")
    add(world, "ines", world.permit, "luc", history="now")
    assert last(world, "hugo") == "Do ask @Hugo Agent."
    assert stretches.message(world.viewer("luc"), world.permit, key).body == f"Do ask {TEAM}."


@pytest.mark.parametrize(("names", "drawn"), [("first", "@Hugo"), ("brand", TEAM)])
def test_staff_are_mentioned_as_the_firm_shows_them(app: Flask, world: World, names: str, drawn: str) -> None:
    say(world, "hugo", world.permit, "I will.")
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names=names)
    say(world, "ines", world.permit, "Ask @Hugo Agent!")
    assert last(world, "marie") == f"Ask {drawn}!"
    assert last(world, "hugo") == "Ask @Hugo Agent!"


def test_a_client_mentions_whom_they_read_and_the_team_and_nobody_else(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")
    key = say(world, "marie", world.permit, "@Ines Agent, @the team: where are @Hugo Agent and @Luc Delcourt?")
    # Of those whose names she cannot know she wrote words, and no reference: nothing answers whether they are there.
    assert last(world, "hugo").endswith("where are @Hugo Agent and @Luc Delcourt?")
    found = db.session.scalars(
        select(Mention.person_id).where(Mention.message_id == message(key).id, Mention.place > 0)
    )
    assert set(found) == {world.person_id("ines"), None}


def test_the_suggestions_are_those_whom_the_writer_may_know(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc")

    def offered(name: str, words: str = "") -> list[tuple[str, bool]]:
        found = mentions.suggestions(world.viewer(name), world.permit, words)
        return [(one.author.name, one.away) for one in found]

    assert offered("ines")[:4] == [
        ("Hugo Agent", False), ("Dora Disabled", False), ("Luc Delcourt", False), ("Marie Delcourt", False)
    ]  # fmt: skip
    assert ("Nina Agent", True) in offered("ines")
    assert offered("ines", "nina") == [("Nina Agent", True)]
    assert "Sam South" not in dict(offered("ines"))
    assert offered("marie") == [("Ines Agent", False), (TEAM_SIGN, False)]
    say(world, "luc", world.permit, "Here.")
    assert offered("marie") == [("Luc Delcourt", False), ("Ines Agent", False), (TEAM_SIGN, False)]
    firm.update_firm(world.viewer("olga"), name="Delta", staff_names="brand")
    assert offered("marie") == [("Luc Delcourt", False), (TEAM_SIGN, False)]


def test_of_two_of_one_name_the_chosen_one_is_meant(app: Flask, world: World) -> None:
    invite(world, "Other Agent", role="agent", brand_keys=(world.brands["North"],))
    people.update_profile(world.viewer("other"), name="Hugo Agent", language="en", time_zone="UTC", enter_sends=True)
    key = say(world, "ines", world.inside, "@Hugo Agent")
    assert mentioned(key) == {world.person_id("hugo")}, "who is in the discussion is meant before who is not"
    chosen = [world.keys["other"]]
    key = messages.post(world.viewer("ines"), world.inside, body="@Hugo Agent, too", token=token(), chosen=chosen)
    assert mentioned(key) == {world.person_id("other")}
    add(world, "ines", world.inside, "other")
    assert mentioned(say(world, "ines", world.inside, "@Hugo Agent")) == set(), "nobody says which of the two"


def test_an_edit_keeps_who_is_still_mentioned_and_forgets_who_is_not(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    key = say(world, "ines", world.permit, "@Hugo Agent and @Marie Delcourt")
    first = rows_of(key)
    form = stretches.own_message(ines, world.permit, key).body
    assert form == "@Hugo Agent and @Marie Delcourt"
    messages.edit(ines, world.permit, key, body=f"Now {form} and @Nina Agent")
    assert mentioned(key) == {world.person_id(name) for name in ("hugo", "marie", "nina")}
    assert rows_of(key)[:2] == first, "they are not mentioned anew"
    messages.edit(ines, world.permit, key, body="Only @Nina Agent")
    assert mentioned(key) == {world.person_id("nina")}
    assert (where(world, "hugo"), last(world, "hugo")) == ([], "Only @Nina Agent")
    said = [str(version.html) for version in stretches.versions(world.viewer("hugo"), world.permit, key)]
    assert [html.count("@") for html in said] == [3, 2], "what it said before still has its names"
    messages.edit(ines, world.permit, key, body="@Hugo Agent")
    assert (where(world, "hugo"), last(world, "hugo")) == ([key], "@Hugo Agent")


def test_who_left_the_discussion_stays_mentioned_by_an_edit(app: Flask, world: World) -> None:
    key = say(world, "ines", world.permit, "@Marie Delcourt")
    remove(world, "ines", world.permit, "marie")
    messages.edit(world.viewer("ines"), world.permit, key, body="Dear @Marie Delcourt")
    assert mentioned(key) == {world.person_id("marie")}


def test_the_same_words_sent_again_are_one_message(app: Flask, world: World) -> None:
    once = token()
    said = {"body": "@Hugo Agent and @the team", "token": once}
    key = messages.post(world.viewer("ines"), world.permit, **said)
    before = rows_of(key)
    assert messages.post(world.viewer("ines"), world.permit, **said) == key
    assert rows_of(key) == before


def test_code_addresses_and_longer_words_mention_nobody(app: Flask, world: World) -> None:
    body = "`@Hugo Agent` mail@hugo.example https://x.example/@hugo @hugos ```\n@Hugo Agent\n```"
    key = say(world, "ines", world.permit, body)
    assert (rows_of(key), message(key).body) == ([], body)


def test_nobody_types_what_stands_for_a_mention(app: Flask, world: World) -> None:
    say(world, "ines", world.permit, "\ue0001\ue001 and \ue002 of @Hugo Agent")
    assert last(world, "hugo") == "1 and  of @Hugo Agent"


def test_a_name_is_text_wherever_it_is_drawn(app: Flask, world: World) -> None:
    name = "<img src=x onerror=alert(1)>"
    people.update_profile(world.viewer("hugo"), name=name, language="en", time_zone="UTC", enter_sends=True)
    say(world, "ines", world.permit, f"**@{name}** and [a link](https://x.example/@{name})")
    shown = reads(world.viewer("hugo"), world.permit)[-1]
    assert "<img" not in shown.html
    assert "&lt;img src=x onerror=alert(1)&gt;</span></strong>" in shown.html
    row, _ = discussions.row(world.viewer("hugo"), world.permit)
    assert row.last is not None
    assert row.last.text.startswith(f"@{name} and")


def test_the_list_has_what_one_may_read_now_and_says_what_is_unread(app: Flask, world: World) -> None:
    text = say(world, "ines", world.permit, "@Hugo Agent")
    note = say(world, "ines", world.permit, "@Hugo Agent and @Nina Agent", "note")
    inside = say(world, "ines", world.inside, "@hugo")
    say(world, "hugo", world.inside, "@Hugo Agent")  # one's own words are no news
    assert where(world, "hugo") == [inside, note, text]
    assert [found.unread for found in mentions.page(world.viewer("hugo")).found] == [False, True, True]
    assert mentions.count(world.viewer("hugo")) == 2
    assert where(world, "nina") == [], "who is not in the discussion is told nothing of it"
    add(world, "ines", world.permit, "nina")
    assert where(world, "nina") == [note]
    messages.delete(world.viewer("ines"), world.permit, note)
    remove(world, "ines", world.inside, "hugo")
    assert (where(world, "hugo"), where(world, "nina")) == ([text], [])
    remove(world, "ines", world.permit, "hugo")
    assert (where(world, "hugo"), mentions.count(world.viewer("hugo"))) == ([], 0)


def test_a_mention_of_the_team_reaches_the_staff_that_are_there(app: Flask, world: World) -> None:
    key = say(world, "marie", world.permit, "Dear @the team")
    assert (where(world, "ines"), where(world, "hugo")) == ([key], [key])
    assert where(world, "nina") == []
    assert last(world, "hugo") == f"Dear {TEAM}"
    add(world, "ines", world.permit, "nina")
    messages.edit(world.viewer("marie"), world.permit, key, body="Dearest @the team")
    assert (where(world, "hugo"), where(world, "nina")) == ([key], []), "an edit mentions nobody who came since"


def test_the_list_goes_on_where_it_ended(app: Flask, world: World) -> None:
    keys = [say(world, "ines", world.inside, f"@hugo {number}") for number in range(mentions.PAGE + 2)]
    first = mentions.page(world.viewer("hugo"))
    rest = mentions.page(world.viewer("hugo"), first.more or "")
    assert [found.message_id for found in first.found + rest.found] == keys[::-1]
    assert (len(rest.found), rest.more) == (2, None)


def mentioned(key: str) -> set[int | None]:
    """Whom a message mentions now."""
    query = select(Mention.person_id).where(Mention.message_id == message(key).id, Mention.current, Mention.place > 0)
    return set(db.session.scalars(query))


def rows_of(key: str) -> list[tuple[int, int | None, int]]:
    """All its rows, whatever they say."""
    query = select(Mention.id, Mention.person_id, Mention.place).where(Mention.message_id == message(key).id)
    return [(row.id, row.person_id, row.place) for row in db.session.execute(query.order_by(Mention.id))]
