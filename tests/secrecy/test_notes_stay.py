"""RELIABILITY S3: a note stays a note, on every path there is, with scripts and without; publishing is its own act."""

from collections.abc import Iterator

import pytest
from sqlalchemy import select

from portal.actions import messages
from portal.extensions import db
from portal.models import Message, MessageKind
from tests.doors.cells import HTMX, Booth
from tests.promises import Figure
from tests.secrecy import paths, paths_around
from tests.secrecy.paths import WORDS, Desk
from tests.world import token

PATHS = paths.PATHS | paths_around.PATHS


@pytest.fixture(params=[True, False], ids=["with scripts", "without scripts"])
def desk(open_booth: Booth, request: pytest.FixtureRequest) -> Iterator[Desk]:
    world, sent = open_booth.world, token()
    with open_booth.app.app_context():
        note = messages.post(world.viewer("ines"), world.permit, body=WORDS, kind="note", token=sent)
        yield Desk(open_booth, request.param, world, note, sent)
        db.session.remove()
    open_booth.reset()


@pytest.mark.promise("S3")
@pytest.mark.parametrize("path", PATHS, ids=str)
def test_nothing_publishes_a_note_but_publishing(desk: Desk, path: str) -> None:
    PATHS[path](desk)
    db.session.rollback()
    out = select(Message.body).where(Message.kind != MessageKind.NOTE, Message.body.contains(WORDS))
    assert list(db.session.scalars(out)) == []
    found = db.session.scalars(select(Message).where(Message.public_id == desk.note)).one()
    assert (found.kind, found.public_seq, found.public_rev) == (MessageKind.NOTE, None, None)
    for name in ("marie", "luc"):
        for address in (
            "/",
            f"/discussions/{desk.world.permit}",
            f"/discussions/{desk.world.permit}/messages?after_rev=0",
        ):
            given = desk.booth.browser(name).get(address, headers=HTMX if desk.scripts else {})
            assert WORDS not in given.text
            assert desk.note not in given.text


@pytest.mark.promise("S3")
def test_publishing_is_one_act_of_its_own(desk: Desk, figure: Figure) -> None:
    """What all those do not: the same words go out, as a message of their own, and the note stays where it is."""
    assert desk.ask(f"{desk.own}/publication", {"body": WORDS, "token": token()}).status_code < 400
    assert WORDS in desk.booth.browser("marie").get(f"/discussions/{desk.world.permit}").text
    found = db.session.scalars(select(Message).where(Message.public_id == desk.note)).one()
    assert (found.kind, found.body) == (MessageKind.NOTE, WORDS)
    assert 2 * len(PATHS) >= 60
    figure(f"{len(PATHS)} paths, with scripts and without = {2 * len(PATHS)}: 0 publish without an explicit act")
