"""The one clock."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from portal.kernel import clock

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


def test_now_is_aware_and_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)
    assert abs(clock.now() - datetime.now(UTC)) < timedelta(seconds=5)


def test_inside_at_it_is_that_moment_and_afterwards_it_is_not() -> None:
    with clock.at(NOON):
        assert clock.now() == NOON
        with clock.at(NOON + timedelta(hours=1)):
            assert clock.now().hour == 13
        assert clock.now() == NOON
    assert clock.now() != NOON


def test_the_moment_ends_with_an_exception_too() -> None:
    with pytest.raises(ZeroDivisionError), clock.at(NOON):
        _ = 1 / 0
    assert clock.now() != NOON


def test_another_thread_keeps_its_own_time() -> None:
    seen: list[datetime] = []
    with clock.at(NOON):
        thread = threading.Thread(target=lambda: seen.append(clock.now()))
        thread.start()
        thread.join()
    assert seen[0] != NOON


def test_milliseconds_order_a_list() -> None:
    assert clock.milliseconds(datetime(1970, 1, 1, 0, 0, 1, tzinfo=UTC)) == 1000
    assert clock.milliseconds(NOON) < clock.milliseconds(NOON + timedelta(milliseconds=2))
