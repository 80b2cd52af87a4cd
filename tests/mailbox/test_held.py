"""SPEC E5: held mails are decided by staff of their discussion, and by nobody else; what is decided is written down."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, update

from portal import access
from portal.actions import held as actions, messages, participants, people
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Conflict, Invalid, NotFound
from portal.models import Address, Event, Incoming, Mail, Message
from portal.queries import held as queries, links, messages as stretches
from tests.actions.rows import at_once, refused
from tests.conftest import Stage
from tests.doors.cells import CAST, CLIENTS, STAFF
from tests.mailbox.desk import (
    HOUSE,
    TO_NOBODY,
    arrive,
    bound,
    fate,
    held,
    letter,
    nothing_said,
    posted,
    row,
    told,
)
from tests.mailbox.test_replies import with_files
from tests.queries.statements import statements
from tests.world import World

REPLY = HOUSE.reply_address
BrowserOf = Callable[[str | None], FlaskClient]


def test_staff_of_the_discussion_see_it_and_nobody_else(world: World) -> None:
    held(world, body="Please hurry.")
    for name in STAFF:
        found = queries.page(world.viewer(name)).held
        assert [one.words for one in found] == (["Please hurry."] if name in {"ines", "hugo"} else []), name
        assert queries.count(world.viewer(name)) == len(found)
    for name in ("marie", "luc", "paul"):
        assert queries.page(world.viewer(name)).held == ()
        assert queries.count(world.viewer(name)) == 0


def test_accepted_it_is_the_persons_message_and_the_decision_is_kept(world: World) -> None:
    key = held(world, body="Please hurry.").public_id
    actions.accept(world.viewer("hugo"), key, REPLY)
    assert posted(world, "marie") == [("text", "Please hurry.")]
    came = row(key)
    assert (came.fate, came.decider_id) == ("posted", world.person_id("hugo"))
    assert came.decided_at is not None
    assert db.session.scalars(select(Event.name).order_by(Event.id.desc())).first() == "mail.decided"
    assert queries.page(world.viewer("ines")).held == ()
    assert fate(letter(bound(world, "marie"), "elsewhere@example.net"))[0] == "held", (
        "the address is not theirs by that"
    )


def test_the_address_can_be_taken_for_theirs_from_then_on(world: World) -> None:
    actions.accept(world.viewer("ines"), held(world).public_id, REPLY, theirs=True)
    assert fate(letter(bound(world, "marie"), "elsewhere@example.net")) == ("posted", "")


@pytest.mark.promise("M4")
def test_who_takes_an_address_for_a_clients_cannot_let_themselves_in_by_it(world: World) -> None:
    """It is their word alone: neither a mail to sign in with goes there, nor a notice with its link."""
    actions.accept(world.viewer("ines"), held(world).public_id, REPLY, theirs=True)
    assert links.reader("marie@example.com")
    assert links.reader("elsewhere@example.net") is None
    with transaction():
        gone = update(Address).where(Address.email == "marie@example.com")
        db.session.execute(gone.values(bounced_at=clock.now()))
    told(world, "marie")
    kinds = db.session.scalars(select(Mail.kind).where(Mail.email == "elsewhere@example.net")).all()
    assert set(kinds) == {"answer"}, "that it waits is all they are told"


def test_an_address_of_somebody_else_is_nobodys_to_give(world: World) -> None:
    raw = letter(bound(world, "marie"), "paul@example.com")
    key = arrive(raw).public_id
    with refused(Invalid, "email_taken"):
        actions.accept(world.viewer("ines"), key, REPLY, theirs=True)
    assert row(key).fate == "held"


def test_a_look_alike_and_a_colleagues_address_are_not_given(world: World) -> None:
    for name, sender in (("marie", "mаrie@example.com"), ("hugo", "hugo@example.net")):
        key = arrive(letter(bound(world, name), sender)).public_id
        with refused(Invalid, "bad_email"):
            actions.accept(world.viewer("ines"), key, REPLY, theirs=True)
    assert db.session.scalar(select(Address.id).where(Address.email == "hugo@example.net")) is None


def test_refused_it_is_kept_and_shown_no_more(world: World) -> None:
    key = held(world).public_id
    with nothing_said():
        actions.refuse(world.viewer("ines"), key)
    assert row(key).fate == "refused"
    assert queries.count(world.viewer("ines")) == 0
    with refused(NotFound):
        actions.accept(world.viewer("ines"), key, REPLY)
    assert arrive(letter(bound(world, "marie"), "elsewhere@example.net")).fate == "held"


@pytest.mark.promise("S3")
def test_a_held_answer_to_a_note_becomes_a_note(world: World) -> None:
    actions.accept(world.viewer("ines"), held(world, "hugo", notes=True, body="She paid.").public_id, REPLY)
    assert posted(world, "hugo") == [("note", "She paid.")]
    assert "She paid." not in [one.body for one in stretches.page(world.viewer("marie"), world.permit).messages]


@pytest.mark.promise("S4")
@pytest.mark.parametrize("how", ["removed", "disabled"])
def test_who_is_out_is_held_and_cannot_be_accepted(world: World, how: str) -> None:
    to = bound(world, "marie")
    if how == "removed":
        participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    else:
        people.disable(world.viewer("olga"), world.keys["marie"])
    with nothing_said():
        came = arrive(letter(to))
    assert (came.fate, came.reason) == ("held", how)
    (shown,) = queries.page(world.viewer("ines")).held
    assert (shown.over, shown.acceptable) == (True, False)
    with refused(Invalid, "held_over"):
        actions.accept(world.viewer("ines"), came.public_id, REPLY)


def test_who_left_after_it_came_cannot_be_accepted_either(world: World) -> None:
    key = held(world).public_id
    participants.remove(world.viewer("ines"), world.permit, world.keys["marie"])
    with refused(Invalid, "held_over"):
        actions.accept(world.viewer("ines"), key, REPLY)


def test_of_two_who_accept_at_once_one_does(app: object, world: World) -> None:
    key = held(world).public_id
    db.session.rollback()

    def accept(number: int) -> str:
        try:
            actions.accept(world.viewer(("ines", "hugo")[number % 2]), key, REPLY)
        except (Conflict, NotFound):
            return "late"
        return "done"

    assert sorted(at_once(app, 4, accept)) == ["done", "late", "late", "late"]
    assert len(posted(world, "marie")) == 1


def test_an_empty_mail_waits_and_can_only_be_refused(world: World) -> None:
    came = arrive(letter(bound(world, "marie"), body=""))
    assert (came.fate, came.reason) == ("held", "empty")
    with refused(Invalid, "held_empty"):
        actions.accept(world.viewer("ines"), came.public_id, REPLY)
    actions.refuse(world.viewer("ines"), came.public_id)


def test_the_same_held_mail_waits_once_however_often_it_comes(world: World) -> None:
    to = bound(world, "marie")
    raw = letter(to, "elsewhere@example.net")
    for _ in range(3):
        arrive(raw)
    assert queries.count(world.viewer("ines")) == 1
    assert sorted(db.session.scalars(select(Incoming.fate))) == ["held", "repeated", "repeated"]


def test_what_answers_none_of_ours_is_for_admins_to_set_aside(world: World) -> None:
    key = arrive(letter(TO_NOBODY)).public_id
    for name in STAFF:
        assert len(queries.page(world.viewer(name)).unknown) == (name in {"olga", "adam"}), name
    with refused(NotFound):
        actions.set_aside(world.viewer("ines"), key)
    actions.set_aside(world.viewer("adam"), key)
    assert queries.count(world.viewer("olga")) == 0
    assert row(key).fate == "unknown"


def test_the_page_takes_as_many_statements_for_one_as_for_many(world: World) -> None:
    def asked(name: str) -> int:
        viewer = world.viewer(name)
        return statements(lambda: (queries.page(viewer), queries.count(viewer)))

    held(world)
    few = asked("ines")
    for _ in range(5):
        arrive(letter(bound(world, "marie"), "elsewhere@example.net"))
    assert asked("ines") == few


def test_only_who_may_decide_finds_the_buttons(play: object, stage: Stage, browser_of: BrowserOf) -> None:
    world = stage.world
    key = held(world, body="Please hurry.").public_id
    one = f"/console/mails/held/{key}"
    for name in CAST:
        if name in {"ines", "hugo"}:
            continue
        for act in ("acceptance", "refusal"):
            denied = 401 if name in (None, "dora") else 404
            assert browser_of(name).post(f"{one}/{act}").status_code == denied, name
    assert row(key).fate == "held"
    page = browser_of("ines").get("/console/mails/held").text
    assert "Please hurry." in page
    assert "elsewhere@example.net" in page
    assert "Please hurry." not in browser_of("olga").get("/console/mails/held").text
    assert '<span class="badge">1</span>' in browser_of("hugo").get("/console/mails/held/count").text
    assert browser_of("adam").get("/console/mails/held/count").text.strip() == ""
    assert browser_of("ines").post(f"{one}/refusal").status_code == 303
    assert row(key).fate == "refused"


def test_files_and_the_whole_mail_are_for_those_who_may_read_them(
    play: object, stage: Stage, browser_of: BrowserOf
) -> None:

    world = stage.world
    participants.add(world.viewer("ines"), world.permit, world.keys["luc"], confirmed=True)
    to = bound(world, "marie")
    quoted = f"See it.\n\nOn Monday, Ines wrote:\n> secret heron\n> https://x.example/l/{'a' * 52}\n"
    arrive(with_files(to, quoted, ("plan.html", b"<script>alert(1)</script>")))
    db.session.rollback()
    message = db.session.scalars(select(Message.public_id).where(Message.origin == "mail")).one()
    (file,) = stretches.page(world.viewer("marie"), world.permit).messages[-1].files
    for name in CAST:
        door = "/console" if name in STAFF else ""
        there = {"ines", "hugo", "marie", "luc"}
        own = f"{door}/discussions/{world.permit}/messages/{message}"
        assert (browser_of(name).get(f"{door}/files/{file.id}").status_code == 200) == (name in there), name
        whole = browser_of(name).get(f"{own}/original")
        assert (whole.status_code == 200) == (name in {"ines", "hugo", "marie"}), name
        assert browser_of(name).get(f"{own}/source").status_code != 200 or name not in CLIENTS
    answer = browser_of("marie").get(f"/files/{file.id}")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "application/octet-stream"
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert answer.data == b"<script>alert(1)</script>"
    whole = browser_of("hugo").get(f"/console/discussions/{world.permit}/messages/{message}/original").text
    assert "secret heron" in whole
    assert "a" * 52 not in whole
    assert "secret heron" not in browser_of("luc").get(f"/discussions/{world.permit}").text


def test_a_mails_source_is_for_admins_in_its_discussion_without_what_opens(
    play: object, stage: Stage, browser_of: BrowserOf
) -> None:
    world, to = stage.world, bound(stage.world, "marie")
    participants.add(world.viewer("ines"), world.permit, world.keys["adam"])
    arrive(letter(to, X_Heron="<b>heron</b>", body=f"Hi https://x.example/l/{'a' * 52}"))
    db.session.rollback()
    message = db.session.scalars(select(Message.public_id).where(Message.origin == "mail")).one()
    address = f"/console/discussions/{world.permit}/messages/{message}/source"
    shown = browser_of("adam").get(address)
    assert shown.status_code == 200
    assert "X-Heron: &lt;b&gt;heron&lt;/b&gt;" in shown.text
    assert "a" * 52 not in shown.text
    assert to[6:32] not in shown.text
    for name in ("olga", "ines", "hugo", "marie", None):
        assert browser_of(name).get(address).status_code in {302, 404}, name


def test_a_deleted_messages_files_are_gone(world: World) -> None:

    arrive(with_files(bound(world, "marie"), "See it.", ("plan.pdf", b"%PDF")))
    shown = stretches.page(world.viewer("marie"), world.permit).messages[-1]
    assert access.file(world.viewer("marie"), shown.files[0].id).name == "plan.pdf"
    messages.delete(world.viewer("marie"), world.permit, shown.id)
    assert stretches.page(world.viewer("ines"), world.permit).messages[-1].files == ()
    for name in ("marie", "ines"):
        with refused(NotFound):
            access.file(world.viewer(name), shown.files[0].id)
