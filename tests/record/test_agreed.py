"""Agreements in exports (SPEC Z7, Z9): all that is on record for the firm, their own alone for a client."""

import hashlib

from flask import Flask

from portal.actions import agreements, participants
from tests.record import desk
from tests.world import World, token


def _asked(world: World) -> str:
    participants.add(world.viewer("ines"), world.permit, world.keys["paul"], confirmed=True)
    request = agreements.ask(world.viewer("ines"), world.permit, world.text, body="Do you agree?", token=token())
    for name in ("marie", "paul"):
        agreements.answer(world.viewer(name), request, world.permit, agreed=True)
    return request


def test_the_firm_s_file_has_who_agreed_to_what_with_hashes_that_can_be_made_again(app: Flask, world: World) -> None:
    _asked(world)
    found = desk.export(world, "ines", discussion=world.permit, contents="firm", notes=False)
    asked = next(one["agreement"] for one in desk.said(found) if "agreement" in one)
    assert isinstance(asked, dict)
    assert hashlib.sha256(asked["frozen"].encode()).hexdigest() == asked["sha256"]
    assert [hashlib.sha256(one["record"].encode()).hexdigest() for one in asked["answers"]] == [
        one["sha256"] for one in asked["answers"]
    ]
    text, _ = desk.paper(found)
    page = found.read("conversation.html").decode()
    for words in ("Marie Delcourt agreed.", "Paul Brun agreed.", asked["sha256"]):
        assert words in page
        assert words.replace(" ", "") in text.replace(" ", "").replace("\n", "")


def test_a_client_s_has_their_own_answer_alone(app: Flask, world: World) -> None:
    _asked(world)
    found = desk.export(world, "ines", discussion=world.permit, **desk.as_client(world, "marie"))
    assert "Marie Delcourt agreed." in found.read("conversation.html").decode()
    assert "Paul" not in desk.everything(found)
