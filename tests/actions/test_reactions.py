"""Emoji at messages (SPEC M16): clients' are seen by staff only, staff's by clients without a name or a number."""

import pytest
from flask import Flask
from sqlalchemy import func, select

from portal.actions import discussions, messages, reactions
from portal.extensions import db
from portal.kernel.errors import Forbidden, Invalid, NotFound
from portal.models import Mail, Notice, Reaction
from portal.queries import discussions as lists, messages as stretches, reactions as queries
from tests.actions.rows import add, conversation, facts, message, refused, remove, say
from tests.world import World

UP, HEART = "👍", "❤️"


def test_staff_read_who_clients_read_that(app: Flask, world: World) -> None:
    for name in ("ines", "hugo", "marie"):
        reactions.put(world.viewer(name), world.permit, world.text, UP)
    assert shown(world, "ines") == [(UP, ("Ines Agent", "Hugo Agent", "Marie Delcourt"))]
    assert shown(world, "marie") == [(UP, ())]
    add(world, "ines", world.permit, "luc")
    reactions.put(world.viewer("luc"), world.permit, world.text, HEART)
    assert shown(world, "marie") == shown(world, "luc") == [(UP, ())], "no client learns what another client put"
    assert queries.own(world.viewer("luc"), world.permit) == {world.text: [HEART]}
    assert queries.own(world.viewer("marie"), world.permit) == {world.text: [UP]}
    assert queries.own(world.viewer("ines"), world.permit) == {}


def test_clients_numbers_move_only_when_what_they_see_does(app: Flask, world: World) -> None:
    def moves(name: str, sign: str = UP, *, on: bool = True, key: str = "") -> tuple[bool, bool]:
        before = conversation(world.permit)
        rev, public_rev = before.rev, before.public_rev
        (reactions.put if on else reactions.take_back)(world.viewer(name), world.permit, key or world.text, sign)
        after = conversation(world.permit)
        return after.rev != rev, after.public_rev != public_rev

    assert moves("marie") == (True, False)
    assert moves("ines") == (True, True), "the first of staff"
    assert moves("hugo") == (True, False), "the second one is no client's to count"
    assert moves("hugo") == (False, False), "twice is once"
    assert moves("ines", on=False) == (True, False)
    assert moves("hugo", on=False) == (True, True), "the last of staff"
    assert moves("hugo", on=False) == (False, False)
    assert moves("ines", key=world.note) == (True, False)
    names = [name for name in facts(world.permit) if "reacted" in name]
    assert names.count("message.reacted") == 2
    assert names.count("message.reacted_inside") == 4


def test_their_order_tells_clients_of_nobody_who_took_one_back(app: Flask, world: World) -> None:
    for name, sign in (("ines", UP), ("ines", HEART), ("hugo", UP)):
        reactions.put(world.viewer(name), world.permit, world.text, sign)
    before = conversation(world.permit).public_rev, shown(world, "marie")
    reactions.take_back(world.viewer("ines"), world.permit, world.text, UP)
    assert (conversation(world.permit).public_rev, shown(world, "marie")) == before


def test_how_many_others_have_put_stops_no_client(app: Flask, world: World) -> None:
    signs = "👍🎉🙏👀😄🚀🔥🌞🍀🎈🐝🐟🦊🐢🦉🦆🌵🌲🍎🍋"
    add(world, "ines", world.permit, "luc")
    for name, some in (("luc", signs[:10]), ("hugo", signs[10:])):
        for sign in some:
            reactions.put(world.viewer(name), world.permit, world.text, sign)
    reactions.put(world.viewer("marie"), world.permit, world.text, HEART)
    assert queries.own(world.viewer("marie"), world.permit) == {world.text: [HEART]}
    with refused(Invalid, "too_many_reactions"):
        reactions.put(world.viewer("ines"), world.permit, world.text, "🍒")


def test_a_note_s_are_the_team_s(app: Flask, world: World) -> None:
    reactions.put(world.viewer("hugo"), world.permit, world.note, UP)
    with refused(NotFound):
        reactions.put(world.viewer("marie"), world.permit, world.note, UP)
    assert message(world.note).public_rev is None
    assert [view.id for view in stretches.page(world.viewer("marie"), world.permit).messages if view.reactions] == []


def test_nothing_becomes_unread_and_no_mail_follows(app: Flask, world: World) -> None:
    unread = lists.unread_marks(world.viewer("hugo")), lists.unread_marks(world.viewer("marie"))
    mails = (
        db.session.scalar(select(func.count()).select_from(Mail)),
        db.session.scalar(select(func.count(Notice.due_at))),
    )
    reactions.put(world.viewer("ines"), world.permit, world.answer, UP)
    assert (lists.unread_marks(world.viewer("hugo")), lists.unread_marks(world.viewer("marie"))) == unread
    now = (
        db.session.scalar(select(func.count()).select_from(Mail)),
        db.session.scalar(select(func.count(Notice.due_at))),
    )
    assert now == mails


def test_a_deleted_message_loses_them(app: Flask, world: World) -> None:
    reactions.put(world.viewer("hugo"), world.permit, world.text, UP)
    messages.delete(world.viewer("ines"), world.permit, world.text)
    assert (shown(world, "ines"), shown(world, "marie")) == ([], [])
    assert db.session.scalar(select(func.count()).select_from(Reaction)) == 0
    with refused(Forbidden):
        reactions.put(world.viewer("hugo"), world.permit, world.text, UP)


def test_only_who_is_in_it_and_only_what_is_an_emoji(app: Flask, world: World) -> None:
    for name in ("adam", "luc", "zoe", "paul"):
        with refused(NotFound):
            reactions.put(world.viewer(name), world.permit, world.text, UP)
    for word in ("", "a", "<b>", "👍👍", ":+1:", "👍" * 30):
        with refused(Invalid, "bad_request"):
            reactions.put(world.viewer("hugo"), world.permit, world.text, word)
    for sign in (UP, HEART, "👩🏽‍🚀", "🏴󠁧󠁢󠁳󠁣󠁴󠁿"):
        reactions.put(world.viewer("hugo"), world.permit, world.text, sign)
    remove(world, "ines", world.permit, "hugo")
    with refused(NotFound):
        reactions.take_back(world.viewer("hugo"), world.permit, world.text, UP)


def test_a_line_about_what_happened_takes_none(app: Flask, world: World) -> None:
    discussions.rename(world.viewer("ines"), world.permit, title="Other")
    line = stretches.page(world.viewer("ines"), world.permit).messages[-1]
    assert line.kind == "event"
    with refused(Forbidden):
        reactions.put(world.viewer("ines"), world.permit, line.id, UP)


def test_there_are_so_many_and_no_more(app: Flask, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reactions, "KINDS", 3)
    monkeypatch.setattr(reactions, "EACH", 2)
    for sign in "😀😁":
        reactions.put(world.viewer("hugo"), world.permit, world.text, sign)
    with refused(Invalid, "too_many_reactions"):
        reactions.put(world.viewer("hugo"), world.permit, world.text, "😂")
    reactions.put(world.viewer("ines"), world.permit, world.text, "😂")
    with refused(Invalid, "too_many_reactions"):
        reactions.put(world.viewer("marie"), world.permit, world.text, UP)
    reactions.put(world.viewer("marie"), world.permit, world.text, "😂")


def test_those_of_a_page_are_asked_for_once(app: Flask, world: World) -> None:
    key = say(world, "ines", world.permit, "Another")
    for name in ("ines", "hugo"):
        for target in (key, world.text):
            reactions.put(world.viewer(name), world.permit, target, UP)
    found = {view.id: view.reactions for view in stretches.page(world.viewer("hugo"), world.permit).messages}
    assert [one.emoji for one in found[key]] == [one.emoji for one in found[world.text]] == [UP]


def shown(world: World, name: str) -> list[tuple[str, tuple[str, ...]]]:
    """The emoji at the cast's first text, as somebody reads them."""
    views = stretches.page(world.viewer(name), world.permit).messages
    (view,) = [view for view in views if view.id == world.text]
    assert view == stretches.message(world.viewer(name), world.permit, world.text)
    return [(one.emoji, one.names) for one in view.reactions]
