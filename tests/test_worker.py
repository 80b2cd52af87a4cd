"""What the worker is to do is found by one look, whatever it is; what each duty then does is told beside it."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta

import pytest
from flask import Flask
from sqlalchemy import Select, select

from portal import wiring, worker
from portal.actions import challenges, incoming, later, reminders
from portal.extensions import db
from portal.kernel import clock
from portal.kernel.seldom import Seldom
from portal.models import Person
from portal.queries.due import Look, Sought
from tests.mailer.told import say
from tests.sent import brought
from tests.world import World

SOON = timedelta(seconds=1)
MINUTES = timedelta(minutes=31)  # beyond every wait of the firm
Duties = dict[str, Sought]


@pytest.fixture
def duties(app: Flask, world: World) -> Duties:
    """Those that are done when there is something to do, and nothing is."""
    found = {name: duty for name, duty in wiring.duties(app.config["COMPTOIR"]).items() if isinstance(duty, Sought)}
    _work(found, *found, at=clock.now() + 10 * MINUTES)
    return found


def test_whatever_there_is_to_do_is_found(world: World, duties: Duties) -> None:
    look, begun = Look(duties), clock.now()

    def at(after: timedelta) -> set[str]:
        db.session.rollback()
        return look.found(begun + 10 * MINUTES + after)

    def done(name: str, after: timedelta = SOON) -> set[str]:
        """What is still found when a duty has done its part."""
        _work(duties, name, at=begun + 10 * MINUTES + after)
        return at(after)

    with clock.at(begun + 10 * MINUTES):
        assert at(SOON) == set()
        say(world, "ines", "A question.")
        assert at(SOON) == {"notices"}, "an event that was not read yet"
        assert done("notices") == set()
        assert at(MINUTES) == {"notices"}, "and who is due a mail of it"
        assert done("notices", MINUTES) == {"outbox"}
        assert done("outbox", MINUTES) == set()

        challenges.ask_to_sign_in("marie@example.com", "browser")
        assert at(SOON) == {"codes"}
        assert done("codes") == {"outbox"}
        assert done("outbox") == set()

        brought(world.viewer("ines"), world.permit)
        assert at(SOON) == {"previews"}
        assert done("previews") == set()

        incoming.take(b"From: a@example.com\r\n\r\nHello", "pipe")
        assert at(SOON) == {"mailbox"}
        assert done("mailbox") == {"notices", "outbox"}, "its sender is answered"
        assert (done("notices"), done("outbox")) == ({"outbox"}, set())

        later.hold(world.viewer("ines"), world.permit, body="In a moment.", token="b" * 32)
        assert done("notices") == set()
        assert (at(timedelta()), at(timedelta(seconds=10))) == (set(), {"later"}), "whose time has come"
        assert done("later", timedelta(seconds=10)) == {"notices"}
        assert done("notices", timedelta(seconds=10)) == set()


def test_whom_somebody_was_faster_than_is_found(world: World, duties: Duties) -> None:
    look, ines = Look(duties), world.viewer("ines")
    with clock.at(clock.now() + 10 * MINUTES):
        reminders.remind(ines, world.permit, due="+60")
        reminders.remind(ines, world.permit, due="reply", message_key=world.answer)
        later.schedule(ines, world.permit, body="Well?", due="+60", token="a" * 32, unless=True)
        _work(duties, "notices", at=clock.now() + SOON)
        assert look.found(clock.now()) == set()
        assert look.found(clock.now() + 2 * MINUTES) == {"reminders", "later"}, "both are an hour away"
        say(world, "marie", "Here I am.")
        _work(duties, "notices", at=clock.now() + SOON)
        assert look.found(clock.now()) == {"reminders", "later"}, "and both are answered"
        _work(duties, "reminders", "later", "notices", at=clock.now() + SOON)
        assert look.found(clock.now()) == set()
        assert "reminders" in look.found(clock.now() + MINUTES), "one that was left alone is mailed"


def test_all_others_look_by_themselves(app: Flask) -> None:
    all_of_them = wiring.duties(app.config["COMPTOIR"])
    assert {name for name, duty in all_of_them.items() if not isinstance(duty, Sought | Seldom)} == set()


def test_what_is_found_is_done_at_once(play: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(worker, "REST", 3600.0)
    done = threading.Semaphore(0)

    def duty() -> bool:
        done.release()
        return False

    with _at_work(play, {"named": Sought(duty, (_newcomer,)), "seldom": Seldom(lambda: False, 3600.0)}):
        assert done.acquire(timeout=30), "each begins by looking"
        assert not done.acquire(timeout=1.2), "and then there is nothing to be done"
        db.session.add(Person(name="Newcomer", face="client", folded="newcomer"))
        db.session.commit()
        assert done.acquire(timeout=30)


def _newcomer() -> Select[int]:
    return select(Person.id).where(Person.name == "Newcomer").limit(1)


@contextmanager
def _at_work(app: Flask, duties: dict[str, Callable[[], bool]]) -> Iterator[None]:
    """It also ends at once, however long its duties rest."""
    running = worker.Worker(app, duties).start()
    try:
        yield
    finally:
        ending = threading.Thread(target=running.stop)
        ending.start()
        ending.join(30)
    assert not ending.is_alive()


def _work(duties: Duties, *names: str, at: datetime) -> None:
    with clock.at(at):
        for name in names:
            while duties[name]():
                pass
    db.session.rollback()
