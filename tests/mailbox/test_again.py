"""SPEC E6: what could not be worked on is worked on again, however long it takes, until it stands in one place."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from portal.actions import incoming, messages
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.errors import Conflict, Unavailable
from portal.mailbox import imap
from portal.models import Incoming
from portal.storage.disk import Disk
from tests.mailbox.desk import HOUSE, bound, letter, posted, row, settle
from tests.world import World


@pytest.mark.parametrize("error", [Unavailable("storage_full"), OSError(5, "Input/output error")], ids=repr)
def test_a_disk_that_fails_for_days_costs_no_mail(
    world: World, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def fails(_disk: Disk, _name: str) -> None:
        raise error

    key = incoming.take(letter(to := bound(world, "marie"), body="See you then."), "pipe", recipients=[to])
    with monkeypatch.context() as broken:
        broken.setattr(Disk, "open", fails)
        for hours in range(48):
            with clock.at(clock.now() + timedelta(hours=hours)):
                settle()
    assert row(key).fate == "new"
    with clock.at(clock.now() + timedelta(hours=50)):
        settle()
    assert posted(world, "marie") == [("text", "See you then.")]


def test_a_mail_is_a_repeated_one_only_where_its_message_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another constraint of the database, or a moment's conflict, is no reason to leave a mail out."""

    def conflicts(*_: object, **__: object) -> str:
        raise Conflict("token_reused")

    key = incoming.take(letter(to := bound(world, "marie"), body="See you then."), "pipe", recipients=[to])
    with monkeypatch.context() as broken:
        broken.setattr(messages, "post", conflicts)
        settle()
    assert row(key).fate == "new"
    with clock.at(clock.now() + timedelta(minutes=1)):
        settle()
    assert posted(world, "marie") == [("text", "See you then.")]


def test_who_dies_between_two_addresses_of_one_mail_takes_both_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = bound(world, "marie"), bound(world, "hugo")
    raw, take = letter(f"{first}, {second}"), incoming.take
    monkeypatch.setattr(imap, "_size", lambda *_: len(raw))
    monkeypatch.setattr(imap, "_fetched", lambda *_: raw)

    def dies(*given: Any, **more: Any) -> str:
        monkeypatch.setattr(incoming, "take", lambda *_, **__: pytest.fail("it is dead"))
        key = take(*given, **more)
        raise SystemExit(key)

    poller, box = imap.Poller("imap://u:p@localhost/INBOX", HOUSE.reply_address), _Box()
    monkeypatch.setattr(incoming, "take", dies)
    with pytest.raises(SystemExit):
        poller._take(box, "1", "imap 9/1")
    assert imap.queries.marked(["imap 9/1"]) == set(), "it is not taken yet"
    monkeypatch.setattr(incoming, "take", take)
    poller._take(box, "1", "imap 9/1")
    assert imap.queries.marked(["imap 9/1"]) == {"imap 9/1"}
    kept = db.session.scalars(select(Incoming.recipients)).all()
    assert sorted(to for recipients in kept for to in recipients) == sorted([first, second])


class _Box:
    """A mailbox that may not be written in."""
