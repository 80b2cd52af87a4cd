"""What an erasure must not leave beside the messages: words, names and titles (SPEC Z9); on both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import select

from portal.access.read_models import MessageView
from portal.actions import (
    agreements,
    discussions,
    erasing,
    exports,
    held as deciding,
    messages,
    participants,
    people,
    spaces,
)
from portal.extensions import db
from portal.kernel import clock
from portal.mailer import notices
from portal.models import Incoming, Mail, Message
from portal.queries import erasures as queries, files as kept, messages as stretches
from portal.queries.discussions import row
from portal.queries.firm import spaces as spaces_of
from portal.record import exports as making
from portal.storage import storage
from tests.mailbox import desk as mail_desk
from tests.record import desk
from tests.world import World, invite, token


def test_exports_that_hold_an_erased_clients_words_are_gone_too(app: Flask, world: World) -> None:
    """Others were in it: the discussion stays, and what was made of it before does not."""
    house = _house(world)
    inside = discussions.create(
        world.viewer("ines"), title="Ours", audience="internal", brand_key=world.brands["North"]
    )
    keys = [
        exports.ask_discussion(world.viewer("ines"), house, contents="firm"),
        exports.ask_client(world.viewer("adam"), world.keys["luc"], contents="firm"),
        exports.ask_discussion(world.viewer("ines"), inside, contents="firm"),
    ]
    paths = [desk.make(key) for key in keys]
    _erase_marie(world)
    making.sweep(desk.var())
    assert [path.exists() for path in paths] == [False, False, True]
    assert [desk.state_of(key) for key in keys] == ["gone", "gone", "ready"]


def test_what_others_quoted_of_it_in_their_mails_goes_and_their_own_words_stay(app: Flask, world: World) -> None:
    to = mail_desk.told(world, "hugo")
    said = "Mine.\n\nOn Monday, Marie wrote:\n> Thank you, says the wildebeest!\n> It is late.\n"
    came = mail_desk.arrive(mail_desk.letter(to, "Hugo <hugo@example.com>", said))
    assert came.fate == "posted"
    raw, key = came.file, db.session.get_one(Message, came.message_id).public_id
    assert "wildebeest" in repr(kept.original(world.viewer("ines"), world.permit, key))
    before = stretches.page(world.viewer("ines"), world.permit).rev
    _erase_marie(world)
    assert "wildebeest" not in repr(desk.contents())
    assert not storage().exists(raw)
    db.session.rollback()
    assert db.session.scalars(select(Incoming.id)).all() == []
    (mine,) = (one for one in stretches.page(world.viewer("ines"), world.permit).messages if one.id == key)
    assert (mine.body, mine.deleted, mine.quoted) == ("Mine.", False, 0)
    changed = stretches.changes(world.viewer("ines"), world.permit, before)
    assert changed
    assert key in [one.id for one in changed.messages], "open pages offer it no more"


def test_a_held_mail_of_somebody_else_waits_on(app: Flask, world: World) -> None:
    to = mail_desk.told(world, "hugo")
    held = mail_desk.arrive(mail_desk.letter(to, "Hugo <hugo@elsewhere.example>", "From my phone."))
    assert held.fate == "held"
    _erase_marie(world)
    assert mail_desk.row(held.public_id).fate == "held"
    assert storage().exists(held.file)


@pytest.mark.parametrize("decided", ["accepted", "refused"])
def test_what_a_held_mail_quotes_of_it_goes_as_soon_as_it_is_decided(app: Flask, world: World, decided: str) -> None:
    to = mail_desk.told(world, "hugo")
    said = "Mine.\n\nOn Monday, Marie wrote:\n> Thank you, says the wildebeest!\n"
    held = mail_desk.arrive(mail_desk.letter(to, "Hugo <hugo@elsewhere.example>", said))
    key, file = held.public_id, held.file
    _erase_marie(world)
    if decided == "accepted":
        deciding.accept(world.viewer("ines"), key, mail_desk.HOUSE.reply_address)
    else:
        deciding.refuse(world.viewer("ines"), key)
    desk.erase()
    assert "wildebeest" not in repr(desk.contents())
    assert not storage().exists(file)
    mine = [one for one in stretches.page(world.viewer("ines"), world.permit).messages if one.body == "Mine."]
    assert [one.quoted for one in mine] == ([0] if decided == "accepted" else [])
    assert queries.proofs(world.viewer("olga"))[0].done_at


def test_mails_of_theirs_that_nobody_was_found_for_go_too(app: Flask, world: World) -> None:
    theirs = mail_desk.arrive(mail_desk.letter("nobody@example.com", "Marie <Marie@example.com>", "Okapi?"))
    other = mail_desk.arrive(mail_desk.letter("nobody@example.com", "Luc <luc@example.com>", "Zebra?"))
    assert (theirs.fate, other.fate) == ("unknown", "unknown")
    files = theirs.file, other.file
    _erase_marie(world)
    assert "Okapi" not in repr(desk.contents())
    assert [storage().exists(one) for one in files] == [False, True]


def test_no_answer_to_a_mail_of_theirs_keeps_an_address_they_wrote_from(app: Flask, world: World) -> None:
    """Whoever else was answered so: that stays."""
    to = mail_desk.told(world, "marie")
    for email, recipient in (
        ("Marie@example.com", "nobody@example.com"), ("marie@elsewhere.example", to), ("hugo@example.com", to),
    ):  # fmt: skip
        mail_desk.arrive(mail_desk.letter(recipient, f"Somebody <{email}>", f"From {email}"))
    answered = select(Mail.email).where(Mail.kind == "answer").order_by(Mail.id)
    assert len(db.session.scalars(answered).all()) == 3
    _erase_marie(world)
    assert db.session.scalars(answered).all() == ["hugo@example.com"]
    assert "marie@" not in repr(desk.contents()).lower()


def test_a_title_they_gave_goes_and_one_that_staff_gave_stays(app: Flask, world: World) -> None:
    space = world.spaces["Delcourt"]
    keys = [
        discussions.start(world.viewer("marie"), title=title, body="Hello", space_key=space, token=token())
        for title in ("My okapi", "My zebra")
    ]
    for key in keys:
        messages.post(world.viewer("olga"), key, body="Yes?", token=token())
        participants.add(world.viewer("olga"), key, world.keys["luc"], confirmed=True)
        notices.look()
        messages.post(world.viewer("olga"), key, body="You too?", token=token())
    with clock.at(clock.now() + timedelta(days=1)):
        while notices.tell(mail_desk.HOUSE):
            pass
    assert {"My okapi", "My zebra"} <= {*db.session.scalars(select(Mail.subject))}
    discussions.rename(world.viewer("olga"), keys[1], title="Delcourt, animals")
    _erase_marie(world)
    whole = repr(desk.contents("erased", "erasure"))
    assert "okapi" not in whole
    assert "zebra" not in whole
    assert [row(world.viewer("luc"), key)[0].title for key in keys] == ["Discussion", "Delcourt, animals"]
    lines = [one.line for one in stretches.page(world.viewer("olga"), keys[0]).messages if one.line]
    assert (lines[0].name, lines[0].actor, lines[0].title) == ("discussion.created", "Erased person", None)
    assert ("discussion.renamed", "Olga Owner", "Discussion") in [(one.name, one.actor, one.title) for one in lines]


def test_lines_that_told_how_their_space_is_and_was_called_tell_it_no_more(app: Flask, world: World) -> None:
    ines, olga = world.viewer("ines"), world.viewer("olga")
    invite(world, "Okapi Single", role="client", brand_keys=(world.brands["North"],), space_name="Okapi & Co")
    (own,) = (key for key, name, _ in spaces_of(olga) if name == "Okapi & Co")
    key = discussions.create(ines, title="Ours", audience="internal", brand_key=world.brands["North"])
    for space in (world.spaces["Delcourt"], own):
        spaces.link(ines, key, space)
    for name in ("The Okapis", "Okapi Single"):
        spaces.rename(olga, own, name=name)
    erasing.ask_client(olga, world.keys["okapi"], typed="Okapi Single")
    desk.erase()
    assert "kapi" not in repr(desk.contents("erased", "erasure"))
    lines = [(one.line.name, one.line.title) for one in stretches.page(ines, key).messages if one.line]
    assert lines[1:] == [
        ("space.changed", "Delcourt"), ("space.changed", "Erased person"),
        *[("space.renamed", "Erased person")] * 2,
    ]  # fmt: skip


def test_who_quoted_it_is_drawn_anew_on_open_pages(app: Flask, world: World) -> None:
    reply = messages.post(world.viewer("ines"), world.permit, body="Noted.", token=token(), reply_to=world.answer)
    assert _shown(world, reply).quote.text == "Thank you!"
    before = stretches.page(world.viewer("ines"), world.permit).rev
    _erase_marie(world)
    quote = _shown(world, reply).quote
    assert (quote.text, quote.deleted) == ("", True)
    changed = stretches.changes(world.viewer("ines"), world.permit, before)
    assert changed
    assert reply in [one.id for one in changed.messages]


def test_what_asked_for_agreement_to_it_asks_no_more_and_can_be_deleted(app: Flask, world: World) -> None:
    ines = world.viewer("ines")
    asked = agreements.ask(ines, world.permit, world.answer, body="So be it?", token=token())
    before = stretches.page(ines, world.permit).rev
    _erase_marie(world)
    assert not _shown(world, asked).asks
    changed = stretches.changes(ines, world.permit, before)
    assert changed
    assert asked in [one.id for one in changed.messages]
    messages.delete(ines, world.permit, asked)
    assert _shown(world, asked).deleted


@pytest.mark.parametrize("of", ["discussion", "client"])
def test_no_digest_keeps_a_title_or_a_name(app: Flask, world: World, of: str) -> None:
    people.set_mails(world.viewer("hugo"), "digest")
    notices.look()
    messages.post(world.viewer("marie"), world.permit, body="Hello?", token=token())
    with clock.at(clock.now() + timedelta(days=1)):
        while notices.tell(mail_desk.HOUSE):
            pass
    digest = select(Mail.text).where(Mail.kind == "digest")
    assert "Marie Delcourt" in db.session.scalars(digest).one()
    if of == "client":
        _erase_marie(world)
    else:
        erasing.ask_discussion(world.viewer("adam"), world.permit, typed="Permit")
        desk.erase()
    db.session.rollback()
    assert db.session.scalars(digest).one() == ""
    assert db.session.scalars(select(Mail.state).where(Mail.kind == "digest")).one() == "none", "it was not sent yet"


def _house(world: World) -> str:
    """A discussion of Marie's and Luc's."""
    ines = world.viewer("ines")
    key = discussions.create(ines, title="House", audience="shared", brand_key=world.brands["North"])
    for name in ("marie", "luc"):
        participants.add(ines, key, world.keys[name], confirmed=True)
    messages.post(world.viewer("marie"), key, body="Okapi.", token=token())
    return key


def _erase_marie(world: World) -> None:
    """Her discussion Permit stays: other clients were in it."""
    erasing.ask_client(world.viewer("olga"), world.keys["marie"], typed="Marie Delcourt")
    desk.erase()
    db.session.rollback()


def _shown(world: World, key: str) -> MessageView:
    db.session.rollback()
    return next(one for one in stretches.page(world.viewer("ines"), world.permit).messages if one.id == key)
