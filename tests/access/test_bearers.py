"""Who comes by a mail, with its link or by answering it: one person, one discussion, nothing beside (E3, E4)."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from random import Random

import pytest
from flask import Flask
from sqlalchemy import select

from portal import access
from portal.access import Act, Viewer
from portal.access.viewer import LINK, MAIL
from portal.actions import devices, messages, participants, people, pictures, read_marks
from portal.actions.unit import transaction
from portal.extensions import db, secret_key
from portal.kernel import clock, tokens
from portal.kernel.errors import Forbidden, NotFound, Refusal, SignedOut
from portal.models import Conversation, Firm, Mail
from portal.queries import discussions, firm, messages as stretches, people as lists
from portal.queries.discussions import Filter
from tests.drama import ACTORS, Play, all_messages
from tests.world import World, token

DAYS = timedelta(days=30)


@pytest.mark.parametrize("seed", range(3))
def test_a_limited_viewer_sees_of_its_discussion_what_its_person_sees_and_of_others_nothing(
    app: Flask, world: World, seed: int
) -> None:
    play = Play(world, Random(seed))
    for _ in range(60):
        play.act()
    shown = 0
    for name in ACTORS:
        here = {key: _seen(world.viewer(name), key) for key in play.discussions}
        for key in play.discussions:
            limited = _limited(world.viewer(name), key)
            assert _seen(limited, key) == here[key]
            assert not any(_seen(limited, other) for other in play.discussions if other != key)
            assert {row.id for row, _ in discussions.page(limited, Filter()).rows} <= {key}
            assert set(discussions.unread_marks(limited)) <= {key}
            shown += len(here[key])
    assert shown > 30, "a play in which nothing is said proves nothing"


def test_a_limited_viewer_is_given_no_message_of_another_discussion_by_its_id(app: Flask, world: World) -> None:
    hugo = world.viewer("hugo")
    (inside,) = _seen(hugo, world.inside) - {m.id for m in all_messages(hugo, world.inside) if m.line}
    assert stretches.message(_limited(hugo, world.inside), world.inside, inside)
    assert stretches.message(_limited(hugo, world.permit), world.permit, world.note)
    with pytest.raises(NotFound):
        stretches.message(_limited(hugo, world.permit), world.inside, inside)


def test_a_limited_viewer_finds_nobody_and_no_place(app: Flask, world: World) -> None:
    for name in ("olga", "ines", "marie"):
        limited = _limited(world.viewer(name), world.permit)
        assert not any(lists.people(limited, face) for face in ("staff", "client"))
        assert not firm.brands(limited)
        assert not firm.spaces(limited)
        assert not discussions.ownerless(limited) if name == "olga" else True
    assert firm.spaces(world.viewer("marie"))


def test_a_limited_viewer_writes_and_does_nothing_else(app: Flask, world: World) -> None:
    ines, marie = (_limited(world.viewer(name), world.permit) for name in ("ines", "marie"))
    assert {act for act in Act if access.can(ines, act, access.conversation(ines, world.permit))} == {
        Act.WRITE,
        Act.NOTE,
    }
    deeds: tuple[Callable[[], object], ...] = (
        lambda: people.set_mails(marie, "none"),
        lambda: people.update_profile(marie, name="X", language="en", time_zone="UTC", enter_sends=True),
        lambda: devices.sign_out(marie),
        lambda: pictures.remove_picture(marie),
        lambda: messages.delete(marie, world.permit, world.answer),
        lambda: messages.edit(marie, world.permit, world.answer, body="Other"),
        lambda: participants.add(ines, world.permit, world.keys["nina"]),
    )
    for deed in deeds:
        with pytest.raises(Forbidden):
            deed()


def test_a_link_is_its_person_in_its_discussion_until_it_ends(app: Flask, world: World) -> None:
    key = _mail(world, "marie", world.permit)
    held = access.by_link(tokens.seal(secret_key(), "link", key))
    assert (held.viewer.key, held.viewer.via, held.discussion) == (world.keys["marie"], LINK, world.permit)
    with pytest.raises(Forbidden):
        read_marks.read(held.viewer, world.permit, 2**40)  # on this device nobody gave a code
    _want_no_codes()
    assert read_marks.read(held.viewer, world.permit, 2**40)
    with clock.at(clock.now() + DAYS + timedelta(seconds=1)):
        _is_over(key)
        with pytest.raises(SignedOut):
            messages.post(held.viewer, world.permit, body="Late", token=token())


@pytest.mark.parametrize(
    "how", ["removed", "removed and back", "disabled", "altered", "of another purpose", "of staff"]
)
def test_a_link_ends_with_its_reasons(app: Flask, world: World, how: str) -> None:
    key = _mail(world, "ines" if how == "of staff" else "marie", world.permit)
    secret = tokens.seal(secret_key(), "link", key)
    if how != "of staff":
        access.by_link(secret)
    match how:
        case "removed":
            participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
        case "removed and back":
            participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
            participants.add(world.viewer("ines"), world.permit, world.keys["marie"], confirmed=True)
        case "disabled":
            people.disable(world.viewer("olga"), world.keys["marie"])
        case "altered":
            secret = secret[:-1] + ("a" if secret[-1] != "a" else "b")
        case "of another purpose":
            secret = tokens.seal(secret_key(), "unsubscribe", key)
    with pytest.raises(NotFound):
        access.by_link(secret)


@pytest.mark.parametrize("name", ["marie", "hugo"])
def test_an_answer_is_its_person_as_long_as_they_are_in(app: Flask, world: World, name: str) -> None:
    secret = tokens.derive(secret_key(), "reply", _mail(world, name, world.permit))
    held = access.by_answer(secret)
    assert (held.viewer.key, held.viewer.via) == (world.keys[name], MAIL)
    kept = messages.post(held.viewer, world.permit, body="By mail", token=token())
    assert kept in _seen(world.viewer("ines"), world.permit)
    participants.remove(world.viewer("ines"), world.permit, world.keys[name])
    with pytest.raises(NotFound):
        access.by_answer(secret)
    with pytest.raises(Refusal):
        messages.post(held.viewer, world.permit, body="Late", token=token())


def _want_no_codes() -> None:
    with transaction():
        db.session.scalars(select(Firm)).one().link_codes = False


def _is_over(key: str) -> None:
    db.session.rollback()
    with pytest.raises(NotFound):
        access.by_link(tokens.seal(secret_key(), "link", key))


def _limited(viewer: Viewer, key: str) -> Viewer:
    """The same person, as a job that came by a mail of that discussion."""
    return replace(viewer, limit=db.session.scalars(select(Conversation.id).where(Conversation.public_id == key)).one())


def _mail(world: World, name: str, key: str) -> str:
    """A mail to somebody about a discussion; gives its public id."""
    mail_key = tokens.new_id()
    with transaction():
        conversation = select(Conversation.id).where(Conversation.public_id == key)
        db.session.add(
            Mail(
                public_id=mail_key,
                kind="notice",
                person_id=world.person_id(name),
                conversation_id=db.session.scalars(conversation).one(),
                email=f"{name}@example.com",
                reply=tokens.digest(tokens.derive(secret_key(), "reply", mail_key)),
                link_ends_at=clock.now() + DAYS,
            )
        )
    return mail_key


def _seen(viewer: Viewer, key: str) -> set[str]:
    return {message.id for message in all_messages(viewer, key)}
