"""SPEC Z7: words that are agreed to are frozen; who said what is on record, for staff alone. On both databases."""

import hashlib
import json

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal import access
from portal.actions import agreements, discussions, messages, participants, people
from portal.extensions import db
from portal.kernel.errors import Conflict, Forbidden, Invalid, NotFound
from portal.models import Agreement, AgreementAnswer
from portal.models.agreement import waiting
from portal.queries import agreements as queries, facts as events, messages as stretches
from tests.actions.rows import add, at_once, bodies, conversation, facts, public_side, refused, remove, say
from tests.links import desk
from tests.live.ears import listening, tell
from tests.world import World, token


def ask(world: World, about: str = "", name: str = "ines", body: str = "Do you agree?") -> str:
    """Somebody asks the permit's clients to agree to a message; gives the message that asks."""
    return agreements.ask(world.viewer(name), world.permit, about or world.text, body=body, token=token())


def agree(world: World, request: str, name: str = "marie") -> None:
    """A client agrees."""
    agreements.answer(world.viewer(name), request, world.permit, agreed=True)


def ask_change(world: World, request: str, words: str, name: str = "marie", sent: str = "") -> None:
    """A client asks for a change."""
    viewer = world.viewer(name)
    agreements.answer(viewer, request, world.permit, agreed=False, body=words, token=sent or token())


def answers(world: World, request: str) -> list[tuple[str, bool]]:
    """What staff read of who said what."""
    found = queries.certificate(world.viewer("hugo"), world.permit, request)
    return [(answer.name, answer.agreed) for answer in found.agreement.answers]


def test_a_client_agrees_and_staff_have_it_on_record(app: Flask, world: World) -> None:
    request = ask(world)
    assert bodies(world.viewer("marie"), world.permit)[-1] == "Do you agree?"
    asked = queries.asked(world.viewer("marie"), world.permit, request)
    assert (asked.agreement.text, asked.open, asked.agreed_at) == ("Here is the plan.", True, None)
    agree(world, request)
    agree(world, request)  # twice is once
    asked = queries.asked(world.viewer("marie"), world.permit, request)
    assert asked.agreed_at is not None
    assert not asked.open
    assert answers(world, request) == [("Marie Delcourt", True)]
    assert facts(world.permit).count("agreement.given") == 1


def test_its_hashes_can_be_made_again_by_anybody(app: Flask, world: World) -> None:
    request = ask(world, say(world, "ines", world.permit, "Größe: 12 m², “naïve”\nline two"))
    agree(world, request)
    found = queries.certificate(world.viewer("ines"), world.permit, request)
    form = queries.record(world.viewer("ines"), world.permit, request)
    assert hashlib.sha256(form.encode()).hexdigest() == found.sha256
    said = json.loads(form)
    assert (said["text"], said["author"], said["files"]) == ("Größe: 12 m², “naïve”\nline two", "Ines Agent", [])
    again = json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert again == form
    (answer,) = found.agreement.answers
    record = queries.record(world.viewer("ines"), world.permit, request, answer.sha256)
    assert hashlib.sha256(record.encode()).hexdigest() == answer.sha256
    assert json.loads(record) == {
        "answer": "agreed", "at": answer.at.strftime("%Y-%m-%dT%H:%M:%SZ"), "content": found.sha256,
        "name": "Marie Delcourt", "way": "portal",
    }  # fmt: skip


def test_the_name_on_record_is_as_it_was(app: Flask, world: World) -> None:
    request = ask(world)
    agree(world, request)
    people.update_profile(world.viewer("marie"), name="Marie Martin", language="fr", time_zone="UTC", enter_sends=True)
    assert answers(world, request) == [("Marie Delcourt", True)]


@pytest.mark.parametrize("how", ["edited", "deleted"])
def test_what_is_changed_since_counts_for_nothing_and_is_said_to_both(app: Flask, world: World, how: str) -> None:
    request, ines = ask(world), world.viewer("ines")
    if how == "edited":
        messages.edit(ines, world.permit, world.text, body="Another plan.")
    else:
        messages.delete(ines, world.permit, world.text)
    agree(world, request)
    asked = queries.asked(world.viewer("marie"), world.permit, request).agreement
    seen = queries.certificate(ines, world.permit, request)
    assert (asked.text, asked.changed, seen.agreement.changed) == ("Here is the plan.", True, True)
    assert "Another" not in seen.frozen
    assert facts(world.permit).count("agreement.changed") == 1


def test_a_change_is_asked_for_in_words_of_the_client_s_own(app: Flask, world: World) -> None:
    request, sent = ask(world), token()
    with refused(Invalid, "message_empty"):
        ask_change(world, request, " ")
    for _ in range(2):  # a retry is the same
        ask_change(world, request, "Two windows, please.", sent=sent)
    assert bodies(world.viewer("hugo"), world.permit).count("Two windows, please.") == 1
    assert answers(world, request) == [("Marie Delcourt", False)]
    agree(world, request)
    assert answers(world, request) == [("Marie Delcourt", False), ("Marie Delcourt", True)]
    ask_change(world, request, "Or three?")  # who has agreed has agreed
    assert answers(world, request)[-1] == ("Marie Delcourt", True)


def test_a_client_learns_nothing_of_what_others_said(app: Flask, world: World) -> None:
    """Not in what they see, not in a number, not by a frame (SPEC D6)."""
    add(world, "ines", world.permit, "luc")
    request = ask(world)
    luc, side = world.viewer("luc"), public_side(world.permit)
    before = queries.asked(luc, world.permit, request), stretches.changes(luc, world.permit, 0)
    with listening(world, "luc", "marie", "hugo") as ears:
        cursor = events.newest()
        agree(world, request)
        tell(cursor)
    assert (queries.asked(luc, world.permit, request), stretches.changes(luc, world.permit, 0)) == before
    assert public_side(world.permit) == side
    assert ears["luc"].heard() == []
    assert ears["marie"].heard() == [f'{{"emit":"agreement-{request}"}}']
    assert f'{{"emit":"agreement-{request}"}}' in ears["hugo"].heard()
    assert any("<bdi>Marie Delcourt</bdi> agreed" in words for words in ears["hugo"].heard())


def test_it_can_be_withdrawn_and_then_nobody_agrees(app: Flask, world: World) -> None:
    request = ask(world)
    with refused(NotFound):
        agreements.withdraw(world.viewer("adam"), world.permit, request)
    with refused(Forbidden):
        agreements.withdraw(world.viewer("marie"), world.permit, request)
    agreements.withdraw(world.viewer("hugo"), world.permit, request)
    assert queries.asked(world.viewer("marie"), world.permit, request).agreement.withdrawn
    with refused(Conflict, "agreement_withdrawn"):
        agree(world, request)


def test_who_deletes_the_request_asks_no_more(app: Flask, world: World) -> None:
    request = ask(world)
    messages.delete(world.viewer("ines"), world.permit, request)
    with refused(Conflict, "agreement_withdrawn"):
        agree(world, request)
    with pytest.raises(NotFound):
        queries.asked(world.viewer("marie"), world.permit, request)


def test_only_a_text_that_every_client_in_it_reads_can_be_agreed_to(app: Flask, world: World) -> None:
    for about in (world.note, world.permit, "x"):
        with refused(Forbidden if about == world.note else NotFound):
            ask(world, about)
    request = ask(world)
    with refused(Forbidden):
        ask(world, request)
    with refused(NotFound):
        agreements.ask(world.viewer("marie"), world.inside, world.text, body="?", token=token())
    with refused(Forbidden):
        ask(world, name="marie")
    add(world, "ines", world.permit, "luc", history="now")
    with refused(Conflict, "agreement_hidden"):
        ask(world)
    remove(world, "ines", world.permit, "luc")
    remove(world, "ines", world.permit, "marie")
    with refused(Conflict, "nobody_to_agree"):
        ask(world)


def test_only_clients_who_are_in_it_answer(app: Flask, world: World) -> None:
    request = ask(world)
    for name in ("luc", "paul", "zoe", "adam"):
        with refused(NotFound):
            agree(world, request, name)
    with refused(Forbidden):
        agree(world, request, "hugo")
    with refused(Forbidden):
        agree(world, world.text)
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    with refused(NotFound):
        agree(world, request)


def test_the_same_request_is_asked_once(app: Flask, world: World) -> None:
    sent, ines = token(), world.viewer("ines")
    keys = {agreements.ask(ines, world.permit, world.text, body="Agreed?", token=sent) for _ in range(3)}
    assert len(keys) == 1
    assert db.session.scalar(select(func.count()).select_from(Agreement)) == 1


def test_of_ten_who_agree_at_once_there_is_one_agreement(app: Flask, world: World) -> None:
    request = ask(world)
    db.session.rollback()
    at_once(app, 10, lambda _: agree(world, request))
    db.session.rollback()
    assert db.session.scalar(select(func.count()).select_from(AgreementAnswer)) == 1


def test_a_mail_s_link_agrees_on_a_known_device_only(app: Flask, world: World) -> None:
    request = ask(world)
    key = desk.mailed(world)
    came = access.by_link(desk.link(key))
    with refused(Forbidden, "code_needed"):
        agreements.answer(came.viewer, request, world.permit, agreed=True)
    desk.want_no_codes()
    agreements.answer(access.by_link(desk.link(key)).viewer, request, world.permit, agreed=True)
    (answer,) = queries.certificate(world.viewer("ines"), world.permit, request).agreement.answers
    assert (answer.way, answer.agreed) == ("link", True)


def test_an_open_request_waits_for_its_client_until_they_answer(app: Flask, world: World) -> None:
    """What part of the house asks that says whose turn it is."""
    request = ask(world)
    place, marie = conversation(world.permit).id, world.person_id("marie")
    count = select(func.count()).select_from(waiting(place, marie).subquery())
    assert db.session.scalar(count) == 1
    agree(world, request)
    assert db.session.scalar(count) == 0


def test_what_is_edited_while_it_is_being_frozen_is_not_asked(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the copy and its transaction: nobody agrees to words that stand there no more, unsaid."""
    prepared = messages.prepared

    def slowly(*given: object) -> tuple[str, str]:
        monkeypatch.setattr(messages, "prepared", prepared)
        messages.edit(world.viewer("ines"), world.permit, world.text, body="Another plan.")
        return prepared(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(messages, "prepared", slowly)
    with pytest.raises(Conflict, match="agreement_changed"):
        ask(world)
    assert "Do you agree?" not in bodies(world.viewer("marie"), world.permit)
    assert queries.asked(world.viewer("marie"), world.permit, ask(world)).agreement.text == "Another plan."


def test_an_announcement_asks_for_no_agreement(app: Flask, world: World) -> None:
    """Its readers write nothing there, so none of them could answer."""
    ines = world.viewer("ines")
    about = {"title": "News", "audience": "shared", "brand_key": world.brands["North"]}
    news = discussions.create(ines, **about, kind="announcement")
    participants.add(ines, news, world.keys["marie"])
    said = messages.post(ines, news, body="New terms.", token=token())
    with refused(Forbidden):
        agreements.ask(ines, news, said, body="Do you agree?", token=token())
    with pytest.raises(Forbidden):
        queries.about(ines, news, said)
    assert ask(world)


def test_who_agrees_alone_leaves_the_turn_to_staff_and_among_others_tells_them_nothing(
    app: Flask, world: World
) -> None:
    request = ask(world)
    assert conversation(world.permit).turn == "client"
    agree(world, request)
    assert conversation(world.permit).turn == "us"
    add(world, "ines", world.permit, "paul")
    request = ask(world)
    before = public_side(world.permit)
    agree(world, request)
    assert conversation(world.permit).turn == "client"  # Paul would see that it is theirs no more
    assert public_side(world.permit) == before
