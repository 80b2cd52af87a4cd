"""Who is asking: from a cookie to a viewer, who may be told, and what each face is shown (SPEC P7, D5, D10)."""

from dataclasses import fields, replace

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from portal import access
from portal.access.show import Shower
from portal.actions import devices, firm
from portal.extensions import db
from portal.kernel.errors import SignedOut
from portal.models import Conversation, Event, Message
from tests.actions.rows import browsing, disable, last_fact, remove, say
from tests.world import World

INTERNAL = {"person_id", "device_id"}


def test_a_cookie_s_secret_is_its_person_and_any_other_nobody(app: Flask, world: World) -> None:
    secret = world.cookie_secret("marie")
    viewer = access.principal(secret)
    assert viewer is not None
    assert (viewer.key, viewer.face, viewer.role, viewer.via) == (world.keys["marie"], "client", "client", "session")
    for other in ("", "guess", secret[:-1], secret + "x", world.keys["marie"], "é"):
        assert access.principal(other) is None
    devices.sign_out(viewer)
    assert access.principal(secret) is None
    with pytest.raises(SignedOut):
        access.confirm(viewer)


def test_a_viewer_whose_device_is_another_s_does_not_stand(app: Flask, world: World) -> None:
    """The device decides who it is; a viewer put together otherwise would carry another's rights."""
    marie, ines = browsing(world, "marie"), browsing(world, "ines")
    access.confirm(marie)
    for device in (None, ines.device_id):
        with pytest.raises(SignedOut):
            access.confirm(replace(marie, device_id=device))
    assert access.confirm(ines).role == "agent"
    assert not replace(marie, role="owner").is_staff, "a face does not follow from a role"


def test_who_is_told_of_a_text_a_note_and_a_line(app: Flask, world: World) -> None:
    for kind, names in (("text", {"ines", "hugo", "marie"}), ("note", {"ines", "hugo"})):
        say(world, "hugo", world.permit, "Hello", kind)
        assert _told(world, last_fact(world.permit)) == names
    remove(world, "ines", world.permit, "marie")
    assert _told(world, last_fact(world.permit)) == {"ines", "hugo"}


def test_of_an_account_s_own_affairs_nobody_else_is_told(app: Flask, world: World) -> None:
    disable(world, "nina")
    event = db.session.scalars(select(Event).order_by(Event.id.desc())).first()
    assert event is not None
    assert access.recipients(event) == access.participants(event) == ()


def test_everybody_is_told_in_their_own_language(app: Flask, world: World) -> None:
    say(world, "ines", world.permit, "Hello")
    for one in access.recipients(last_fact(world.permit)):
        assert (one.language, one.face in {"staff", "client"}) == ("en", True)


def test_the_client_s_face_cannot_be_shown_a_note(app: Flask, world: World) -> None:
    """The last lock: whoever asks for it by mistake gets an error, not the words."""
    for key in (world.note, _line(world)):
        message, conversation = _rows(key)
        with pytest.raises(ValueError, match="for staff"):
            Shower("client", "full").message(message, conversation)
        assert Shower("staff").message(message, conversation).id == key
    text, conversation = _rows(world.text)
    assert Shower("client", "full").message(text, conversation).body == "Here is the plan."


def test_d5_without_a_firm_s_choice_the_most_discreet_one_holds(app: Flask, world: World) -> None:
    shower = access.shower("client", None)
    text, conversation = _rows(world.text)
    assert shower.author(text.author, conversation.brand).key == "team"


def test_d5_no_trace_of_who_on_staff_wrote_is_left_where_the_brand_speaks(app: Flask, world: World) -> None:
    hugos = say(world, "hugo", world.permit, "I am here")
    firm.update_firm(world.viewer("adam"), name="Delta", staff_names="brand")
    shown = [Shower("client", "brand").message(*_rows(key)) for key in (world.text, hugos)]
    assert shown[0].author == shown[1].author
    mine = Shower("client", "brand").message(*_rows(world.answer))
    assert (mine.author.name, mine.author.key) == ("Marie Delcourt", world.keys["marie"])


def test_a_page_s_me_has_nothing_internal(app: Flask, world: World) -> None:
    marie = browsing(world, "marie")
    shown = access.me(marie)
    assert not INTERNAL & {field.name for field in fields(shown)}
    assert str(marie.person_id) not in {str(getattr(shown, field.name)) for field in fields(shown)} - {str(shown.hue)}


def _told(world: World, event: Event) -> set[str]:
    names = {world.person_id(name): name for name in world.keys}
    return {names[one.person_id] for one in access.recipients(event)}


def _line(world: World) -> str:
    return db.session.scalars(select(Message.public_id).where(Message.kind == "event")).first() or ""


def _rows(key: str) -> tuple[Message, Conversation]:
    query = (
        select(Message, Conversation)
        .join(Conversation, Conversation.id == Message.conversation_id)
        .where(Message.public_id == key)
        .options(joinedload(Message.author), joinedload(Message.event), joinedload(Conversation.brand))
    )
    message, conversation = db.session.execute(query.execution_options(populate_existing=True)).one()
    if message.event is not None:
        db.session.refresh(message.event, ["subject"])
    return message, conversation
