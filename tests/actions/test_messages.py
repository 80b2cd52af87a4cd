"""Posting, editing, deleting and publishing (SPEC M2, M3, M6, D12; RELIABILITY R3)."""

from flask import Flask
from sqlalchemy import select

from portal import access
from portal.actions import discussions, messages
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel.errors import Forbidden, NotFound
from portal.models import Message, MessageVersion
from portal.queries import messages as stretches
from tests.actions.rows import (
    bodies,
    conversation,
    facts,
    last_fact,
    message,
    public_side,
    reads,
    refused,
    say,
    stays,
)
from tests.world import World, token


def test_a_text_reaches_everybody_inside_and_is_one_fact(app: Flask, world: World) -> None:
    key = say(world, "hugo", world.permit, "Hello *Marie*")
    for name in ("ines", "hugo", "marie"):
        shown = reads(world.viewer(name), world.permit)[-1]
        assert (shown.id, shown.html) == (key, "<p>Hello <em>Marie</em></p>")
    event = last_fact(world.permit)
    assert (event.name, event.message_id, event.actor_id) == (
        "message.posted", message(key).id, world.person_id("hugo"),
    )  # fmt: skip


def test_only_participants_write(app: Flask, world: World) -> None:
    for name in ("olga", "adam", "nina", "sam", "luc", "paul", "rosa", "zoe"):
        with refused(NotFound):
            say(world, name, world.permit, "Let me in")
    say(world, "ines", world.permit, "I am in")


def test_a_missing_conversation_and_somebody_elses_are_the_same(app: Flask, world: World) -> None:
    for key in (world.inside, "a" * 26, ""):
        with refused(NotFound):
            say(world, "marie", key, "Is anybody here?")


def test_clients_write_no_notes_and_inside_there_are_none(app: Flask, world: World) -> None:
    with refused(Forbidden):
        say(world, "marie", world.permit, "psst", "note")
    with refused(Forbidden):
        say(world, "ines", world.inside, "psst", "note")
    say(world, "ines", world.permit, "psst", "note")


def test_a_note_moves_nothing_on_the_clients_side(app: Flask, world: World) -> None:
    before = public_side(world.permit)
    note = say(world, "hugo", world.permit, "She pays late, again.", "note")
    messages.edit(world.viewer("hugo"), world.permit, note, body="She pays.")
    messages.delete(world.viewer("ines"), world.permit, note)
    assert public_side(world.permit) == before
    assert (message(note).public_seq, message(note).public_rev) == (None, None)
    text = say(world, "hugo", world.permit, "Hello Marie")
    after = public_side(world.permit)
    assert (after[0], after[1]) == (before[0] + 1, before[1] + 1)
    assert after[2] > before[2]
    assert message(text).public_seq == after[0]


def test_who_writes_has_read(app: Flask, world: World) -> None:
    say(world, "marie", world.permit, "One")
    say(world, "hugo", world.permit, "Two")
    row = conversation(world.permit)
    assert stays(world, world.permit, "hugo")[-1].read == row.seq
    assert stays(world, world.permit, "marie")[-1].read == row.public_seq - 1


def test_an_edit_keeps_what_was_said_before_for_staff(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    before = message(world.text)
    rev, numbers = before.rev, (before.position, before.seq, before.public_seq)
    messages.edit(ines, world.permit, world.text, body="Here is **the** plan.")
    messages.edit(ines, world.permit, world.text, body="There.")
    row = message(world.text)
    assert (row.body, row.versions, row.edited_at is not None) == ("There.", 2, True)
    assert (row.position, row.seq, row.public_seq) == numbers
    assert row.rev > rev
    said = [str(version.html) for version in stretches.versions(world.viewer("hugo"), world.permit, world.text)]
    assert said == ["<p>Here is <strong>the</strong> plan.</p>", "<p>Here is the plan.</p>"]
    with refused(Forbidden):
        stretches.versions(world.viewer("marie"), world.permit, world.text)
    assert reads(world.viewer("marie"), world.permit)[0].versions == 0


def test_an_edit_that_changes_nothing_is_none(app: Flask, world: World) -> None:
    rev = conversation(world.permit).rev
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Here is the plan.\r\n")
    assert (conversation(world.permit).rev, message(world.text).versions) == (rev, 0)


def test_only_the_author_edits(app: Flask, world: World) -> None:
    for name, key in (("hugo", world.text), ("marie", world.text), ("ines", world.answer), ("hugo", world.note)):
        with refused(Forbidden):
            messages.edit(world.viewer(name), world.permit, key, body="I never said that")
    for name, key in (("ines", world.text), ("marie", world.answer), ("ines", world.note)):
        messages.edit(world.viewer(name), world.permit, key, body="What I meant")


def test_a_client_cannot_touch_a_note_not_even_know_of_it(app: Flask, world: World) -> None:
    for deed in (
        lambda: messages.edit(world.viewer("marie"), world.permit, world.note, body="x"),
        lambda: messages.delete(world.viewer("marie"), world.permit, world.note),
        lambda: messages.publish(world.viewer("marie"), world.permit, world.note, body="x", token=token()),
    ):
        with refused(NotFound):
            deed()
    messages.delete(world.viewer("marie"), world.permit, world.answer)


def test_even_a_note_with_a_public_number_reaches_no_client(app: Flask, world: World) -> None:
    """That it has none keeps it from clients already; its kind does so alone, too."""
    note = say(world, "ines", world.permit, "psst", "note")
    number = conversation(world.permit).public_seq
    with transaction():
        row = db.session.scalars(select(Message).where(Message.public_id == note)).one()
        row.public_seq, row.public_rev = number + 1, number + 1
    marie = world.viewer("marie")
    with refused(NotFound):
        stretches.message(marie, world.permit, note)
    assert "psst" not in str(reads(marie, world.permit))
    assert {one.face for one in access.recipients(last_fact(world.permit))} == {"staff"}


def test_editing_a_note_leaves_it_a_note(app: Flask, world: World) -> None:
    messages.edit(world.viewer("ines"), world.permit, world.note, body="Now for all?")
    assert message(world.note).kind == "note"
    assert "Now for all?" not in bodies(world.viewer("marie"), world.permit)
    assert "Now for all?" in bodies(world.viewer("hugo"), world.permit)


def test_a_deleted_message_leaves_a_line_with_its_numbers(app: Flask, world: World) -> None:
    before = message(world.text)
    numbers = (before.position, before.seq, before.public_seq)
    messages.delete(world.viewer("ines"), world.permit, world.text)
    row = message(world.text)
    assert (row.position, row.seq, row.public_seq, row.body, row.html) == (*numbers, "", "")
    shown = reads(world.viewer("marie"), world.permit)[0]
    assert (shown.id, shown.deleted, shown.html) == (world.text, True, "")
    kept = select(MessageVersion.body).where(MessageVersion.message_id == row.id)
    assert db.session.scalars(kept).all() == ["Here is the plan."]


def test_deleting_twice_is_deleting_once(app: Flask, world: World) -> None:
    for _ in range(2):
        messages.delete(world.viewer("marie"), world.permit, world.answer)
    messages.delete(world.viewer("ines"), world.permit, world.answer)  # the owner, who might have
    assert message(world.answer).versions == 1
    assert facts(world.permit).count("message.deleted") == 1
    with refused(Forbidden):
        messages.delete(world.viewer("hugo"), world.permit, world.answer)


def test_the_owner_deletes_any_message_others_their_own_only(app: Flask, world: World) -> None:
    for name in ("hugo", "marie"):
        with refused(Forbidden):
            messages.delete(world.viewer(name), world.permit, world.text)
    messages.delete(world.viewer("marie"), world.permit, world.answer)
    hugos = say(world, "hugo", world.permit, "Oops")
    messages.delete(world.viewer("ines"), world.permit, hugos)
    assert message(hugos).deleted_at is not None


def test_what_is_deleted_or_happened_cannot_be_edited(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    line = next(m for m in stretches.page(ines, world.permit).messages if m.kind == "event").id
    for deed in (
        lambda: messages.edit(ines, world.permit, line, body="x"),
        lambda: messages.delete(ines, world.permit, line),
    ):
        with refused(Forbidden):
            deed()
    messages.edit(ines, world.permit, world.text, body="Still here")
    messages.delete(ines, world.permit, world.text)
    with refused(Forbidden):
        messages.edit(ines, world.permit, world.text, body="Back again")


def test_publishing_a_note_makes_a_new_message_and_the_note_stays(app: Flask, world: World) -> None:
    hugo = world.viewer("hugo")
    published = messages.publish(hugo, world.permit, world.note, body="Please pay on time.", token=token())
    assert published != world.note
    assert (message(world.note).kind, message(world.note).body) == ("note", "She pays late.")
    assert bodies(world.viewer("marie"), world.permit)[-1] == "Please pay on time."
    assert reads(world.viewer("marie"), world.permit)[-1].author.key == world.keys["hugo"]


def test_only_a_note_that_stands_is_published(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    with refused(Forbidden):
        messages.publish(ines, world.permit, world.text, body="x", token=token())
    messages.delete(ines, world.permit, world.note)
    with refused(Forbidden):
        messages.publish(ines, world.permit, world.note, body="x", token=token())


def test_a_clients_word_reopens_what_was_archived(app: Flask, world: World) -> None:
    discussions.archive(world.viewer("ines"), world.permit)
    say(world, "ines", world.permit, "For the file", "note")
    say(world, "ines", world.permit, "A last word")
    assert conversation(world.permit).archived_at is not None
    say(world, "marie", world.permit, "One more thing")
    assert conversation(world.permit).archived_at is None
    assert last_fact(world.permit).name == "discussion.reopened"
