"""Fixtures of the hostile: the journeys' browser and people, and servers that stand alone."""

from collections.abc import Callable, Iterator

import pytest

from tests.conftest import Stage
from tests.hostile.crowd import House
from tests.journeys.conftest import backstage, beside, chromium, installed, person, premises, server, watch
from tests.serving import install

__all__ = ["backstage", "beside", "chromium", "installed", "person", "premises", "server", "watch"]


@pytest.fixture(scope="module")
def house(stage: Stage, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., House]]:
    """`house(THREADS="50")` is a server of its own with a room of people; at the end its log has no traceback."""
    opened: list[House] = []

    def make(people: int = 0, **settings: str) -> House:
        server = install(stage, tmp_path_factory.mktemp("house"), **settings)
        opened.append(House.open(server, stage, people))
        return opened[-1]

    yield make
    for one in opened:
        one.close()
    for one in opened:
        assert one.server.mishaps() == []
