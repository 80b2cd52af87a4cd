"""Answering a message: what is quoted, to whom, and that it is drawn from what it is now (SPEC M4, D7)."""

import pytest
from flask import Flask

from portal.access.read_models import QuoteView
from portal.actions import messages, said
from portal.kernel.errors import Invalid
from portal.queries import messages as stretches
from tests.actions.rows import add, conversation, facts, message, public_side, reads, refused, remove, say
from tests.world import World, token

HIDDEN = QuoteView()  # an earlier message, and no more


def answer(world: World, name: str, to: str, body: str = "Yes.", kind: str = "text") -> str:
    """Somebody answers a message."""
    return messages.post(world.viewer(name), world.permit, body=body, kind=kind, token=token(), reply_to=to)


def quoted(world: World, name: str) -> QuoteView:
    """What somebody reads of what the newest message answers."""
    quote = reads(world.viewer(name), world.permit)[-1].quote
    assert quote is not None
    return quote


def test_an_answer_quotes_what_it_answers_to_both_sides(app: Flask, world: World) -> None:
    answer(world, "marie", world.text)
    for name in ("ines", "marie"):
        found = quoted(world, name)
        assert (found.id, found.author_name, found.text) == (world.text, "Ines Agent", "Here is the plan.")
    assert reads(world.viewer("marie"), world.permit)[0].quote is None


def test_the_quote_is_what_the_message_says_now_on_every_page(app: Flask, world: World) -> None:
    key = answer(world, "marie", world.text)
    rev, public = conversation(world.permit).rev, public_side(world.permit)[1]
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Here is **another**.")
    assert quoted(world, "marie").text == "Here is another."
    assert (message(key).rev, message(key).public_rev) == (rev + 2, public + 2), "open pages are told"
    assert facts(world.permit)[-2:] == ["message.edited", "message.redrawn"]
    messages.delete(world.viewer("ines"), world.permit, world.text)
    for name in ("ines", "marie"):
        assert (quoted(world, name).text, quoted(world, name).deleted) == ("", True)


def test_of_very_many_answers_the_newest_are_told_and_the_others_asked_for(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a change of what half a discussion answers would hold everybody up; a page that sees the gap asks."""
    monkeypatch.setattr(said, "DRAWN", 2)
    keys = [answer(world, "marie", world.text) for _ in range(3)]
    note = answer(world, "hugo", world.text, kind="note")
    revs, events = (conversation(world.permit).rev, public_side(world.permit)[1]), len(facts(world.permit))
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Another")
    assert facts(world.permit)[events:] == ["message.edited", "message.redrawn", "message.redrawn"]
    staff, client = (stretches.changes(world.viewer(name), world.permit, rev + 1)
                     for name, rev in zip(("ines", "marie"), revs, strict=True))  # fmt: skip
    assert staff
    assert client
    assert [one.id for one in staff.messages] == [*keys, note]
    assert [one.id for one in client.messages] == keys
    assert (client.rev, max(one.rev for one in client.messages)) == (revs[1] + 4, revs[1] + 4)
    messages.edit(world.viewer("hugo"), world.permit, note, body="She answers a lot")
    assert public_side(world.permit)[1] == revs[1] + 4


def test_what_clients_quote_is_told_to_them_however_many_notes_answer_it_since(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of a gap that nothing follows their pages would not know, and go on showing what was deleted."""
    monkeypatch.setattr(said, "DRAWN", 2)
    key = answer(world, "marie", world.text)
    notes = [answer(world, "hugo", world.text, kind="note") for _ in range(2)]
    rev, events = public_side(world.permit)[1], len(facts(world.permit))
    messages.delete(world.viewer("ines"), world.permit, world.text)
    assert facts(world.permit)[events:][:3] == ["message.deleted", "message.redrawn", "message.redrawn_inside"]
    assert message(key).public_rev == public_side(world.permit)[1] == rev + 2
    assert message(key).rev < message(notes[1]).rev
    assert message(notes[0]).rev == message(key).rev - 1, "the one that is left to be asked for"


def test_an_answer_to_a_note_is_a_note(app: Flask, world: World) -> None:
    with refused(Invalid, "reply_is_note"):
        answer(world, "hugo", world.note)
    before = public_side(world.permit)
    answer(world, "hugo", world.note, kind="note")
    assert quoted(world, "ines").text == "She pays late."
    messages.edit(world.viewer("ines"), world.permit, world.note, body="She pays.")
    answer(world, "hugo", world.text, kind="note")
    assert public_side(world.permit) == before, "nothing of it moves anything on the clients' side"


def test_a_change_that_only_a_note_quotes_is_one_change_to_clients(app: Flask, world: World) -> None:
    answer(world, "hugo", world.text, kind="note")
    public = public_side(world.permit)[1]
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Another plan.")
    assert public_side(world.permit)[1] == public + 1


@pytest.mark.parametrize("which", ["note", "inside", "missing", "event"])
def test_one_answers_only_what_one_sees(app: Flask, world: World, which: str) -> None:
    inside = say(world, "hugo", world.inside, "Between us.")
    event = next(
        shown for shown in stretches.page(world.viewer("ines"), world.permit).messages if shown.kind == "event"
    ).id
    to = {"note": world.note, "inside": inside, "missing": "a" * 26, "event": event}[which]
    with refused(Invalid, "reply_gone"):
        answer(world, "marie", to)
    answer(world, "marie", world.text)


def test_who_reads_from_now_on_reads_no_quoted_words_of_before(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "luc", history="now")
    answer(world, "marie", world.text)
    assert quoted(world, "luc") == HIDDEN
    assert quoted(world, "marie") == HIDDEN, "a fragment is the same for all clients"
    assert quoted(world, "hugo").text == "Here is the plan."
    public = public_side(world.permit)[1]
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Another plan.")
    assert public_side(world.permit)[1] == public + 1, "what shows no words does not change with them"
    later = say(world, "ines", world.permit, "Since then.")
    answer(world, "marie", later)
    assert quoted(world, "luc").text == "Since then."


def test_a_colleague_who_reads_from_now_on_reads_none_either(app: Flask, world: World) -> None:
    add(world, "ines", world.permit, "nina", history="now")
    answer(world, "marie", world.text)
    assert (quoted(world, "nina"), quoted(world, "hugo")) == (HIDDEN, HIDDEN)
    assert quoted(world, "marie") == HIDDEN, "what clients are told again must tell her nothing of when it changed"


@pytest.mark.parametrize("history", ["all", "now", "gap"])
def test_who_comes_later_reads_quoted_only_what_they_may_read(app: Flask, world: World, history: str) -> None:
    """Whoever reads the answer may read what it quotes, however they came, left and came again."""
    add(world, "ines", world.permit, "luc")
    remove(world, "ines", world.permit, "luc")
    missed = say(world, "ines", world.permit, "While you were away.")
    answer(world, "marie", missed, "Noted.")
    add(world, "ines", world.permit, "luc", history=history)
    answer(world, "marie", missed, "Again.")
    mine = reads(world.viewer("luc"), world.permit)
    for shown in mine:
        assert shown.quote is None or not shown.quote.id or shown.quote.id in {one.id for one in mine}
    assert "Again." in [shown.body for shown in mine]
    assert ("While you were away." in [shown.body for shown in mine]) == (history == "gap")


def test_an_answer_with_a_mention_in_what_it_quotes_names_nobody_anew(app: Flask, world: World) -> None:
    key = say(world, "ines", world.permit, "Ask @Hugo Agent.")
    answer(world, "marie", key)
    assert "Hugo" in quoted(world, "ines").text
    assert "Hugo" not in quoted(world, "marie").text
