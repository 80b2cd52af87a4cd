"""Stretches of messages: the newest, the older ones, what changed since (SPEC M3, M11, M12)."""

import pytest
from flask import Flask

from portal.actions import firm, messages
from portal.kernel.errors import Forbidden, NotFound
from portal.queries import messages as stretches
from tests.actions.rows import add, conversation, refused, remove, say
from tests.world import World


@pytest.mark.parametrize("name", ["ines", "marie"])
def test_m12_stretches_follow_each_other_without_gap_or_double(
    app: Flask, world: World, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(12):
        say(world, "hugo", world.permit, f"{number}", "note" if number % 3 == 1 else "text")
    viewer = world.viewer(name)
    whole = [message.id for message in stretches.page(viewer, world.permit).messages]
    monkeypatch.setattr(stretches, "PAGE", 4)
    page = stretches.page(viewer, world.permit)
    assert page.end
    found = list(page.messages)
    while page.older is not None:
        page = stretches.page(viewer, world.permit, before=page.older)
        assert not page.end
        found = [*page.messages, *found]
    assert [message.id for message in found] == whole
    positions = [message.position for message in found]
    assert positions == sorted(set(positions))


def test_what_changed_is_new_edited_and_deleted_alike(app: Flask, world: World) -> None:
    pages = {name: stretches.page(world.viewer(name), world.permit) for name in ("hugo", "marie")}
    new = say(world, "ines", world.permit, "New")
    note = say(world, "ines", world.permit, "A new note", "note")
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Edited")
    messages.delete(world.viewer("marie"), world.permit, world.answer)
    for name, expected in (("hugo", {new, note, world.text, world.answer}), ("marie", {new, world.text, world.answer})):
        changed = stretches.changes(world.viewer(name), world.permit, pages[name].rev)
        assert changed is not None
        assert {message.id for message in changed.messages} == expected
        again = stretches.changes(world.viewer(name), world.permit, changed.rev)
        assert again is not None
        assert (again.messages, again.rev) == ((), changed.rev)


def test_a_note_is_no_change_for_a_client(app: Flask, world: World) -> None:
    marie = world.viewer("marie")
    before = stretches.page(marie, world.permit)
    say(world, "ines", world.permit, "A note", "note")
    messages.edit(world.viewer("ines"), world.permit, world.note, body="Another")
    add(world, "ines", world.permit, "nina")
    assert stretches.page(marie, world.permit) == before
    changed = stretches.changes(marie, world.permit, before.rev)
    assert changed is not None
    assert (changed.messages, changed.rev) == ((), before.rev)


def test_a_page_that_missed_too_much_is_told_to_load_itself(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "CHANGES", 3)
    rev = conversation(world.permit).rev
    for number in range(3):
        say(world, "ines", world.permit, f"{number}")
    assert stretches.changes(world.viewer("hugo"), world.permit, rev) is not None
    say(world, "ines", world.permit, "one more")
    assert stretches.changes(world.viewer("hugo"), world.permit, rev) is None


def test_a_client_s_numbers_have_no_holes_where_the_notes_are(app: Flask, world: World) -> None:
    for kind in ("note", "text", "note", "note", "text"):
        say(world, "ines", world.permit, "Something", kind)
    shown = stretches.page(world.viewer("marie"), world.permit).messages
    last = conversation(world.permit).public_seq
    assert [(one.number, one.position) for one in shown] == [(n, n) for n in range(last - 3, last + 1)]
    assert {one.kind for one in shown} == {"text"}
    assert {(one.versions, one.origin, one.line) for one in shown} == {(0, "", None)}


def test_staff_read_the_lines_of_what_happened_and_clients_none(app: Flask, world: World) -> None:
    lines = [one.line for one in stretches.page(world.viewer("hugo"), world.permit).messages if one.line]
    told = [(line.name, line.actor, line.person) for line in lines]
    assert ("participant.added", "Ines Agent", "Marie Delcourt") in told
    assert ("participant.removed", "Ines Agent", "Zoe Gone") in told
    assert not any(one.line for one in stretches.page(world.viewer("marie"), world.permit).messages)


def test_d5_where_the_brand_speaks_all_staff_are_one(app: Flask, world: World) -> None:
    say(world, "hugo", world.permit, "I am Hugo")
    firm.update_firm(world.viewer("adam"), name="Delta", staff_names="brand")
    authors = {one.author for one in stretches.page(world.viewer("marie"), world.permit).messages}
    assert {author.key for author in authors if author.by_staff} == {"team"}
    assert len([author for author in authors if author.by_staff]) == 1, "no hue, no initials, no name tells them apart"
    seen = repr(stretches.page(world.viewer("marie"), world.permit))
    for name in ("ines", "hugo"):
        assert world.keys[name] not in seen
        assert name not in seen.lower().replace("i am hugo", "")


def test_d6_clients_do_not_learn_of_each_other_until_one_has_written(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "paul")
    page = stretches.page(world.viewer("marie"), world.permit)
    assert "Paul" not in repr(page)
    say(world, "paul", world.permit, "Good morning")
    assert stretches.page(world.viewer("marie"), world.permit).messages[-1].author.name == "Paul Brun"


def test_one_message_is_found_by_who_may_read_it_and_in_its_own_discussion(app: Flask, world: World) -> None:
    assert stretches.message(world.viewer("marie"), world.permit, world.text).body == "Here is the plan."
    assert stretches.message(world.viewer("hugo"), world.permit, world.note).kind == "note"
    for name, key, message in (
        ("marie", world.permit, world.note),
        ("hugo", world.inside, world.text),
        ("adam", world.permit, world.text),
        ("hugo", world.permit, "a" * 26),
    ):
        with refused(NotFound):
            stretches.message(world.viewer(name), key, message)


def test_the_forms_of_editing_and_publishing_are_for_whom_the_deed_is(app: Flask, world: World) -> None:
    for look, name, key in (
        (stretches.own_message, "hugo", world.text),
        (stretches.note_to_publish, "hugo", world.text),
        (stretches.versions, "marie", world.text),
    ):
        with refused(Forbidden):
            look(world.viewer(name), world.permit, key)
    with refused(NotFound):
        stretches.note_to_publish(world.viewer("marie"), world.permit, world.note)
    stretches.own_message(world.viewer("ines"), world.permit, world.text)
    stretches.note_to_publish(world.viewer("hugo"), world.permit, world.note)
    remove(world, "ines", world.permit, "hugo")
    with refused(NotFound):
        stretches.note_to_publish(world.viewer("hugo"), world.permit, world.note)
