"""Erasure (SPEC Z9, D12): of a discussion, of a client, by retention; with a proof; on both databases."""

from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy import func, select, update

from portal import access
from portal.actions import (
    discussions,
    erasing,
    erasing_work,
    erasure_plan,
    exports,
    firm,
    messages,
    participants,
    purging,
    reactions,
)
from portal.actions.unit import transaction
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.chains import link
from portal.kernel.clock import now
from portal.kernel.errors import Forbidden, Invalid, NotFound, SignedOut
from portal.models import Base, Conversation, Erasure, Event, Fact, File, Mail, Message, Person
from portal.queries import erasures as queries, messages as stretches, people as directory
from portal.record import erasing as duty
from portal.storage import storage
from tests.links import desk as link_desk
from tests.record import desk
from tests.world import World, token


def test_a_new_table_has_to_say_what_becomes_of_it(app: Flask) -> None:
    """Every column that points at something that may be erased stands in the plan, and nothing else does."""
    pointing = {
        f"{table.name}.{column.name}"
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if any(key.column.table.name in erasure_plan.ERASED for key in column.foreign_keys)
    }
    assert pointing == set(erasure_plan.PLAN)


def test_z9_a_discussion_goes_with_every_word_and_file(app: Flask, world: World) -> None:
    for message, name in ((world.text, "plan.txt"), (world.note, "secret.txt")):
        desk.attach(world, message, name, b"bytes of " + name.encode())
    names = db.session.scalars(select(File.file)).all()
    messages.edit(world.viewer("ines"), world.permit, world.text, body="Here is the wildebeest.")
    _mailed(world)
    key = _erase(world, world.permit, "Permit")
    whole = repr(desk.contents("erased", "erasure"))
    for word in ("wildebeest", "Here is the plan", "pays late", "Thank you", "plan.txt", "secret.txt", "'Permit'"):
        assert word not in whole, word
    assert not any(storage().exists(name) for name in names)
    proof = queries.proof(world.viewer("adam"), key)
    assert (proof.what, proof.about, proof.by, proof.messages, proof.files) == (
        "discussion", "North", "Adam Admin", _lines_and(3, proof), 2,
    )  # fmt: skip
    assert proof.done_at is not None
    assert "Between us." in whole, "what is said elsewhere stays"


def test_z9_at_once_nobody_sees_it_any_more_and_links_are_over(app: Flask, world: World) -> None:
    path = link_desk.page(link_desk.mailed(world))
    browser = app.test_client()
    assert browser.get(path).status_code == 200
    erasing.ask_discussion(world.viewer("adam"), world.permit, typed="permit")
    for name in ("ines", "hugo", "marie"):
        with pytest.raises(NotFound):
            stretches.page(world.viewer(name), world.permit)
    assert browser.get(path).status_code == 410
    told = db.session.scalars(select(Event.person_id).where(Event.name == Fact.DISCUSSION_ERASED)).all()
    assert {world.person_id(name) for name in ("ines", "hugo", "marie")} <= set(told)


def test_z9_admins_alone_and_only_who_types_its_name(app: Flask, world: World) -> None:
    before = desk.contents()
    for name, error in (("ines", Forbidden), ("hugo", Forbidden), ("marie", Forbidden)):
        with pytest.raises(error):
            erasing.ask_discussion(world.viewer(name), world.permit, typed="Permit")
        with pytest.raises(error):
            erasing.ask_client(world.viewer(name), world.keys["marie"], typed="Marie Delcourt")
    for typed in ("", "permits", "Inside"):
        with pytest.raises(Invalid, match="not_typed"):
            erasing.ask_discussion(world.viewer("adam"), world.permit, typed=typed)
    with pytest.raises(Invalid, match="not_erasable"):
        erasing.ask_client(world.viewer("olga"), world.keys["adam"], typed="Adam Admin")
    with pytest.raises(Invalid, match="not_erasable"):
        erasing.ask_client(world.viewer("olga"), world.keys["olga"], typed="Olga Owner")
    assert desk.contents() == before
    assert erasing.ask_discussion(world.viewer("adam"), world.permit, typed=" PERMIT ")


def test_z9_a_client_goes_from_everywhere_and_others_keep_what_is_theirs(app: Flask, world: World) -> None:
    """Marie and Luc share one discussion; in the other she was the only client there ever was."""
    alone = _talk_with(world, "marie", title="Her fees", body="Okapi one.")
    shared = _talk_with(world, "marie", "luc", title="Their house", body="Okapi two.")
    answer = messages.post(world.viewer("luc"), shared, body="Luc answers.", token=token())
    reactions.put(world.viewer("marie"), shared, answer, "👍") if hasattr(reactions, "put") else None
    desk.attach(world, _last_of(shared, "Okapi two."), "okapi.txt", b"okapi", who="marie")
    file = db.session.scalars(select(File.file)).one()
    _mailed(world)
    erasing.ask_client(world.viewer("olga"), world.keys["marie"], typed="marie delcourt")
    with pytest.raises(SignedOut):
        world.viewer("marie")
    desk.erase()
    whole = repr(desk.contents("erased", "erasure"))
    for word in ("Okapi", "okapi", "Marie", "marie@", "Her fees"):
        assert word not in whole, word
    assert not storage().exists(file)
    seen = stretches.page(world.viewer("luc"), shared).messages
    assert [(one.author.name, one.body, one.deleted) for one in seen] == [
        ("Erased person", "", True), ("Luc Delcourt", "Luc answers.", False),
    ]  # fmt: skip
    assert db.session.scalar(select(Conversation.title).where(Conversation.public_id == alone)) == ""
    assert "Erased person" not in [one.name for one in directory.people(world.viewer("olga"), "client")]
    assert "Permit" in whole, "Zoe and Dora were in it, too"


def test_z9_the_proof_shows_what_was_among_it_and_that_nothing_was_changed(app: Flask, world: World) -> None:
    file = desk.attach(world, world.text, "plan.txt", b"x")
    key = _erase(world, world.permit, "Permit")
    adam = world.viewer("adam")
    assert queries.among(adam, key, world.text) == "message"
    assert queries.among(adam, key, file) == "file"
    assert queries.among(adam, key, world.inside) == ""
    leaves = queries.leaves(adam, key).split()
    proof = queries.proof(adam, key)
    assert link("", leaves) == proof.chain
    assert len(leaves) == proof.items
    assert link("", leaves[:-1]) != proof.chain
    assert link("", leaves[::-1]) != proof.chain
    for name in ("ines", "marie"):
        with pytest.raises(NotFound):
            queries.proof(world.viewer(name), key)


@pytest.mark.parametrize("of", ["discussion", "client"])
def test_z9_the_worker_dies_anywhere_and_the_next_ends_it(
    app: Flask, world: World, monkeypatch: pytest.MonkeyPatch, of: str
) -> None:
    """Killed before each of its transactions in turn: what is left is erased by the next, and proven once."""
    monkeypatch.setattr(purging, "BATCH", 1)
    monkeypatch.setattr(erasing_work, "BATCH", 1)
    shared = _talk_with(world, "marie", "luc", title="House", body="Okapi one.")
    for number in range(3):
        messages.post(world.viewer("marie"), shared, body=f"Okapi {number}", token=token())
    desk.attach(world, _last_of(shared, "Okapi 2"), "okapi.txt", b"okapi", who="marie")
    wanted = db.session.scalar(select(func.count()).where(Message.body.contains("Okapi")))
    if of == "client":
        key = erasing.ask_client(world.viewer("olga"), world.keys["marie"], typed="Marie Delcourt")
    else:
        key = erasing.ask_discussion(world.viewer("olga"), shared, typed="House")
    deaths = _die_before_each(monkeypatch)
    while queries.proof(world.viewer("olga"), key).done_at is None:
        with transaction():
            db.session.execute(update(Erasure).values(due_at=now()))
        try:
            duty.work()
        except KeyboardInterrupt:
            db.session.rollback()
    assert deaths["died"] > 3
    assert "kapi" not in repr(desk.contents("erased", "erasure"))
    proof = queries.proof(world.viewer("olga"), key)
    assert link("", queries.leaves(world.viewer("olga"), key).split()) == proof.chain
    assert len(set(queries.leaves(world.viewer("olga"), key).split())) == proof.items, "nothing twice"
    assert proof.messages >= (wanted or 0)
    assert proof.files == 1


def test_z9_exports_of_what_is_erased_are_gone_too(app: Flask, world: World) -> None:
    keys = [
        exports.ask_discussion(world.viewer("ines"), world.permit, contents="firm"),
        exports.ask_client(world.viewer("adam"), world.keys["marie"], contents="firm"),
        exports.ask_discussion(world.viewer("hugo"), world.inside, contents="firm"),
    ]
    paths = [desk.make(key) for key in keys]
    _erase(world, world.permit, "Permit")
    from portal.record import exports as making

    making.sweep(desk.var())
    assert [path.exists() for path in paths] == [False, False, True]


def test_z9_retention_is_off_and_erases_only_what_was_archived_long_enough(app: Flask, world: World) -> None:
    discussions.archive(world.viewer("ines"), world.permit)
    with clock.at(now() + timedelta(days=4000)):
        assert queries.expired(10) == [], "nothing is erased unless a brand says so"
        assert not duty.retire()
    for name in ("ines", "hugo"):
        with pytest.raises(Forbidden):
            firm.keep(world.viewer(name), world.brands["North"], months=1)
    firm.keep(world.viewer("adam"), world.brands["North"], months=12)
    with clock.at(now() + timedelta(days=360)):
        assert not duty.retire()
    with clock.at(now() + timedelta(days=366)):
        assert duty.retire()
        assert not duty.retire()
        desk.erase()
    proof = queries.proofs(world.viewer("adam"))[0]
    assert (proof.by, proof.what, proof.about) == ("", "discussion", "North")
    assert "Here is the plan." not in repr(desk.contents())
    assert stretches.page(world.viewer("hugo"), world.inside).messages, "which was never archived"


def test_z9_reopened_in_time_it_stays(app: Flask, world: World) -> None:
    discussions.archive(world.viewer("ines"), world.permit)
    firm.keep(world.viewer("adam"), world.brands["North"], months=1)
    row = db.session.scalars(select(Conversation.id).where(Conversation.public_id == world.permit)).one()
    discussions.reopen(world.viewer("ines"), world.permit)
    with clock.at(now() + timedelta(days=40)):
        erasing.retire(row)
    assert stretches.page(world.viewer("marie"), world.permit).messages


@pytest.mark.parametrize("how", ["kept longer", "archived anew"])
def test_z9_found_to_be_over_and_then_not_any_more_it_stays(app: Flask, world: World, how: str) -> None:
    discussions.archive(world.viewer("ines"), world.permit)
    firm.keep(world.viewer("adam"), world.brands["North"], months=1)
    with clock.at(now() + timedelta(days=40)):
        (found,) = queries.expired(10)
        if how == "kept longer":
            firm.keep(world.viewer("adam"), world.brands["North"], months=2)
        else:
            discussions.reopen(world.viewer("ines"), world.permit)
            discussions.archive(world.viewer("ines"), world.permit)
        erasing.retire(found)
        assert queries.proofs(world.viewer("adam")) == ()
    with clock.at(now() + timedelta(days=200)):
        erasing.retire(found)
        assert len(queries.proofs(world.viewer("adam"))) == 1


def _erase(world: World, key: str, typed: str) -> str:
    proof = erasing.ask_discussion(world.viewer("adam"), key, typed=typed)
    desk.erase()
    return proof


def _talk_with(world: World, *names: str, title: str, body: str) -> str:
    key = discussions.create(world.viewer("ines"), title=title, audience="shared", brand_key=world.brands["North"])
    for name in names:
        participants.add(world.viewer("ines"), key, world.keys[name], confirmed=True)
    messages.post(world.viewer(names[0]), key, body=body, token=token())
    return key


def _last_of(key: str, body: str) -> str:
    query = select(Message.public_id).join(Conversation, Conversation.id == Message.conversation_id)
    return db.session.scalars(query.where(Conversation.public_id == key, Message.body == body)).one()


def _mailed(world: World) -> None:
    link_desk.mailed(world)
    assert db.session.scalar(select(func.count(Mail.id)))


def _lines_and(written: int, proof: queries.Proof) -> int:
    """Messages, with the lines of what happened."""
    assert proof.messages > written
    return proof.messages


def _die_before_each(monkeypatch: pytest.MonkeyPatch) -> dict[str, int]:
    """The worker dies over its first transaction, the next over its second, and so on until one has no more."""
    said, real = {"died": 0, "here": 0}, purging.write_down

    def write_down(purge: purging.Purge) -> None:
        said["here"] += 1
        if said["here"] > said["died"]:
            said["died"], said["here"] = said["died"] + 1, 0
            raise KeyboardInterrupt
        real(purge)

    monkeypatch.setattr(purging, "write_down", write_down)
    return said


def test_no_address_names_what_is_erased(app: Flask, world: World) -> None:
    """The husk that stays has no name, no space, no owner, and nobody in it."""
    _erase(world, world.permit, "Permit")
    husk = db.session.scalars(select(Conversation).where(Conversation.public_id == world.permit)).one()
    assert (husk.title, husk.space_id, husk.owner_id, husk.last_message_id) == ("", None, None, None)
    assert husk.id not in [one.id for one in db.session.scalars(access.scopes.ownerless(world.viewer("adam")))]
    with pytest.raises(NotFound):
        access.recorded_conversation(world.viewer("adam"), world.permit)
    assert db.session.scalar(select(func.count(Person.id))), "people stay: they were not asked for"
