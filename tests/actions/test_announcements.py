"""Announcements: clients read; what they answer opens a private discussion with the staff (SPEC D16)."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.access import Act
from portal.actions import discussions, drafts, messages, participants, people, readers
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Conversation, PrivateAnswer
from portal.queries import discussions as lists, drafts as typed, messages as stretches, reach
from tests.actions.rows import (
    add,
    at_once,
    bodies,
    conversation,
    facts,
    public_side,
    refused,
    remove,
    say,
    stays,
)
from tests.world import World, token

SAID = "Our office is closed in August."


def announce(world: World, *names: str) -> str:
    """Ines announces something to Hugo and these clients."""
    key = discussions.create(
        world.viewer("ines"), title="Summer", audience="shared", brand_key=world.brands["North"], kind="announcement"
    )
    for name in ("hugo", *names):
        add(world, "ines", key, name, confirmed=False)
    say(world, "ines", key, SAID)
    return key


def own(world: World, key: str, name: str) -> str:
    """A client's discussion about the announcement."""
    related = lists.discussion(world.viewer(name), key).related
    assert related is not None
    return related.id


def test_d16_clients_read_and_their_answer_opens_a_discussion_of_their_own(app: Flask, world: World) -> None:
    key = announce(world, "marie", "luc", "paul")
    before = public_side(key), conversation(key).rev
    say(world, "marie", key, "And in September?")
    assert (public_side(key), conversation(key).rev) == before, "nothing of it stands in the announcement"
    mine = own(world, key, "marie")
    for name in ("marie", "ines", "hugo"):
        assert bodies(world.viewer(name), mine) == ["And in September?"]
        assert bodies(world.viewer(name), key) == [SAID]
    for name in ("luc", "paul", "nina", "olga"):
        with refused(NotFound):
            stretches.page(world.viewer(name), mine)
    assert conversation(mine).title == "Re: Summer"
    assert conversation(mine).owner_id == world.person_id("ines")
    assert lists.discussion(world.viewer("luc"), key).related is None


def test_d16_what_one_begins_to_answer_is_a_draft_until_it_goes(app: Flask, world: World) -> None:
    key = announce(world, "marie", "luc")
    for name in ("marie", "luc"):
        drafts.save(world.viewer(name), key, "text", "And in Sept", base=0)
    assert [one.body for one in typed.of(world.viewer("marie"), key)] == ["And in Sept"]
    say(world, "marie", key, "And in September?")
    assert typed.of(world.viewer("marie"), key) == ()
    assert len(typed.of(world.viewer("luc"), key)) == 1
    with refused(Forbidden):
        drafts.save(world.viewer("marie"), key, "note", "Not a client's", base=0)


def test_d16_what_was_answered_is_named_to_who_is_in_the_announcement_alone(app: Flask, world: World) -> None:
    key = announce(world, "marie")
    say(world, "marie", key, "Thank you.")
    mine = own(world, key, "marie")
    for name in ("marie", "hugo"):
        related = lists.discussion(world.viewer(name), mine).related
        assert related is not None
        assert (related.id, related.title, related.words) == (key, "Summer", SAID)
    add(world, "ines", mine, "nina")
    assert lists.discussion(world.viewer("nina"), mine).related is None
    remove(world, "ines", key, "hugo")
    assert lists.discussion(world.viewer("hugo"), mine).related is None


def test_d16_further_answers_go_to_the_same_discussion_archived_or_not(app: Flask, world: World) -> None:
    key = announce(world, "marie")
    say(world, "marie", key, "One.")
    mine = own(world, key, "marie")
    discussions.archive(world.viewer("hugo"), mine)
    say(world, "marie", key, "Two.")
    assert own(world, key, "marie") == mine
    assert conversation(mine).archived_at is None
    assert bodies(world.viewer("marie"), mine) == ["One.", "Two."]
    remove(world, "ines", mine, "marie")
    say(world, "marie", key, "Three.")
    assert own(world, key, "marie") != mine, "who was removed from the first begins another"


def test_d16_the_same_answer_sent_again_is_one(app: Flask, world: World) -> None:
    key, once = announce(world, "marie"), token()
    marie = world.viewer("marie")
    first = messages.post(marie, key, body="Yes.", token=once)
    assert messages.post(marie, key, body="Yes.", token=once) == first
    assert bodies(marie, own(world, key, "marie")) == ["Yes."]
    with refused(Conflict, "token_reused"):
        messages.post(marie, key, body="No.", token=once)


def test_d16_two_answers_at_once_open_one_discussion(app: Flask, world: World) -> None:
    key = announce(world, "marie", "luc")
    marie, luc = world.viewer("marie"), world.viewer("luc")
    db.session.remove()
    found = at_once(app, 6, lambda n: messages.post(luc if n == 5 else marie, key, body=f"Answer {n}", token=token()))
    assert len(set(found)) == 6
    opened = select(PrivateAnswer.client_id, func.count()).group_by(PrivateAnswer.client_id)
    assert sorted(count for _, count in db.session.execute(opened)) == [1, 1]
    assert sorted(bodies(marie, own(world, key, "marie"))) == [f"Answer {n}" for n in range(5)]
    assert bodies(luc, own(world, key, "luc")) == ["Answer 5"]


def test_d16_clients_of_an_announcement_need_no_confirmation_for_they_never_meet(app: Flask, world: World) -> None:
    key = announce(world, "marie", "luc", "paul")
    shown = reach.reach(world.viewer("ines"), key, "text", ())
    assert (shown.announcement, len(shown.people)) == (True, 3)
    ordinary = discussions.create(
        world.viewer("ines"), title="Other", audience="shared", brand_key=world.brands["North"]
    )
    add(world, "ines", ordinary, "marie")
    with refused(Conflict, "second_client"):
        add(world, "ines", ordinary, "luc", confirmed=False)


def test_d16_an_announcement_is_one_from_the_start_and_shared(app: Flask, world: World) -> None:
    ines, brand = world.viewer("ines"), world.brands["North"]
    for kind, audience in (("announcement", "internal"), ("chat", "shared")):
        with refused(Invalid, "bad_audience"):
            discussions.create(ines, title="No", audience=audience, brand_key=brand, kind=kind)
    made = {"title": "A", "audience": "shared", "brand_key": brand, "token": token()}
    first = discussions.create(ines, kind="announcement", **made)
    assert discussions.create(ines, kind="announcement", **made) == first
    with refused(Conflict, "token_reused"):
        discussions.create(ines, **made)


def test_d16_a_client_writes_no_note_and_staff_write_in_it(app: Flask, world: World) -> None:
    key = announce(world, "marie")
    with refused(Forbidden):
        messages.post(world.viewer("marie"), key, body="a note?", kind="note", token=token())
    say(world, "hugo", key, "for us", kind="note")
    say(world, "hugo", key, "for all")
    assert bodies(world.viewer("marie"), key) == [SAID, "for all"]
    marie, standing = world.viewer("marie"), access.conversation(world.viewer("marie"), key)
    assert access.can(marie, Act.ANSWER, standing)
    assert not access.can(marie, Act.WRITE, standing)


def test_d16_who_is_removed_answers_no_more(app: Flask, world: World) -> None:
    key = announce(world, "marie")
    say(world, "marie", key, "In time.")
    remove(world, "ines", key, "marie")
    with refused(NotFound):
        say(world, "marie", key, "Too late.")


def test_d16_without_its_owner_the_first_who_answers_takes_it_and_without_staff_the_brands_owner_gets_it(
    app: Flask, world: World
) -> None:
    key = announce(world, "marie", "luc")
    participants.leave(world.viewer("ines"), key)
    say(world, "marie", key, "Hello?")
    mine = own(world, key, "marie")
    assert conversation(mine).owner_id is None
    say(world, "hugo", mine, "Here.")
    assert conversation(mine).owner_id == world.person_id("hugo")
    people.disable(world.viewer("olga"), world.keys["hugo"])
    say(world, "luc", key, "Anybody?")
    assert bodies(world.viewer("olga"), own(world, key, "luc")) == ["Anybody?"]


def test_d16_many_are_added_at_once_and_hear_nothing(app: Flask, world: World) -> None:
    key = announce(world)
    chosen = [world.keys[name] for name in ("marie", "luc", "paul", "zoe", "rosa", "dora", "nina")]
    before = public_side(key)
    assert readers.add(world.viewer("ines"), key, chosen) == 4, "not another brand's, nobody disabled, no colleagues"
    assert readers.add(world.viewer("ines"), key, chosen) == 0
    assert public_side(key) == before
    assert facts(key).count("participant.added") == 5
    assert facts(key).count("clients.added") == 1
    (stay,) = stays(world, key, "paul")
    assert (stay.since, stay.read == stay.mailed == conversation(key).public_seq) == (0, True)
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            readers.add(world.viewer(name), key, chosen)
    with refused(NotFound):
        readers.add(world.viewer("ines"), world.permit, chosen)
    with refused(Invalid, "bad_readers"):
        readers.add(world.viewer("ines"), key, [])


@pytest.mark.promise("S2")
def test_d16_what_one_client_answers_changes_nothing_on_the_others_side(app: Flask, world: World) -> None:
    key = announce(world, "marie", "luc")
    luc = world.viewer("luc")
    before = lists.page(luc, lists.Filter()), lists.discussion(luc, key), stretches.page(luc, key)
    say(world, "marie", key, "kiwicanary")
    mine = own(world, key, "marie")
    say(world, "ines", mine, "kiwianswer")
    assert (lists.page(luc, lists.Filter()), lists.discussion(luc, key), stretches.page(luc, key)) == before
    assert db.session.scalar(select(func.count()).where(Conversation.public_id == mine)) == 1
